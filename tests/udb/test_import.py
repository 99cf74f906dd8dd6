"""Files of riscv-unified-db, imported: what is written, and that it is an ordinary extension."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from click.testing import CliRunner

from rvx import Machine, assemble, isa_for
from rvx.cli.main import app
from rvx.errors import Exit
from rvx.export.targets import export
from rvx.extensions import load, load_file
from rvx.udb import database
from rvx.udb.extension import make_file
from tests.udb.lab import Pair, imported
from tests.udb.programs import file_of

SHORT = """
kind: instruction
name: ux.c.fold
long_name: Fold a number into a register
definedBy: {allOf: [{xlen: 32}, {extension: {name: Xudbtest}}]}
assembly: xd, xs1, amount
encoding:
  match: 001-----------10
  variables:
    - {name: amount, location: 5|12-10|6, not: 0}
    - {name: rs1, location: 9-7}
    - {name: rd, location: 4-2}
operation(): |
  XReg to = creg2reg(rd);
  X[to] = X[to] ^ (X[creg2reg(rs1)] << amount);
"""
LONG = """
kind: instruction
name: ux.far
long_name: Branch far away
definedBy: Xudbtest
base: 32
assembly: xs1, imm, offset
encoding:
  match: -----------------------11000-----100-----0011111
  variables:
    - {name: offset, location: 31|7|30-25|11-8, left_shift: 1, sign_extend: true}
    - {name: imm, location: 47-32, not: 0}
    - {name: rs1, location: 19-15, not: 0}
operation(): |
  if ($signed(X[rs1]) < $signed(imm)) {
    jump_halfword($pc + $signed(offset));
  }
"""
MULTIPLE = """
kind: instruction
name: ux.lm
long_name: Load several
definedBy: {extension: {anyOf: [{name: Xold, version: "< 2"}, {name: Xudbtest}]}}
base: 32
assembly: xd, length, imm(xs1)
encoding:
  match: 01---------------111-----0001011
  variables:
    - {name: imm, location: 29-25, left_shift: 2}
    - {name: rs1, location: 19-15}
    - {name: length, location: 24-20, not: [0, 1]}
    - {name: rd, location: 11-7, not: [0, 31]}
operation(): |
  XReg from = X[rs1] + imm;
  raise (ExceptionCode::IllegalInstruction, mode(), $encoding) if ((rd + length) > 32);
  for (U32 i = 0; i < length; i++) {
    X[rd + i] = read_memory<32>(from, $encoding);
    from = from + 4;
  }
"""
STORES = """
kind: instruction
name: ux.spread
long_name: Store four bytes
definedBy: Xudbtest
assembly: xs2, (xs1)
encoding:
  match: 0000001----------010000000101011
  variables:
    - {name: xs1, location: 19-15}
    - {name: xs2, location: 24-20}
operation(): |
  for (U32 i = 0; i < 4; i++) {
    write_memory<8>(X[xs1] + i, X[xs2][(8 * i + 7):(8 * i)], $encoding);
  }
"""
FIELD = """
kind: instruction
name: ux.field
long_name: Take bits out
definedBy: Xudbtest
assembly: xd, xs1, width, shamt
encoding:
  match: 00---------------010-----0001011
  variables:
    - {name: width_minus1, location: 29-25}
    - {name: shamt, location: 24-20}
    - {name: xs1, location: 19-15}
    - {name: xd, location: 11-7}
