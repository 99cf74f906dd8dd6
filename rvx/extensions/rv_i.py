"""I: the base integer instructions of RV32 and RV64, with the privileged ones beside them."""

from collections.abc import Callable

from rvx.extensions import integer
from rvx.isa import Extension, Memory, Words, memory, sext32
from rvx.isa.bits import address, less_unsigned, narrow

I = Extension(  # noqa: E741 - the name that the standard gives it
    "I",
    version="2.1",
    doc="Base integer instructions",
    source="The RISC-V Instruction Set Manual, Volume I, 20191213, chapters 2 and 5",
    is_core=True,
)

# --- Upper immediates and jumps


@I.instruction("lui rd, imm:u20", "imm[19:0] rd 0110111", kind="alu")
def lui(imm: int) -> int:
    """rd = imm << 12, sign-extended from 32 bits."""
    return sext32(imm << 12)


@I.instruction("auipc rd, imm:u20", "imm[19:0] rd 0010111", kind="alu")
def auipc(imm: int, pc: int, xlen: int) -> int:
    """rd = pc + (imm << 12)."""
    return narrow(pc + sext32(imm << 12), xlen)


@I.instruction("jal rd, offset", "offset[20|10:1|11|19:12] rd 1101111", kind="jump")
def jal(offset: int, pc: int, next_pc: Words, xlen: int) -> int:
    """rd = address of the next instruction; goes on at pc + offset."""
    link = next_pc[0]
    next_pc[0] = address(pc + offset, xlen)
    return narrow(link, xlen)


@I.instruction("jalr rd, imm(rs1)", "imm[11:0] rs1 000 rd 1100111", kind="jump")
def jalr(rs1: int, imm: int, next_pc: Words, xlen: int) -> int:
    """rd = address of the next instruction; goes on at rs1 + imm, made even."""
    link = next_pc[0]
    next_pc[0] = address((rs1 + imm) & -2, xlen)
    return narrow(link, xlen)


I.alias("j offset", "jal zero, offset")
I.alias("jal offset", "jal ra, offset")
I.alias("ret", "jalr zero, 0(ra)")
I.alias("jr rs1", "jalr zero, 0(rs1)")
I.alias("jr imm(rs1)", "jalr zero, imm(rs1)")
I.alias("jr rs1, imm", "jalr zero, imm(rs1)", is_printed=False)
I.alias("jalr rs1", "jalr ra, 0(rs1)")
I.alias("jalr imm(rs1)", "jalr ra, imm(rs1)")
I.alias("jalr rs1, imm", "jalr ra, imm(rs1)", is_printed=False)
I.alias("jalr rd, rs1", "jalr rd, 0(rs1)")
I.alias("jalr rd, rs1, imm", "jalr rd, imm(rs1)", is_printed=False)

# --- Branches


def _branch(name: str, funct3: str, is_taken: Callable[[int, int], bool], when: str) -> None:
    @I.instruction(
        f"{name} rs1, rs2, offset",
        f"offset[12|10:5] rs2 rs1 {funct3} offset[4:1|11] 1100011",
        kind="branch",
        doc=f"Goes on at pc + offset if {when}.",
    )
    def branch(rs1: int, rs2: int, offset: int, pc: int, next_pc: Words, xlen: int) -> None:
        if is_taken(rs1, rs2):
            next_pc[0] = address(pc + offset, xlen)


_branch("beq", "000", integer.equal, "rs1 = rs2")
_branch("bne", "001", integer.not_equal, "rs1 is not rs2")
_branch("blt", "100", integer.less, "rs1 < rs2, signed")
_branch("bge", "101", integer.not_less, "rs1 >= rs2, signed")
_branch("bltu", "110", less_unsigned, "rs1 < rs2, unsigned")
_branch("bgeu", "111", integer.not_less_unsigned, "rs1 >= rs2, unsigned")

I.alias("beqz rs1, offset", "beq rs1, zero, offset")
I.alias("bnez rs1, offset", "bne rs1, zero, offset")
I.alias("blez rs1, offset", "bge zero, rs1, offset")
I.alias("bgez rs1, offset", "bge rs1, zero, offset")
I.alias("bltz rs1, offset", "blt rs1, zero, offset")
I.alias("bgtz rs1, offset", "blt zero, rs1, offset")
I.alias("bgt rs1, rs2, offset", "blt rs2, rs1, offset", is_printed=False)
I.alias("ble rs1, rs2, offset", "bge rs2, rs1, offset", is_printed=False)
I.alias("bgtu rs1, rs2, offset", "bltu rs2, rs1, offset", is_printed=False)
I.alias("bleu rs1, rs2, offset", "bgeu rs2, rs1, offset", is_printed=False)

# --- Loads and stores


