"""What mistakes are made of: files that are right, and values that seldom are."""

BEFORE = b"as it was before\n"

SOURCE = b"""# A program with a bit of everything.
        .globl  _start
        .equ    SIZE, 4
        .macro  twice what
        \\what
        \\what
        .endm
_start: li      a0, 0
        la      a1, table
1:      lw      a2, 0(a1)
        twice   "addi a0, a0, 1"
        addi    a1, a1, SIZE
        bnez    a2, 1b
        fcvt.d.w fa0, a0
        fadd.d  fa0, fa0, fa0
        .if SIZE > 2
        call    leave
        .endif
leave:  li      a0, 0
        li      a7, 93
        ecall
        .section .rodata
table:  .word   3, 2, 1, 0
        .string "text\\n"
        .balign 8
        .dword  leave
"""
DESCRIBED = b"""kind: instruction
name: ux.own
definedBy: Xown
assembly: xd, xs1
encoding:
  match: 000000000000-----110-----1011011
  variables: [{name: xs1, location: 19-15}, {name: xd, location: 11-7}]
operation(): X[xd] = X[xs1] + 1;
"""
EXTENSION = b'''from rvx.isa import Extension

Xown = Extension("Xown", version="0.1", doc="An extension [of one's own]")
Xown.csr("owncsr", 0x801, bits=8, doc="A register")
Xown.state("owned", 2, "Words")
Xown.register_file("w", count=4, bits=32)


@Xown.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def smac(rd, rs1, rs2):
    """rd = rd + rs1 * rs2 [clipped]."""
    return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)


@Xown.instruction("wput rd:w, rs1", "0000001 00000 rs1 001 rd 1011011")
def wput(rs1, owned):
    owned[0] = rs1
    return rs1 & 0xFFFF
'''
USES_EXTENSION = (
    b"_start: li a0, 3\nsmac a1, a0, a0\nwput w1, a0\ncsrw owncsr, a0\nli a7, 93\nli a0, 0\necall\n"
)
OPCODES = b"smac rd rs1 rs2 31..25=0 14..12=0 6..2=0x16 1..0=3\n"
KERNEL = b"""extends = "gemm"
modules = ["parts.py"]
[parameters]
M = { default = 2, doc = "rows" }
N = { default = 2, doc = "columns" }
K = { default = 4, doc = "sums" }
[variants.mine]
march = "rv64gc"
arithmetic = "f64"
doc = "mine"
"""
DATA = b"""import numpy as np

def inputs(p, uniform):
    return uniform(p["M"], p["K"]), uniform(p["K"], p["N"])

def operands(a, b):
    return a, np.ascontiguousarray(b.T)

def arguments(p, call):
    return call.a, call.b, call.c, p["M"], p["N"], call.length

def output_shape(p):
    return p["M"], p["N"]

def macs(p):
    return p["M"] * p["N"] * p["K"]
"""
GOLDEN = b"""import numpy as np

def golden(p, a, bt):
    return a @ bt.T

def reference(p, arithmetic, a, bt):
    return np.asarray(arithmetic.product(a, bt))
"""
PARTS = b"""from rvx.analysis.arithmetic.own import Codec, Sums, one_by_one

BYTE = Codec(8, lambda x: (x * 8).astype("i8"), lambda codes: codes / 8)
ARITHMETICS = {"bytes": Sums(BYTE, BYTE, one_by_one(lambda s, a, b: s + a * b))}
"""

ACCUMULATORS = b"""from rvx.formats.dot.catalogue import rvbna
from rvx.formats.minifloat.catalogue import FP16ALT
from rvx.formats.minifloat.rounding import Rounding

made = [rvbna(FP16ALT, FP16ALT, 32, guard, Rounding.RNE) for guard in (0, 1)]
"""

