"""Finding extensions: shipped, in files, in installed packages."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from rvx.errors import ExtensionNote
from rvx.extensions import catalogue, isa_for, load, load_file, names
from rvx.isa import ClashError, Extension, Isa, IsaError

MAC = '''
from rvx.isa import Extension

Xmac = Extension("Xmac{number}", version="0.1", doc="A saturating integer MAC")


@Xmac.instruction("smac{number} rd, rs1, rs2", "{number:07b} rs2 rs1 000 rd 1011011")
def smac(rd, rs1, rs2):
    """rd = rd + rs1 * rs2, clipped to 32 bits."""
    return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)
'''


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(MAC.format(number=1))
    return path


def test_every_shipped_extension_loads_under_its_name() -> None:
    for name in catalogue.SHIPPED:
        extension = load(name)
        assert extension.name.lower() == name
        assert load(name.upper()) is extension
        assert extension.version
        assert extension.doc
        assert extension.source
        assert extension.instructions or extension.requires
        for made in extension.instructions.values():
            assert made.doc, made.mnemonic


@pytest.mark.parametrize("xlen", [32, 64])
def test_every_shipped_extension_has_what_it_requires(xlen: int) -> None:
    for name in catalogue.SHIPPED:
        isa = isa_for(f"rv{xlen}i_{name}" if len(name) > 1 else f"rv{xlen}i{name}")
        assert load(name).name in isa.extensions


def test_the_default_is_rv64gc_and_all_that_does_not_clash() -> None:
    isa = isa_for()
    expected = {load(name).name for name in names() if name not in catalogue.NOT_BY_DEFAULT}
    assert isa.xlen == 64
    assert set(isa.extensions) == expected
    for name in catalogue.NOT_BY_DEFAULT - {"e"}:  # E takes registers from all others.
        with pytest.raises(IsaError):
            Isa([*isa.extensions.values(), load(name)])


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(IsaError, match=r"there is no extension 'zicrs' \(did you mean zicsr\?\)"):
        load("zicrs")


def test_the_catalogue_imports_nothing_by_itself() -> None:
    code = (
        "import sys, rvx.extensions; rvx.extensions.names(); "
        "print([m for m in sys.modules if m.startswith('rvx.extensions.rv_') or m == 'numba'])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "[]\n"


def test_loading_the_default_isa_does_not_import_numba() -> None:
    code = "import sys, rvx.extensions; rvx.extensions.isa_for(); print('numba' in sys.modules)"
    assert subprocess.check_output([sys.executable, "-c", code], text=True) == "False\n"


def test_a_python_file_is_an_extension(mine: Path) -> None:
    (extension,) = load_file(mine)
    assert extension.name == "Xmac1"
    assert extension.instructions["smac1"].body.__module__ == "rvx_user_mine"  # type: ignore[union-attr]
    isa = isa_for("rv64gc", [mine])
    decoded = isa.decode(0x02000000 | 12 << 20 | 11 << 15 | 10 << 7 | 0x5B)
    assert decoded is not None
    assert decoded.instruction.mnemonic == "smac1"
    assert dict(decoded.values) == {"rd": 10, "rs1": 11, "rs2": 12}


def test_a_file_is_imported_once(mine: Path) -> None:
    assert load_file(mine) == load_file(str(mine))


def test_a_file_is_read_anew_however_soon_it_was_changed(tmp_path: Path) -> None:
    """Python's cache of code goes by the second and the size; it leaves none beside the file."""
    path = tmp_path / "soon.py"
    for name in ("Xone", "Xtwo"):
        path.write_text(f'from rvx.isa import Extension\nmade = Extension("{name}", version="1")\n')
        os.utime(path, (1e9, 1e9))
        code = f"import rvx.extensions as e; print(e.load_file({str(path)!r})[0].name)"
        environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
        said = subprocess.check_output([sys.executable, "-c", code], text=True, env=environment)
        assert said == f"{name}\n"
    assert list(tmp_path.iterdir()) == [path]


def test_extra_takes_extensions_names_and_files(mine: Path) -> None:
    isa = isa_for("rv64i", [mine, "zicsr", load("m")])
    assert set(isa.extensions) == {"I", "Xmac1", "Zicsr", "M"}


def on_custom_0(**options: object) -> Extension:
    """The most natural first instruction, where Xposit has its stores."""
    made = Extension("Xrelu", version="0.1", **options)  # type: ignore[arg-type]
    made.encoding("relu rd, rs1", "0000000 00000 rs1 011 rd 0001011")
    return made


def test_what_nobody_asked_for_steps_aside_with_a_note() -> None:
    with pytest.warns(ExtensionNote) as notes:
        isa = isa_for(None, [on_custom_0()])
    (note,) = notes
    assert str(note.message) == (
        "Xposit is left out, since Xrelu 'relu' and Xposit 'psw' share words, such as 0x0000300b"
    )
    assert "Xposit" not in isa.extensions
    assert set(isa_for().extensions) - set(isa.extensions) == {"Xposit"}
    decoded = isa.decode(0x0005B50B)
    assert decoded is not None
    assert decoded.instruction.extension == "Xrelu"


