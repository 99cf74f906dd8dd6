"""Xposit: posit arithmetic on a register file of its own, with a quire.

One set of instructions in two published encodings. They share mnemonics, so that a program is
assembled for one of them:

* custom-0, as PERCIVAL and llvm-xposit have it: `Xposit` for posit32, `Xposit64` for posit64
  (Big-PERCIVAL);
* custom-1, as Coprosit and PHEE have it, without loads and stores of 64 bits: `Xposit1`,
  `Xposit1p16` and `Xposit1p8`.

The width is a property of the core and not of the encoding: the suffix is `.s` for all widths.

Whether its multiplier, its divider and its square root are exact or log-approximate is a choice of
the core too, each by itself. `Xpercival` has those of the core that was published in 2022: an exact
multiplier, and an approximate divider and square root; in `Xpositlog` all three are approximate.

The meaning is the hardware's, without its faults. `Xpositstd` and `Xposit64std` follow the Posit
Standard (2022) where the two differ, in the encoding of custom-0. What differs on which operands is
in docs/explanation/xposit.md.
"""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

from rvx.extensions.floating import converted, root_of_rs1
from rvx.formats.posit.format import Quire
from rvx.formats.posit.scalar import posit8, posit16, posit32, posit64
from rvx.isa import Extension, Memory, Words, sext, sext32
from rvx.isa.memory import (
    load_64,
    load_u8,
    load_u16,
    load_u32,
    store_8,
    store_16,
    store_32,
    store_64,
)
from rvx.isa.real import NO_NUMBER, Function, Real, Whole, either
from rvx.records import dataclass

ABI_NAMES = tuple(
    "pt0 pt1 pt2 pt3 pt4 pt5 pt6 pt7 ps0 ps1 pa0 pa1 pa2 pa3 pa4 pa5 pa6 pa7 "
    "ps2 ps3 ps4 ps5 ps6 ps7 ps8 ps9 ps10 ps11 pt8 pt9 pt10 pt11".split()
)
_PERCIVAL = (
    "Mallasen et al., PERCIVAL, IEEE TETC 2022; PERCIVAL core/decoder.sv; "
    "llvm-xposit RISCVInstrInfoPos.td"
)
_COPROSIT = "Coprosit coprosit_instr_pkg.sv; llvm-xposit, branch PULP-compatible"


@dataclass(frozen=True)
class Encoding:
    """One of the published encodings.

    Attributes:
        opcode: the major opcode.
        funct3: of the instructions that compute.
        memory: funct3 of the loads and stores that exist, by mnemonic.
        ignores_unused: whether the decoder ignores the fields of absent operands.
        source: where it is published.
    """

    opcode: str
    funct3: str
    memory: dict[str, str]
    ignores_unused: bool
    source: str

    def pattern(self, funct5: str, rd: str, rs1: str, rs2: str) -> str:
        """The pattern of a computing instruction; fields of absent operands are given as bits."""
        fields = [
            f"({field})" if self.ignores_unused and field.isdigit() else field
            for field in (rs2, rs1, rd)
        ]
        return f"{funct5} 10 {fields[0]} {fields[1]} {self.funct3} {fields[2]} {self.opcode}"


CUSTOM_0 = Encoding(
    "0001011",
    "000",
    {"plw": "001", "psw": "011", "pld": "101", "psd": "110"},
    ignores_unused=True,
    source=_PERCIVAL,
)
CUSTOM_1 = Encoding(
    "0101011", "111", {"plw": "101", "psw": "110"}, ignores_unused=False, source=_COPROSIT
)


@dataclass(frozen=True)
class Core:
    """What the parameters of the hardware choose: one core has one of each.

    Attributes:
        posit: the kernels of its format, see `rvx.formats.posit.scalar`.
        encoding: `CUSTOM_0` or `CUSTOM_1`.
        has_log_mul: whether pmul.s is Mitchell's approximation (PERCIVAL's POS_LOG_MULT).
        has_log_div: likewise pdiv.s (POS_LOG_DIV).
        has_log_sqrt: likewise psqrt.s (POS_LOG_SQRT).
        is_standard: whether conversions from and to unsigned integers follow section 6.4 of the
            Posit Standard (2022) where the PERCIVAL hardware differs.
    """

    posit: ModuleType
    encoding: Encoding
    has_log_mul: bool = False
    has_log_div: bool = False
    has_log_sqrt: bool = False
    is_standard: bool = False

    @property
    def doc(self) -> str:
        """What it is, in a sentence."""
        fmt = self.posit.FORMAT
        text = f"Arithmetic on {fmt.name} with a quire of {fmt.quire_bits} bits"
        if self.is_standard:
            text += ", converting to and from unsigned integers as the Posit Standard says"
        units = {
            "multiplication": self.has_log_mul,
            "division": self.has_log_div,
            "square root": self.has_log_sqrt,
        }
        *others, last = [name for name, is_log in units.items() if is_log] or [""]
        if last:
            listed = f"{', '.join(others)} and {last}" if others else last
            text += f", with log-approximate {listed}"
        return text


