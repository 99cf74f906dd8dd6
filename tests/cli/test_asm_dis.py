import pytest

SOURCE = """
        .globl  _start
_start: addi    a0, zero, 1
again:  beqz    a0, again
        padd.s  pt0, pt1, pt2
        ret
"""


def test_the_listing_shows_words_and_lines(rvx, source):
    lines = rvx("asm", source(SOURCE)).out.splitlines()
    assert lines[0] == "_start:"
    assert lines[1].split() == ["80000000", "4505", "li", "a0,1", "test.s:3"]
    assert lines[2] == "again:"
    padd = next(line for line in lines if "padd.s" in line)
    assert padd.split()[1:] == ["0420800b", "padd.s", "pt0,pt1,pt2", "test.s:5"]


def test_json_of_an_assembly(rvx, source):
    path = source(SOURCE)
    document = rvx("asm", path, "--march", "rv64g_xposit", "--json").document
    assert document["schema"] == "rvx.asm/1"
    assert document["xlen"] == 64
    assert document["symbols"]["again"] == document["entry"] + 4
    assert document["extensions"]["Xposit"] == "1.0"
    texts = [line["text"] for line in document["lines"]]
    assert texts[2:] == ["padd.s pt0,pt1,pt2", "ret"]
    assert document["lines"][2]["source"].startswith(f"{path}:5")
    assert document["warnings"] == []


def test_an_elf_file_is_written_only_where_asked(rvx, source, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = source(SOURCE)
    rvx("asm", path)
    assert [p.name for p in tmp_path.iterdir()] == ["test.s"]
    assert rvx("asm", path, "-o", "out.elf").out == ""
    assert (tmp_path / "out.elf").read_bytes().startswith(b"\x7fELF")


def test_include_files_are_found_beside_the_source(rvx, source):
    source(".macro done\nret\n.endm\n", "mine.inc")
    assert rvx("asm", source('.include "mine.inc"\n_start: done\n')).code == 0


def test_errors_are_3_and_all_are_told(rvx, source):
    path = source("_start: addq a0\n        addi a0, a1, 5000\n")
    done = rvx("asm", path)
    assert done.code == 3
    assert f"{path}:1:9: error:" in done.err
    assert f"{path}:2:" in done.err
    assert "Traceback" not in done.err


def test_disassembly_of_a_file(rvx, source, tmp_path):
    elf = tmp_path / "test.elf"
    rvx("asm", source(SOURCE), "--march", "rv64g_xposit", "-o", elf)
    done = rvx("dis", elf)
    lines = done.out.splitlines()
    assert lines[0].endswith("test.elf:     file format elf64-littleriscv")
    assert "Disassembly of section .text:" in lines
    assert "0000000080000000 <_start>:" in lines
    assert any(line.endswith("padd.s\tpt0,pt1,pt2") for line in lines)
    assert any("beqz" in line and "<again>" in line for line in lines)
    document = rvx("dis", elf, "--json").document
    assert document["schema"] == "rvx.dis/1"
    (section,) = document["sections"]
    assert section["name"] == ".text"
    assert section["lines"][2]["mnemonic"] == "padd.s"
    assert section["lines"][2]["extension"] == "Xposit"


def test_what_is_disassembled_assembles_to_the_same_words(rvx, source):
    lines = rvx("asm", source(SOURCE), "--march", "rv64g_xposit", "--json").document["lines"]
    words = [line["word"] for line in lines if "beqz" not in line["text"]]
    texts = [line.split(maxsplit=2)[2] for line in rvx("dis", *words).out.splitlines()]
    again = source("_start:\n" + "\n".join(texts), "again.s")
    listed = rvx("asm", again, "--march", "rv64g_xposit", "--json").document["lines"]
    assert [line["word"] for line in listed] == words


def test_disassembly_of_words(rvx):
    done = rvx("dis", "0x0400000b", "0x8082", "0x0000007b")
    assert [line.split(maxsplit=2)[2] for line in done.out.splitlines()] == [
        "padd.s pt0,pt0,pt0",
        "ret",
        ".4byte 0x7b",
    ]
    assert "c.jr" in rvx("dis", "0x8082", "--no-aliases").out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["0xzz"], "'0xzz' is not a word; write it as 0x0400000b"),
        (["0x1ffff0002"], "0x1ffff0002 has more than the 16 bits of such a word"),
        (["a.elf", "b.elf"], "give one ELF file, or words that begin with 0x"),
        (["nosuch.elf"], "'nosuch.elf': No such file or directory"),
        (
            ["pyproject.toml"],
            "'pyproject.toml' is neither an ELF file nor hexadecimal words; rvx asm",
        ),
    ],
)
def test_usage_errors_of_dis(rvx, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    done = rvx("dis", *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")


@pytest.mark.parametrize(
    ("text", "march", "hint"),
    [
        ("padd.s pt0, pt1, pt2", "rv64gc", "Xposit and "),
        ("pv.dotup.h a0, a1, a2", "rv64gc", "Xpulpnn has it; --march rv64gc_xpulpnn loads it"),
        ("vfadd.h fa0, fa1, fa2", "rv32gc", "Xsmallfloat and Xsmallfloat32 "),
        ("fadd.h fa0, fa1, fa2", "rv64gc", "Zfh "),
        ("mul a0, a1, a2", "rv64i", "M and Zmmul have it"),
        ("fadd.d fa0, fa1, fa2", "rv64imac", "D and Zdinx have it"),
        ("addw a0, a1, a2", "rv32gc", "I for RV64 has it"),
    ],
)
def test_an_unknown_mnemonic_names_the_extension_that_has_it(rvx, source, text, march, hint):
    done = rvx("asm", source(f"_start: {text}\n"), "--march", march)
    assert done.code == 3
    assert f"= {hint}" in done.err
    mnemonic = text.partition(" ")[0]
    shown = rvx("isa", "show", mnemonic, "--march", march)
    assert shown.code == 2
    assert f"there is no instruction '{mnemonic}' in " in shown.err
    assert f"; {hint}" in shown.err


def test_what_stepped_aside_is_named(rvx, source, tmp_path):
    extension = tmp_path / "relu.py"
    extension.write_text(
        "from rvx.isa import Extension\n"
        "X = Extension('Xrelu', version='1')\n"
        "X.encoding('relu rd, rs1', '0000000 00000 rs1 011 rd 0001011')\n"
    )
    done = rvx("asm", source("_start: relu a0, a1\npsw pt0, 0(a0)\n"), "--ext", extension)
    assert done.code == 3
    note, error = done.err.splitlines()[:2]
    assert note == (
        "note: Xposit is left out, since Xrelu 'relu' and Xposit 'psw' share words, such as "
        "0x0000300b"
    )
    assert error.endswith("error: there is no instruction 'psw'")
    assert "Xposit" in done.err.partition("there is no")[2]