def _load(
    name: str, funct3: str, load: Callable[[Memory, int], int], what: str, xlen: int | None = None
) -> None:
    @I.instruction(
        f"{name} rd, imm(rs1)",
        f"imm[11:0] rs1 {funct3} rd 0000011",
        kind="load",
        xlen=xlen,
        doc=f"rd = the {what} at rs1 + imm.",
    )
    def body(rs1: int, imm: int, mem: Memory) -> int:
        return load(mem, rs1 + imm)


def _store(
    name: str,
    funct3: str,
    store: Callable[[Memory, int, int], None],
    what: str,
    xlen: int | None = None,
) -> None:
    @I.instruction(
        f"{name} rs2, imm(rs1)",
        f"imm[11:5] rs2 rs1 {funct3} imm[4:0] 0100011",
        kind="store",
        xlen=xlen,
        doc=f"Stores the {what} of rs2 at rs1 + imm.",
    )
    def body(rs1: int, rs2: int, imm: int, mem: Memory) -> None:
        store(mem, rs1 + imm, rs2)


_load("lb", "000", memory.load_s8, "sign-extended byte")
_load("lh", "001", memory.load_s16, "sign-extended 16 bits")
_load("lw", "010", memory.load_s32, "sign-extended 32 bits")
_load("ld", "011", memory.load_64, "64 bits", 64)
_load("lbu", "100", memory.load_u8, "zero-extended byte")
_load("lhu", "101", memory.load_u16, "zero-extended 16 bits")
_load("lwu", "110", memory.load_u32, "zero-extended 32 bits", 64)
_store("sb", "000", memory.store_8, "low byte")
_store("sh", "001", memory.store_16, "low 16 bits")
_store("sw", "010", memory.store_32, "low 32 bits")
_store("sd", "011", memory.store_64, "64 bits", 64)

# --- Arithmetic

Operation = Callable[[int, int, int], int]
# mnemonic, funct7, funct3, operation, meaning
_ARITHMETIC: tuple[tuple[str, str, str, Operation, str], ...] = (
    ("add", "0000000", "000", integer.add, "{a} + {b}"),
    ("sub", "0100000", "000", integer.sub, "{a} - {b}"),
    ("sll", "0000000", "001", integer.sll, "{a} << {b}"),
    ("slt", "0000000", "010", integer.slt, "1 if {a} < {b}, signed, else 0"),
    ("sltu", "0000000", "011", integer.sltu, "1 if {a} < {b}, unsigned, else 0"),
    ("xor", "0000000", "100", integer.xor, "{a} ^ {b}"),
    ("srl", "0000000", "101", integer.srl, "{a} >> {b}, zeros coming in"),
    ("sra", "0100000", "101", integer.sra, "{a} >> {b}, copies of the sign coming in"),
    ("or", "0000000", "110", integer.or_, "{a} | {b}"),
    ("and", "0000000", "111", integer.and_, "{a} & {b}"),
)
_HAS_IMMEDIATE = ("add", "slt", "sltu", "xor", "or", "and")
_IS_SHIFT = ("sll", "srl", "sra")
_HAS_WORD_FORM = ("add", "sub", *_IS_SHIFT)
_ON_WORDS = ", on the low 32 bits, sign-extended"


def _immediate_name(name: str) -> str:
    return "sltiu" if name == "sltu" else f"{name}i"


def _register_form(name: str, funct7: str, funct3: str, operation: Operation, meaning: str) -> None:
    doc = "rd = " + meaning.format(a="rs1", b="rs2")

    @I.instruction(
        f"{name} rd, rs1, rs2", f"{funct7} rs2 rs1 {funct3} rd 0110011", kind="alu", doc=doc + "."
    )
    def body(rs1: int, rs2: int, xlen: int) -> int:
        return operation(rs1, rs2, xlen)

    if name not in _HAS_WORD_FORM:
        return

    @I.instruction(
        f"{name}w rd, rs1, rs2",
        f"{funct7} rs2 rs1 {funct3} rd 0111011",
        kind="alu",
        xlen=64,
        doc=doc + _ON_WORDS + ".",
    )
    def word_body(rs1: int, rs2: int) -> int:
        return operation(sext32(rs1), sext32(rs2), 32)


def _immediate_form(name: str, funct3: str, operation: Operation, meaning: str) -> None:
    @I.instruction(
        f"{_immediate_name(name)} rd, rs1, imm",
        f"imm[11:0] rs1 {funct3} rd 0010011",
        kind="alu",
        doc="rd = " + meaning.format(a="rs1", b="imm") + ".",
    )
    def body(rs1: int, imm: int, xlen: int) -> int:
        return operation(rs1, imm, xlen)