NUMBERS = [
    *("0", "-1", "1", "3", "+5", "-0", "1.5", "1e3", "1e300", "1e999", "-inf", "nan", "0x", "0x10"),
    *("-0x8000000000000000", "0xffffffffffffffff", "18446744073709551616", "1e-400", "1/3", "1/0"),
    *("1_000", "\uff11\uff12", "0b2", "08", "1e", "e", "--5", "NaR", "9" * 400, "9" * 5000, "1e99999"),
    *("1000000000000000000000", "4294967296", "2147483648", "-2147483649", "0.1e-5000"),
]  # fmt: skip
TEXTS = [
    *("", " ", "-", "=", "a=", "=1", "a=b=c", "M=", "M=0", "M=-1", "M=1e3", "M=99999999999", "K=7"),
    *("[/x]", "[bold", "[link=x]", "{0}", "%s", "$(x)", "\\", "'", '"', ";", "#", "a b", "a\nb"),
    *("\udcff\udc80", "\u00e9", "\U0001f600", "\x1b[31m", "\x7f", "a" * 300, "a" * 70000, "\t"),
    *("rv64gc", "rv32i", "rv128i", "rv64", "rv64gc_xnosuch", "rv64gc_", "RV64GC", "rv64ixposit"),
    *("rv64i2p1", "rv64gcv", "rv32e", "rv64gc_xposit_xposit64", "xposit", "zfh", "i", "add", "c.add"),
    *("posit16", "posit0", "posit129", "fp8", "e4m3", "e0m0", "e99m99", "int0", "int99", "mxfp8"),
    *("native", "python", "fpga", "region", "4", "f32", "all", "int8", "mlp", "1:2", "2:1", ":", "1:"),
]  # fmt: skip
PATHS = [
    *(".", "..", "folder", "folder/", "nosuch", "nosuch/x", "ok.s/x", "empty", "binary", "huge.s"),
    *("/dev/null", "/dev/full", "/nonexistent/x", "ok.s", "ok.elf", "ok.o", "own.py", "kernel.toml"),
    *("a" * 300 + ".svg", "picture.svg", "picture.gif", "folder/picture.png", "folder.svg", "own.txt"),
    *("loop", "dangling", "latin\udce9.s", "name with [brackets].s", "words.txt", "lib.a"),
]  # fmt: skip

COMMANDS = [
    # Those that read files come twice: there is more that can be wrong with a file.
    *("asm", "run", "dis", "compare", "isa list", "format", "asm", "run", "dis", "compare"),
    *(
        "as",
        "isa show",
        "isa docs",
        "isa export",
        "isa import",
        "isa check",
        "new extension",
        "new kernel",
        "cache path",
        "cache show",
        "cache clear",
        "version",
    ),
    *("paper exsdotp", "paper matrix-drafts", "paper percival", "paper vsq", "dot"),
    *("toolchain", "sweep"),
]
_ANY = ("option", "value", "extra", "path", "missing", "environment")
_READS = (
    "file",
    "option",
    "python",
    "elf",
    "value",
    "stdin",
    "path",
    "file",
    "python",
    "extra",
    "missing",
    "environment",
)
KINDS: dict[str, tuple[str, ...]] = {
    "asm": _READS,
    "run": _READS,
    "dis": _READS,
    "as": ("file", "value", "extra", "stdin", "path", "missing", "environment"),
    "compare": ("file", "python", *_ANY),
    "dot": ("python", *_ANY),
    "toolchain": ("python", *_ANY),
    "sweep": _ANY,
    "isa list": ("python", *_ANY),
    "isa show": ("python", *_ANY),
    "isa export": ("python", *_ANY),
    "isa check": ("python", *_ANY),
    **dict.fromkeys(
        (
            "new extension",
            "new kernel",
            "isa docs",
            "isa import",
            "cache path",
            "cache show",
            "cache clear",
            "version",
            "format",
        ),
        _ANY,
    ),
    **dict.fromkeys(("paper exsdotp", "paper matrix-drafts", "paper percival", "paper vsq"), _ANY),
}
"""What can be wrong, by command: methods of the generator."""
VALID: dict[str, list[list[str]]] = {
    "asm": [["ok.s"], ["ok.s", "-o", "out"], ["ok.s", "-c", "-o", "out"], ["uses.s", "--ext", "own.py"],
            ["ok.s", "--listing"], ["ok.o", "ok.s"], ["-"], ["ok.s", "-g", "-o", "out"]],
    "as": [["ok.s", "-o", "out"], ["-march=rv64gc", "-mabi=lp64d", "ok.s", "-o", "out"], ["-o", "out", "-"]],
    "dis": [["ok.elf"], ["ok.o", "-r", "-l", "-S"], ["0x0000000b", "0x8082"], ["words.txt"], ["-"],
            ["ok.elf", "--symbols", "--sections"]],
    "run": [["ok.s"], ["ok.elf"], ["uses.s", "--ext", "own.py"], ["ok.s", "--count"],
            ["ok.elf", "--explain", "--region-code", "out"], ["-"], ["uses.s", "--ext", "own.txt"]],
    "compare": [["gemm", "-p", "M=2", "-p", "N=2", "-p", "K=4", "--variant", "f64"],
                [".", "--variant", "mine"], [".", "--variant", "mine", "--markdown"],
                ["softmax", "--variant", "f32"], [".", "--variant", "mine", "--plot", "out.svg"]],
    "format": [["posit16", "3.14"], ["fp8", "0x5a"], ["plot", "posit8", "fp8", "-o", "out.svg"]],
    "version": [[]],
    "dot": [["fma-bfloat16", "--lengths", "4", "--seeds", "1"],
            ["--file", "sums.py", "--lengths", "4", "--seeds", "1"]],
    # What a compiler says of its own command line is not rvx's.
    "toolchain": [["--ext", "own.py", "--write", "folder"]],
    "sweep": [["gemm", "-p", "M=N=K=2", "--variant", "f32", "-o", "folder"]],
    "isa list": [[], ["xposit"], ["--ext", "own.py"], ["xown", "--ext", "own.py"]],
    "isa show": [["padd.s"], ["smac", "--ext", "own.py"], ["add", "--march", "rv64i"]],
    "isa export": [["riscv-opcodes", "--ext", "own.py"], ["list"],
                   ["riscv-opcodes", "--ext", "zba", "-o", "out"]],
    "isa import": [["udb", "own.yaml"], ["udb", ".", "-o", "out"], ["udb", "own.yaml", "--strict"]],
    "isa check": [["own.py", "--operands", "0"], ["zba", "--operands", "0", "--json"]],
    "new extension": [["xfresh"], ["Xfresh", "-o", "out"]],
    "new kernel": [["fresh"], ["fresh", "-o", "out"]],
    "isa docs": [["folder"], ["folder", "--check"]],
    "cache path": [[]], "cache show": [[]], "cache clear": [[]],
    # Studies take their time: only what fails before they begin.
    "paper exsdotp": [["--lengths", "0"]],
    "paper matrix-drafts": [["--vlen", "0"]],
    "paper percival": [["--sizes", "0"]],
    "paper vsq": [["--scheme", "nosuch"]],
}  # fmt: skip
ALWAYS = {
    "run": ["--max-instructions", "20000"],
    "compare": ["--backend", "python"],
}
WORKING_OPTIONS = {"--train", "--seeds", "--images", "--sqnr", "--products", "--scheduler"}
"""Options of studies that do much work, or wait long, for a value that is not wrong."""