def test_what_needs_the_one_that_steps_aside_goes_with_it() -> None:
    made = Extension("Xmode", version="0.1")
    made.csr("fmode", 0x7C0, bits=32)
    with pytest.warns(ExtensionNote) as notes:
        isa = isa_for(None, [made])
    aside = set(isa_for().extensions) - set(isa.extensions)
    assert {str(note.message).partition(" ")[0] for note in notes} == {"Xsmallfloat", "Xssr"}
    assert aside >= {"Xsmallfloat", "Xssr"}
    needed = [each for each in isa_for().extensions.values() if set(each.requires) & aside]
    assert {each.name for each in needed} <= aside


@pytest.mark.parametrize(
    ("march", "options", "extra"),
    [
        ("rv64gc_xposit", {}, []),
        (None, {"requires": ["Xposit"]}, []),
        (None, {}, ["xposit"]),
    ],
)
def test_what_somebody_asked_for_stays(
    march: str | None, options: dict[str, list[str]], extra: list[str]
) -> None:
    with pytest.raises(ClashError, match=r"Xposit '.*' and Xrelu '.*'|Xrelu '.*' and Xposit '.*'"):
        isa_for(march, [on_custom_0(**options), *extra])


def test_the_base_does_not_step_aside() -> None:
    made = Extension("Xmul", version="0.1")
    made.encoding("mymul rd, rs1, rs2", "0000001 rs2 rs1 000 rd 0110011")
    with pytest.raises(ClashError, match="share words"):
        isa_for(None, [made])


@pytest.mark.parametrize("opcode", ["0001011", "0101011", "1011011", "1111011"])
@pytest.mark.parametrize("funct3", range(8))
def test_a_first_instruction_may_stand_anywhere_in_custom_space(opcode: str, funct3: int) -> None:
    for form in ("0000000 rs2 rs1", "imm[11:0] rs1"):
        operands = "rd, rs1, rs2" if "rs2" in form else "rd, rs1, imm"
        made = Extension("Xfirst", version="0.1")
        made.encoding(f"first {operands}", f"{form} {funct3:03b} rd {opcode}")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExtensionNote)
            isa = isa_for(None, [made])
        assert isa.instructions["first"].extension == "Xfirst"


def test_extensions_that_a_file_builds_on_are_not_its_own(tmp_path: Path) -> None:
    path = tmp_path / "building.py"
    path.write_text("from rvx.extensions.rv_m import M\n" + MAC.format(number=2))
    assert [extension.name for extension in load_file(path)] == ["Xmac2"]


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("empty.py", "", "declares no extension; it should have a line such as"),
        ("broken.py", "x = 1\ny = 1 / 0\n", "line 2: ZeroDivisionError: division by zero"),
        ("wrong.py", "def f(:\n", "line 1: SyntaxError: "),
        (
            "declared.py",
            "from rvx.isa import Extension\nX = Extension('Xw', version='1')\n"
            "X.encoding('foo rd', '0001 rd')\n",
            "line 3: DeclarationError: Xw: instruction 'foo': pattern '0001 rd' is 9 bits wide",
        ),
    ],
)
def test_what_is_wrong_in_a_file_is_said(
    tmp_path: Path, name: str, text: str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    with pytest.raises(IsaError) as error:
        load_file(path)
    assert str(path) in str(error.value)
    assert sentence in str(error.value)


def test_a_missing_file_is_said() -> None:
    with pytest.raises(IsaError, match=r"there is no extension file 'nowhere\.py'"):
        load_file("nowhere.py")
    with pytest.raises(IsaError, match=r"no extension file 'zbba', nor .* \(did you mean zbb\?\)"):
        isa_for("rv64i", extra=["zbba"])


def use_plugins(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    points = {
        name: EntryPoint(name, value, catalogue.ENTRY_POINT_GROUP) for name, value in values.items()
    }
    monkeypatch.setattr(catalogue, "_plugins", lambda: points)


def test_an_installed_extension_is_found(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(mine.parent)
    use_plugins(monkeypatch, xplug="mine:Xmac")
    assert "xplug" in names()
    assert "Xmac1" in isa_for().extensions
    assert "Xmac1" in isa_for("rv64gc_xplug").extensions


def test_a_broken_installed_extension_is_one_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plugins(monkeypatch, xbroken="no_such_module:Xbroken")
    with pytest.warns(UserWarning, match="'xbroken' of an installed package") as caught:
        isa = isa_for()
    assert len(caught) == 1
    assert "I" in isa.extensions
    with pytest.raises(IsaError, match="cannot be imported: ModuleNotFoundError"):
        load("xbroken")


def test_a_plugin_that_is_no_extension_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plugins(monkeypatch, xpath="pathlib:Path")
    with pytest.raises(IsaError, match="is not an extension: pathlib:Path is a type"):
        load("xpath")


def test_a_plugin_without_a_place_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    use_plugins(monkeypatch, xnowhere="mine:X[")
    with pytest.raises(IsaError, match=r"at 'mine:X\[', which is no place such as 'module:Xno"):
        load("xnowhere")


def test_a_plugin_that_ends_python_is_one_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ending.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    use_plugins(monkeypatch, xending="ending:X")
    with pytest.warns(UserWarning, match="cannot be imported: SystemExit: 3"):
        assert "I" in isa_for().extensions