def _shift_form(name: str, funct7: str, funct3: str, operation: Operation, meaning: str) -> None:
    doc = "rd = " + meaning.format(a="rs1", b="shamt")

    def body(rs1: int, shamt: int, xlen: int) -> int:
        return operation(rs1, shamt, xlen)

    def word_body(rs1: int, shamt: int) -> int:
        return operation(sext32(rs1), shamt, 32)

    syntax = f"{name}i rd, rs1, shamt"
    narrow, wide = f"{funct7} shamt[4:0]", f"{funct7[:-1]} shamt[5:0]"
    rest = f"rs1 {funct3} rd"
    I.instruction(syntax, f"{narrow} {rest} 0010011", kind="alu", xlen=32, doc=doc + ".")(body)
    I.instruction(syntax, f"{wide} {rest} 0010011", kind="alu", xlen=64, doc=doc + ".")(body)
    I.instruction(
        f"{name}iw rd, rs1, shamt",
        f"{narrow} {rest} 0011011",
        kind="alu",
        xlen=64,
        doc=doc + _ON_WORDS + ".",
    )(word_body)


for _name, _funct7, _funct3, _operation, _meaning in _ARITHMETIC:
    _register_form(_name, _funct7, _funct3, _operation, _meaning)
    if _name in _HAS_IMMEDIATE:
        _immediate_form(_name, _funct3, _operation, _meaning)
    if _name in _IS_SHIFT:
        _shift_form(_name, _funct7, _funct3, _operation, _meaning)


@I.instruction("addiw rd, rs1, imm", "imm[11:0] rs1 000 rd 0011011", kind="alu", xlen=64)
def addiw(rs1: int, imm: int) -> int:
    """rd = rs1 + imm, on the low 32 bits, sign-extended."""
    return integer.add(sext32(rs1), imm, 32)


I.alias("nop", "addi zero, zero, 0")
I.alias("li rd, imm", "addi rd, zero, imm")
I.alias("mv rd, rs1", "addi rd, rs1, 0")
I.alias("mv rd, rs2", "add rd, zero, rs2", is_printed=False)
I.alias("move rd, rs1", "addi rd, rs1, 0", is_printed=False)
I.alias("not rd, rs1", "xori rd, rs1, -1")
I.alias("neg rd, rs2", "sub rd, zero, rs2")
I.alias("negw rd, rs2", "subw rd, zero, rs2", xlen=64)
I.alias("sext.w rd, rs1", "addiw rd, rs1, 0", xlen=64)
I.alias("zext.b rd, rs1", "andi rd, rs1, 255")
I.alias("seqz rd, rs1", "sltiu rd, rs1, 1")
I.alias("snez rd, rs2", "sltu rd, zero, rs2")
I.alias("sltz rd, rs1", "slt rd, rs1, zero")
I.alias("sgtz rd, rs2", "slt rd, zero, rs2")
I.alias("sgt rd, rs1, rs2", "slt rd, rs2, rs1", is_printed=False)
I.alias("sgtu rd, rs1, rs2", "sltu rd, rs2, rs1", is_printed=False)
for _name in _HAS_IMMEDIATE:
    _is_printed = not _name.startswith("slt")  # that is how objdump has it
    I.alias(
        f"{_name} rd, rs1, imm", f"{_immediate_name(_name)} rd, rs1, imm", is_printed=_is_printed
    )
I.alias("addw rd, rs1, imm", "addiw rd, rs1, imm", xlen=64)
for _name in _IS_SHIFT:
    for _xlen in (32, 64):
        I.alias(f"{_name} rd, rs1, shamt", f"{_name}i rd, rs1, shamt", xlen=_xlen)
    I.alias(f"{_name}w rd, rs1, shamt", f"{_name}iw rd, rs1, shamt", xlen=64)

# --- Memory order and the execution environment


@I.instruction(
    "fence pred, succ", "(0000) pred[3:0] succ[3:0] (00000) 000 (00000) 0001111", kind="system"
)
def fence() -> None:
    """Orders accesses of the sets `pred` before those of `succ`; one hart keeps every order."""


@I.instruction(
    "fence.tso",
    "1000 0011 0011 (00000) 000 (00000) 0001111",
    kind="system",
    overlaps=("fence",),
)
def fence_tso() -> None:
    """Orders loads before all accesses and stores before stores; one hart keeps every order."""


I.alias("fence", "fence 15, 15")


def _environment(syntax: str, bits: str, doc: str) -> None:
    I.encoding(syntax, bits, kind="system", doc=doc)


_environment("ecall", "000000000000 00000 000 00000 1110011", "Calls the execution environment.")
_environment("ebreak", "000000000001 00000 000 00000 1110011", "Calls the debugger.")
_environment("uret", "000000000010 00000 000 00000 1110011", "Returns from a user trap.")
_environment("sret", "000100000010 00000 000 00000 1110011", "Returns from a supervisor trap.")
_environment("mret", "001100000010 00000 000 00000 1110011", "Returns from a machine trap.")
_environment("dret", "011110110010 00000 000 00000 1110011", "Returns from debug mode.")


_environment("wfi", "000100000101 00000 000 00000 1110011", "Waits for an interrupt.")
_environment("sfence.vma rs1, rs2", "0001001 rs2 rs1 000 00000 1110011", "Orders page tables.")
I.alias("sfence.vma", "sfence.vma zero, zero")
I.alias("sfence.vma rs1", "sfence.vma rs1, zero")