ASSEMBLY = [
    *(b".macro m\nm\n.endm\nm\n", b".rept 1000000000\nnop\n.endr\n", b".include \"ok.s\"\n", b".include \"t\"\n"),
    *(b".space 1 << 40\n", b".fill 1 << 40, 8, 1\n", b".org 1 << 60\n", b".balign 3\n", b".p2align 60\n"),
    *(b".if\n", b".endif\n", b".else\n", b".endm\n", b".incbin \"folder\"\n", b".incbin \"/dev/zero\"\n"),
    *(b".word 1/0\n", b".word a - b\n", b".equ x, x\n", b".set y, z\n.set z, y\n.word y\n", b"addi a0, a0, %lo(\n"),
    *(b"li a0, 1 << 200\n", b".double 1e999999\n", b".float nan(\n", b".ascii \"\\x\"\n", b".section \"\"\n"),
    *(b"lw a0, \n", b"padd.s a0, a1, a2\n", b"vadd.vv v0, v1, v2\n", b".insn r 0x33, 9, 9, a0, a1, a2\n"),
    *(b".cfi_endproc\n", b".cfi_startproc\n", b".loc 9 9\n", b".option pop\n", b".attribute arch, \"rv99\"\n"),
    *(b".irp x,\n\\x\n.endr\n", b".macro q a=1, a=2\n.endm\n", b".purgem nosuch\n", b".popsection\n"),
    *(b".uleb128 -1\n", b".string 5\n", b".comm c, -1\n", b".skip -5\n", b"j 1b\n", b"1: j 2f\n", b"call 5\n"),
    *(b".altmacro\n%\n", b".err\n", b".error \"[/x]\"\n", b".warning \"[b]\"\n", b".end\n", b".abort\n"),
]  # fmt: skip
DECLARATIONS = [
    *("X.csr('c', {n})", "X.csr('c', 0x801, bits={n})", "X.csr('c', 0x801, lsb={n}, bits={n})", "X.csr({v}, 0x801)"),
    *("X.csr('c', 0x300)", "X.csr('c', 1)", "X.csr('c', 0x801)\nX.csr('d', 0x801)", "X.csr('c', 0x801, state={v})"),
    *("X.state('s', {n})", "X.state({v}, 1)", "X.state('s', 1)\nX.state('s', 1)", "X.state('s', 1, {v})"),
    *("X.register_file('r', count={n}, bits=32)", "X.register_file('r', count=4, bits={n})"),
    *("X.register_file({v}, count=4, bits=8)", "X.register_file('r', count=2, bits=8, abi={v})"),
    *("X.register_file('a', count=8, bits=64)", "X.register_file('x', count=8, bits=64)"),
    *("X.alias('al rd', {v})", "X.alias({v}, 'smac rd, rd, rd')", "X.alias('al', 'smac')", "X.csr_name('n', {n})"),
    *("X.encoding({v}, '0000001 rs2 rs1 000 rd 1011011')", "X.encoding('en rd, rs1, rs2', {v})"),
    *("X.encoding('en rd', '{b}')", "X.encoding('en rd, rs1, rs2', '{b}')", "X.encoding('en', '{b}', xlen={n})"),
    *("X.encoding('add rd, rs1, rs2', '{b}')", "X.encoding('en', '0000001 00000 00000 111 00000 1011011', kind={v})"),
    *("X = Extension({v}, version='1')", "X = Extension('Xy', version={v})", "X = Extension('Xy', version='1', doc={v})"),
    *("X = Extension('Xy', version='1', requires=({v},))", "X = Extension('Xy', version='1', conflicts={v})"),
    *("X = Extension('Xy', version='1', supersedes={v})", "X = Extension()", "X = {v}", "raise {e}('[/x]')", "1 / 0"),
    *("import nosuch", "import sys; sys.exit({n})", "exit()", "raise SystemExit", "raise KeyboardInterrupt", "{v}.x"),
    *("X.instructions = None", "X.states = {v}", "X.name = {v}", "X.doc = {v}", "X.version = None", "del X", "X.csrs = {{1: 2}}"),
    *("X.compressed('c.en', '{b}', 'smac a0, a0, a0', of=X)", "X.operand_kind({v})", "X = Xown = None"),
    "from rvx.extensions.xposit import Xposit as Xown",
]  # fmt: skip
BODIES = [
    *("return {v}", "return rs1 // {n}", "raise {e}('[x]')", "return nosuch", "return smac(1, 2, 3)", "pass"),
    *("return rs1 << {n}", "return [1][rs1]", "return rs1.x", "import os; return 1", "return (rd, rs1)"),
    *("return 1.5", "return float(rs1)", "return b''", "return rs1 if rs1 > 5 else None", "yield rs1", "return 1 << 70"),
]  # fmt: skip
VALUES = [
    *("None", "''", "'[/x]'", "0", "-1", "3.5", "[]", "{}", "()", "object()", "b'x'", "'a b'", "'rd'", "'x' * 1000"),
    *("lambda: 1", "1 << 70", "'rs1'", "'I'", "'Xown'", "'Xposit'", "float('nan')", "'\\udcff'", "type", "['a', 'b']", "'0'"),
]  # fmt: skip
BITS = [
    *("", "0", "0" * 32, "0000001 rs2 rs1 000 rd 1011011", "rs2 rs1 rd", "x" * 32, "0000000 rs2 rs1 000 rd 0110011"),
    *("0000001 00000 00000 000 rd[4:0] 1011011", "imm[99:0] 1011011", "imm[11:0] rs1 000 rd 1011011", "rd rd"),
    *("0000001 rs2 rs1 000 rd 1011010", "000 00000000000 00", "1" * 64, "rd[0:4] 000000000000000000000000000"),
    *("[/x]", "000_0001 rs2 rs1 000 rd 1011011", "imm[0] " * 32),
]  # fmt: skip
ERRORS = [
    "ValueError",
    "KeyError",
    "Exception",
    "MemoryError",
    "RecursionError",
    "OSError",
    "StopIteration",
    "AssertionError",
    "TypeError",
]