operation(): |
  XReg width = width_minus1 + 1;
  X[xd] = (X[xs1] >> shamt) & ((MXLEN'b1 << width) - 1);
"""
STATE = """
kind: instruction
name: ux.state
definedBy: Xudbtest
assembly: xd
encoding:
  match: 00000000000000000110-----0001011
  variables: [{name: xd, location: 11-7}]
operation(): X[xd] = CSR[mstatus].MIE;
"""
TEXTS = {"a.yaml": SHORT, "b.yaml": LONG, "c.yaml": MULTIPLE, "d.yaml": STORES, "e.yaml": FIELD}
PROGRAM = """
        .globl  _start
_start: la      a1, data
        ux.lm   s2, 4, 4(a1)        # 5, 6, 7, 8
        li      t0, -40
        li      a0, 0
next:   ux.spread s5, (a1)
        ux.field a2, s4, 2, 1       # 3
        mv      a4, a0
        mv      a5, a2
        ux.c.fold a4, a5, 2
        add     a0, a4, a2
        addi    t0, t0, 1
        ux.far  t0, -7, next
        lw      a3, 0(a1)
        slli    a3, a3, 16
        add     a0, a0, a3
        li      a7, 93
        ecall
        .data
data:   .word   0, 5, 6, 7, 8
"""


@pytest.fixture(scope="module")
def shapes(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Pair]]:
    folder = tmp_path_factory.mktemp("shapes")
    made, pairs = imported(folder, TEXTS)
    assert not made.without_body
    assert not made.left_out
    return folder / "imported.py", pairs


def test_every_shape_means_what_its_operation_says(shapes: tuple[Path, list[Pair]]) -> None:
    draw = random.Random(7)
    counts = {f"{one.made.mnemonic}/{one.isa.xlen}": one.compare(100, draw) for one in shapes[1]}
    assert len(counts) == 7
    assert all(count > 15 for count in counts.values()), counts


def expected() -> int:
    a0 = 0
    for _ in range(33):
        a0 = ((a0 ^ 3 << 2) + 3) & 0xFFFFFFFF
    return a0 + (8 << 16) & 0xFFFFFFFF


def run(path: Path, **how: str) -> int:
    isa = isa_for("rv32imac_xudbtest", load_file(path))
    machine = Machine(assemble(PROGRAM, isa), isa, **how)  # type: ignore[arg-type]
    machine.run()
    return machine.register("a0") & 0xFFFFFFFF


@pytest.mark.parametrize("how", [{"backend": "python"}, {}])
def test_it_runs(shapes: tuple[Path, list[Pair]], how: dict[str, str]) -> None:
    assert run(shapes[0], **how) == expected()


@pytest.mark.long
@pytest.mark.parametrize("tier", ["trap", "inline", "region"])
def test_it_runs_in_every_tier(shapes: tuple[Path, list[Pair]], tier: str) -> None:
    """All that a compiler has to do for it; a quarter of a minute each."""
    assert run(shapes[0], tier=tier) == expected()


def test_the_file_is_one_that_people_may_keep(shapes: tuple[Path, list[Pair]]) -> None:
    text = shapes[0].read_text()
    assert (
        '''
@Xudbtest.instruction(
    "ux.far rs1:x!0, imm:s!0, offset",
    "imm[15:0] offset[12|10:5] 11000 rs1 100 offset[4:1|11] 0011111",
    kind="branch",
    xlen=32,
)
def ux_far(rs1, imm, offset, pc, next_pc):
    """Branch far away."""
    if rs1 < imm:
        next_pc[0] = pc + offset
'''
        in text
    )
    assert (
        '''
def ux_c_fold(rd, rs1, amount):
    """Fold a number into a register."""
    return rd ^ (rs1 << amount)
'''
        in text
    )
    assert '"ux.lm rd:x!0!31, length:ulength2, imm:u(rs1)"' in text
    assert 'RegisterKind("x!0!31", X, tuple(i for i in range(32) if i not in (0, 31)))' in text
    assert '"ux.field rd, rs1, width:count, shamt:u"' in text
    assert "    return ((rs1 & 0xffffffff) >> shamt) & ((1 << width) - 1)\n" in text


def test_reserved_values_are_refused(shapes: tuple[Path, list[Pair]]) -> None:
    (extension,) = load_file(shapes[0])
    made = next(e for e in extension.instructions.values() if e.mnemonic == "ux.lm")
    word = made.encode({"rd": 5, "length": 2, "imm": 0, "rs1": 1})
    assert made.accepts(word)
    assert not made.accepts(word - (1 << 20))
    assert not made.accepts(word | 31 << 7)


def test_a_format_is_put_together_from_files_above(tmp_path: Path) -> None:
    root = tmp_path / "std" / "isa"
    for name, text in {
        "inst_type/R.yaml": "length: 32\nopcodes:\n  high: {location: 31-25}\n"
        "  mid: {location: 14-12}\n  low: {location: 6-0}\n",
        "inst_subtype/R/R-x.yaml": "data:\n  opcodes: {$inherits: inst_type/R.yaml#/opcodes}\n"
        "  variables:\n    xs2: {location: 24-20}\n    xs1: {location: 19-15}\n"
        "    xd: {location: 11-7}\n",
        "inst_opcode/OWN.yaml": "data: {value: 0b1011011}\n",
        "ext/Xfmt.yaml": "kind: extension\nname: Xfmt\nlong_name: Of files\n"
        'versions: [{version: "0.1.0"}, {version: "1.4.0"}]\n',
    }.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    (tmp_path / "inst").mkdir()
    made, (narrow, wide) = imported(
        tmp_path / "inst",
        {
            "x.yaml": "kind: instruction\nname: fmt.andn\ndefinedBy: {extension: {name: Xfmt}}\n"
            "assembly: xd, xs1, xs2\nformat:\n  $inherits: [inst_subtype/R/R-x.yaml#/data]\n"
            "  opcodes:\n    high: {value: 0b0100000}\n    mid: {value: 7}\n"
            "    low: {$inherits: inst_opcode/OWN.yaml#/data}\n"
            "operation(): 'X[xd] = X[xs1] & ~X[xs2];'\n"
        },
    )
    assert 'version="1.4.0"' in made.text
    assert '"fmt.andn rd, rs1, rs2", "0100000 rs2 rs1 111 rd 1011011", kind="alu")' in made.text
    assert narrow.made is wide.made, "what is the same for both widths is declared once"
    assert wide.compare(50, random.Random(1)) == 50


def test_what_bodies_cannot_say_has_its_encoding(tmp_path: Path) -> None:
    path = tmp_path / "state.yaml"
    path.write_text(STATE)
    out = tmp_path / "state.py"
    done = CliRunner().invoke(app, ["isa", "import", "udb", str(path), "-o", str(out)])
    assert done.exit_code == Exit.OK
    assert "note: ux.state: it uses the CSR mstatus; it has its encoding only" in done.output
    assert f"{out}: 1 instruction, 0 with a body" in done.output
    (extension,) = load_file(out)
    assert not extension.instructions["ux.state"].has_body


@pytest.mark.parametrize(
    ("operation", "note", "strict", "meant"),
    [
        (
            "X[xd] = X[xs1] | (1 << imm);",
            "the 1 of '1 << n' is read with the bits of a register; the language gives it 1",
            "return rs1 | (1 << imm & 1)",
            "return rs1 | (1 << imm)",
        ),
        (
            "X[xd] = imm + 1;",
            "'(imm + 1)' is read with the bits of a register; the language gives it 7",
            "return imm + 1 & 0x7f",
            "return imm + 1",
        ),
    ],
)
def test_what_is_read_otherwise_is_said(
    operation: str, note: str, strict: str, meant: str, tmp_path: Path
) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(file_of("one.op", 0, operation, is_signed=False))
    invoke = CliRunner().invoke
    done = invoke(app, ["isa", "import", "udb", str(path), "--name", "Xone"])
    assert f"note: one.op: {note}" in done.stderr
    assert meant + "\n" in done.stdout
    assert 'Xone = Extension(\n    "Xone",\n' in done.stdout
    done = invoke(app, ["isa", "import", "udb", str(path), "--strict"])
    assert done.stderr == ""
    assert strict + "\n" in done.stdout


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (("match: 0", "match: 2"), "its match is not 16, 32, 48 or 64 of 0, 1 and -"),
        (("location: 11-7}", "location: 7-11}"), "'7-11' is no place of bits"),
        (("location: 11-7}", "location: 12-8}"), "'xd' stands at bit 12, which is none of it"),
        (("name: ux.state", "name: UX"), "UX: its name is no mnemonic"),
        (("definedBy: Xudbtest", "definedBy: []"), "no extension defines it"),
        (("encoding:", "nothing:"), "its encoding is missing, or no table"),
        (("kind: instruction", "kind: csr"), "it describes no instruction"),
        (
            ("encoding:", "format: {$inherits: nosuch.yaml#/a}\nencoding:"),
            "it inherits from 'nosuch.yaml', which is not in a folder above",
        ),
        (("kind: instruction", "a: [b: c}"), "line 2 is no YAML"),
    ],
)
def test_files_that_are_wrong_are_said(
    changes: tuple[str, str], sentence: str, tmp_path: Path
) -> None:
    path, out = tmp_path / "wrong.yaml", tmp_path / "out.py"
    path.write_text(STATE.replace(*changes))
    done = CliRunner().invoke(app, ["isa", "import", "udb", str(path), "-o", str(out)])
    assert done.exit_code in (Exit.USAGE, Exit.SOURCE)
    assert sentence in done.output
    assert not out.exists()


@pytest.mark.parametrize("name", ["i", "zbb", "zcb", "xcvmem", "xposit"])
def test_what_rvx_exports_comes_back(name: str, tmp_path: Path) -> None:
    """Encodings of 16 and 32 bits, split immediates, registers of other files, both widths."""
    extension = load(name)
    for path, text in export("riscv-unified-db", [extension]).files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = database.read([tmp_path])
    made = make_file(found.instructions)
    assert (found.left_out, made.left_out) == ([], [])
    (tmp_path / "back.py").write_text(made.text)
    (back,) = load_file(tmp_path / "back.py")
    own = {(e.mnemonic, x): e for e in extension.instructions.values() for x in e.xlens}
    read = {(e.mnemonic, x): e for e in back.instructions.values() for x in e.xlens}
    assert own.keys() == read.keys()
    draw = random.Random(name)
    for key, first in own.items():
        second = read[key]
        assert first.syntax.shape == second.syntax.shape
        assert (first.pattern.mask, first.pattern.match) == (
            second.pattern.mask,
            second.pattern.match,
        )
        word = first.pattern.match | draw.getrandbits(first.pattern.bits) & ~first.pattern.mask
        if first.accepts(word) and second.accepts(word):
            assert list(first.decode(word).values()) == list(second.decode(word).values()), key


@pytest.mark.parametrize(
    "assembly",
    ["xd xs1, imm", "xd, {xs1}, -imm", "xd, 2imm, xs1", "xd, xd, imm", "xd, imm(xs1", ""],
)
def test_assembly_that_rvx_cannot_write_becomes_a_list(assembly: str, tmp_path: Path) -> None:
    text = STATE.replace("assembly: xd", f"assembly: '{assembly}'")
    text = text.replace("000000000000", "------------", 1).replace(
        "variables: [", "variables: [{name: imm, location: 31-20}, "
    )
    made, _ = imported(tmp_path, {"a.yaml": text})
    assert '"ux.state imm:u, rd"' in made.text or '"ux.state rd, imm:u' in made.text


@pytest.mark.parametrize("count", ["X[xs2]", "-X[xs1]", "(imm - 64)", "~imm", "X[xs1][40:0]"])
@pytest.mark.parametrize("op", ["<<", ">>", ">>>"])
def test_shifts_by_any_number(op: str, count: str, tmp_path: Path) -> None:
    operation = f"X[xd] = (X[xs1] {op} {count}) ^ (5 {op} {count});"
    if "40" in count:
        operation = f"if (xlen() == 64) {{ {operation} }}"
    text = file_of("one.shift", 0, operation, is_signed=False)
    _, pairs = imported(tmp_path, {"a.yaml": text})
    for pair in pairs:
        assert pair.compare(40, random.Random(5)) == 40


def test_mistakes_on_the_command_line_are_said(tmp_path: Path) -> None:
    invoke = CliRunner().invoke
    for words, sentence in (
        (["cobol", "x"], "there is nothing to import from 'cobol'; there is udb"),
        (["udb", str(tmp_path / "none")], "there is no file or folder"),
        (["udb", str(tmp_path)], "there is no instruction to import"),
        (["udb", str(tmp_path), "--name", "a-b"], "--name a-b: letters and digits"),
    ):
        done = invoke(app, ["isa", "import", *words])
        assert done.exit_code in (Exit.USAGE, Exit.SOURCE)
        assert sentence in done.output