def _unit(posit: ModuleType, name: str, is_log: bool) -> tuple[Callable[..., int], str]:
    """The kernel of an exact or a log-approximate unit, and how its result comes about."""
    if is_log:
        return getattr(posit, f"approximate_{name}"), "by Mitchell's logarithms"
    return getattr(posit, name), "rounded once"


def _declare_arithmetic(ext: Extension, core: Core) -> None:
    posit, encoding = core.posit, core.encoding
    multiply, of_product = _unit(posit, "mul", core.has_log_mul)
    divide, of_quotient = _unit(posit, "div", core.has_log_div)
    square_root, of_root = _unit(posit, "sqrt", core.has_log_sqrt)
    fmt = posit.FORMAT
    extreme = Real(either, fmt)
    # What gives the sign gives no number.
    sign = Real(either, places={"rd": fmt, "rs1": fmt})
    two_operands = {
        "padd.s": (
            "00000",
            posit.add,
            Real(lambda rs1, rs2: (rs1, rs2), fmt),
            "rs1 + rs2, rounded once",
        ),
        "psub.s": (
            "00001",
            posit.sub,
            Real(lambda rs1, rs2: (rs1, -rs2), fmt),
            "rs1 - rs2, rounded once",
        ),
        "pmul.s": (
            "00010",
            multiply,
            Real(lambda rs1, rs2: rs1 * rs2, fmt),
            f"rs1 * rs2, {of_product}",
        ),
        "pdiv.s": (
            "00011",
            divide,
            Real(lambda rs1, rs2: rs1 / rs2, fmt),
            f"rs1 / rs2, {of_quotient}; NaR if rs2 is 0",
        ),
        "pmin.s": (
            "00100",
            posit.min,
            extreme,
            "the lesser operand; NaR is less than every number",
        ),
        "pmax.s": (
            "00101",
            posit.max,
            extreme,
            "the greater operand; NaR is less than every number",
        ),
        "psgnj.s": ("10100", posit.sgnj, sign, "rs1 with the sign of rs2"),
        "psgnjn.s": ("10101", posit.sgnjn, sign, "rs1 with the opposite of the sign of rs2"),
        "psgnjx.s": ("10110", posit.sgnjx, sign, "rs1, negated if rs2 is negative"),
    }
    for name, (funct5, operation, real, what) in two_operands.items():
        ext.instruction(
            f"{name} rd:p, rs1:p, rs2:p",
            encoding.pattern(funct5, "rd", "rs1", "rs2"),
            doc=f"rd = {what}.",
            real=real,
        )(_with_names(operation))
    comparisons = {"peq.s": ("11001", posit.eq), "plt.s": ("11010", posit.lt)}
    comparisons["ple.s"] = ("11011", posit.le)
    for name, (funct5, operation) in comparisons.items():
        ext.instruction(
            f"{name} rd:x, rs1:p, rs2:p",
            encoding.pattern(funct5, "rd", "rs1", "rs2"),
            doc="rd = 1 if it holds, else 0; NaR equals itself and is less than every number.",
            real=NO_NUMBER,
        )(_with_names(operation))

    @ext.instruction(
        "psqrt.s rd:p, rs1:p",
        encoding.pattern("00110", "rd", "rs1", "00000"),
        doc=f"rd = square root of rs1, {of_root}; NaR if rs1 is negative.",
        real=Real(root_of_rs1, fmt),
    )
    def psqrt(rs1: int) -> int:
        result: int = square_root(rs1)
        return result

    ext.alias("pmv.s rd:p, rs1:p", "psgnj.s rd, rs1, rs1")
    ext.alias("pabs.s rd:p, rs1:p", "psgnjx.s rd, rs1, rs1")
    ext.alias("pneg.s rd:p, rs1:p", "psgnjn.s rd, rs1, rs1")
    ext.alias("pgt.s rd:x, rs1:p, rs2:p", "plt.s rd, rs2, rs1", is_printed=False)
    ext.alias("pge.s rd:x, rs1:p, rs2:p", "ple.s rd, rs2, rs1", is_printed=False)


def _with_names(operation: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def body(rs1: int, rs2: int) -> int:
        return operation(rs1, rs2)

    return body


def _declare_quire(ext: Extension, posit: ModuleType, encoding: Encoding) -> None:
    ext.state("quire", posit.QUIRE_LIMBS, f"the quire, {posit.FORMAT.quire_bits} bits")
    clear, negate, q_round = posit.q_clear, posit.q_negate, posit.q_round
    madd, msub = posit.q_madd, posit.q_msub
    none = "00000"
    fmt = posit.FORMAT
    exact = Quire(fmt)

    def accumulates(function: Function) -> Real:
        return Real(function, fmt, to="quire", places={"quire": exact})

    @ext.instruction(
        "qmadd.s rs1:p, rs2:p",
        encoding.pattern("00111", none, "rs1", "rs2"),
        real=accumulates(lambda quire, rs1, rs2: (quire, rs1 * rs2)),
    )
    def qmadd(rs1: int, rs2: int, quire: Words) -> None:
        """quire += rs1 * rs2, exactly; NaR if an operand is NaR."""
        madd(quire, rs1, rs2)

    @ext.instruction(
        "qmsub.s rs1:p, rs2:p",
        encoding.pattern("01000", none, "rs1", "rs2"),
        real=accumulates(lambda quire, rs1, rs2: (quire, -rs1 * rs2)),
    )
    def qmsub(rs1: int, rs2: int, quire: Words) -> None:
        """quire -= rs1 * rs2, exactly; NaR if an operand is NaR."""
        msub(quire, rs1, rs2)

    @ext.instruction("qclr.s", encoding.pattern("01001", none, none, none), real=NO_NUMBER)
    def qclr(quire: Words) -> None:
        """quire = 0."""
        clear(quire)

    @ext.instruction(
        "qneg.s",
        encoding.pattern("01010", none, none, none),
        real=accumulates(lambda quire: -quire),
    )
    def qneg(quire: Words) -> None:
        """quire = -quire; NaR stays NaR."""
        negate(quire)

    @ext.instruction(
        "qround.s rd:p",
        encoding.pattern("01011", "rd", none, none),
        real=Real(lambda quire: quire, fmt, places={"quire": exact}),
    )
    def qround(quire: Words) -> int:
        """rd = quire, rounded once."""
        result: int = q_round(quire)
        return result


def _declare_conversions(ext: Extension, core: Core) -> None:
    posit, encoding = core.posit, core.encoding
    suffix = "" if core.is_standard else "_percival"
    to_u32, to_u64 = getattr(posit, f"to_u32{suffix}"), getattr(posit, f"to_u64{suffix}")
    from_u32, from_u64 = getattr(posit, f"from_u32{suffix}"), getattr(posit, f"from_u64{suffix}")
    to_i32, to_i64 = posit.to_i32, posit.to_i64
    from_i32, from_i64 = posit.from_i32, posit.from_i64
    # llvm-xposit writes these into rs2, as FCVT does; the decoders of PERCIVAL ignore them.
    unsigned, double, double_unsigned = (
        ("00000", "00010", "00011") if encoding is CUSTOM_0 else ("00000",) * 3
    )
    to_words = {
        "pcvt.w.s": ("01100", unsigned, to_i32, None),
        "pcvt.wu.s": ("01101", unsigned, to_u32, None),
        "pcvt.l.s": ("01110", unsigned, to_i64, 64),
        "pcvt.lu.s": ("01111", double_unsigned, to_u64, 64),
    }
    for name, (funct5, rs2, convert, xlen) in to_words.items():
        ext.instruction(
            f"{name} rd:x, rs1:p",
            encoding.pattern(funct5, "rd", "rs1", rs2),
            xlen=xlen,
            doc="rd = rs1 as an integer, ties to even.",
            real=converted(posit.FORMAT, _whole(name)),
        )(_to_integer(convert, xlen == 64))
    from_words = {
        "pcvt.s.w": ("10000", unsigned, from_i32, None),
        "pcvt.s.wu": ("10001", unsigned, from_u32, None),
        "pcvt.s.l": ("10010", double, from_i64, 64),
        "pcvt.s.lu": ("10011", double_unsigned, from_u64, 64),
    }
    for name, (funct5, rs2, convert, xlen) in from_words.items():
        ext.instruction(
            f"{name} rd:p, rs1:x",
            encoding.pattern(funct5, "rd", "rs1", rs2),
            xlen=xlen,
            doc="rd = the integer rs1, rounded once.",
            real=converted(_whole(name), posit.FORMAT),
        )(_from_integer(convert, xlen == 64))
    width = posit.FORMAT.n

    @ext.instruction("pmv.x.w rd:x, rs1:p", encoding.pattern("10111", "rd", "rs1", "00000"))
    def pmv_x_w(rs1: int) -> int:
        """rd = the bits of rs1, sign-extended."""
        return sext(rs1, width) if width < 64 else rs1

    @ext.instruction("pmv.w.x rd:p, rs1:x", encoding.pattern("11000", "rd", "rs1", "00000"))
    def pmv_w_x(rs1: int) -> int:
        """rd = the low bits of rs1."""
        return rs1

    ext.alias("pmv.x.s rd:x, rs1:p", "pmv.x.w rd, rs1", is_printed=False)
    ext.alias("pmv.s.x rd:p, rs1:x", "pmv.w.x rd, rs1", is_printed=False)


def _whole(mnemonic: str) -> Whole:
    """The integers of a conversion."""
    parts = mnemonic.split(".")
    return Whole(
        32 if "w" in parts or "wu" in parts else 64, "wu" not in parts and "lu" not in parts
    )


def _to_integer(convert: Callable[[int], int], is_double: bool) -> Callable[[int], int]:
    def narrow(rs1: int) -> int:
        return sext32(convert(rs1))

    def wide(rs1: int) -> int:
        return convert(rs1)

    return wide if is_double else narrow


def _from_integer(convert: Callable[[int], int], is_double: bool) -> Callable[[int], int]:
    def narrow(rs1: int) -> int:
        return convert(rs1 & 0xFFFFFFFF)

    def wide(rs1: int) -> int:
        return convert(rs1)

    return wide if is_double else narrow


def _declare_memory(ext: Extension, width: int, encoding: Encoding) -> None:
    # A core of narrow posits moves as many bytes as a posit has, with the same mnemonic.
    load = {8: load_u8, 16: load_u16, 32: load_u32, 64: load_u32}[width]
    store = {8: store_8, 16: store_16, 32: store_32, 64: store_32}[width]
    upper = -1 << 32 if width == 64 else 0

    @ext.instruction(
        "plw rd:p, imm(rs1)",
        f"imm[11:0] rs1 {encoding.memory['plw']} rd {encoding.opcode}",
        kind="load",
    )
    def plw(rs1: int, imm: int, mem: Memory) -> int:
        """rd = the posit in memory; the upper half of a 64-bit register becomes all ones."""
        return load(mem, rs1 + imm) | upper

    @ext.instruction(
        "psw rs2:p, imm(rs1)",
        f"imm[11:5] rs2 rs1 {encoding.memory['psw']} imm[4:0] {encoding.opcode}",
        kind="store",
    )
    def psw(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
        """Memory = the low word of rs2."""
        store(mem, rs1 + imm, rs2)

    if "pld" not in encoding.memory or width != 64:
        return

    @ext.instruction(
        "pld rd:p, imm(rs1)",
        f"imm[11:0] rs1 {encoding.memory['pld']} rd {encoding.opcode}",
        kind="load",
    )
    def pld(rs1: int, imm: int, mem: Memory) -> int:
        """rd = the 64-bit posit in memory."""
        return load_64(mem, rs1 + imm)

    @ext.instruction(
        "psd rs2:p, imm(rs1)",
        f"imm[11:5] rs2 rs1 {encoding.memory['psd']} imm[4:0] {encoding.opcode}",
        kind="store",
    )
    def psd(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
        """Memory = rs2, all 64 bits."""
        store_64(mem, rs1 + imm, rs2)


def make_xposit(name: str, core: Core) -> Extension:
    """The Xposit extension of a core, under a name of its own."""
    ext = Extension(
        name,
        version="1.0",
        doc=core.doc,
        source=core.encoding.source,
        requires=("I",),
        conflicts={
            other: "they give the same mnemonics to posits of another width, encoding or meaning"
            for other in CORES
            if other != name
        },
    )
    ext.register_file("p", count=32, bits=core.posit.FORMAT.n, abi=ABI_NAMES)
    _declare_arithmetic(ext, core)
    _declare_quire(ext, core.posit, core.encoding)
    _declare_conversions(ext, core)
    _declare_memory(ext, core.posit.FORMAT.n, core.encoding)
    return ext


CORES = {
    "Xposit": Core(posit32, CUSTOM_0),
    "Xposit64": Core(posit64, CUSTOM_0),
    "Xposit1": Core(posit32, CUSTOM_1),
    "Xposit1p16": Core(posit16, CUSTOM_1),
    "Xposit1p8": Core(posit8, CUSTOM_1),
    "Xpositstd": Core(posit32, CUSTOM_0, is_standard=True),
    "Xposit64std": Core(posit64, CUSTOM_0, is_standard=True),
    "Xpercival": Core(posit32, CUSTOM_0, has_log_div=True, has_log_sqrt=True),
    "Xpositlog": Core(posit32, CUSTOM_0, has_log_mul=True, has_log_div=True, has_log_sqrt=True),
}
"""What the shipped extensions are the cores of."""

Xposit, Xposit64, Xposit1, Xposit1p16, Xposit1p8, Xpositstd, Xposit64std, Xpercival, Xpositlog = (
    make_xposit(name, core) for name, core in CORES.items()
)
