"""Every base instruction and alias with random operands, byte for byte as GNU as encodes it."""

import random

import pytest

from rvx.assembler.fragments.forms import Form, FormTable
from rvx.extensions import isa_for
from rvx.isa import EncodingError, Operand
from rvx.isa.operands import (
    FENCE_SETS,
    ROUNDING_MODES,
    CsrKind,
    FenceKind,
    ImmediateKind,
    MaskKind,
    RegisterKind,
    RoundingKind,
    VtypeKind,
)
from rvx.isa.vtype import format_vtype

from .conftest import IN_X, RATIFIED, Gnu, own_object, own_sections

SAMPLES = 12
UNKNOWN_TO_GNU = {
    "c.slli64": "GNU as 2.40 takes it only with an operand order of its own",
    "pause": "needs zihintpause in the ISA string",
}


def written(operand: Operand, rng: random.Random) -> str:
    """A random operand that fits."""
    kind = operand.kind
    if isinstance(kind, RegisterKind):
        number = rng.choice(kind.numbers)
        return rng.choice([kind.file.abi[number], f"{kind.file.name}{number}"])
    if isinstance(kind, FenceKind):
        letters = [letter for letter in FENCE_SETS if rng.random() < 0.5]
        return "".join(letters) or "rw"
    if isinstance(kind, CsrKind):
        return str(rng.choice([0x300, 0x341, 0xC00, 0x7C0, 0x001]))
    if isinstance(kind, ImmediateKind):
        if kind.is_target:
            return rng.choice(["1b", "1f"])
        low, high = operand.range
        step = 1 << operand.field.lsb
        number = rng.choice([low, high, 0, rng.randrange(low, high + 1)])
        return str(number // step * step)
    if isinstance(kind, MaskKind):
        return "v0.t"
    if isinstance(kind, VtypeKind):
        return format_vtype(rng.choice([rng.randrange(256), rng.randrange(1024)]))
    return rng.choice(list(ROUNDING_MODES))


def sample(form: Form, rng: random.Random) -> str | None:
    """The form with random operands, or None if one of them is reserved."""
    texts = []
    slots = list(form.syntax.slots)
    if slots and isinstance(form.places[slots[-1].name or slots[-1].base].kind, RoundingKind):
        # GNU as takes no rounding mode where every result is exact.
        last = form.places[slots[-1].name].kind
        if last == RoundingKind("rm0", default=0) or rng.random() < 0.3:
            slots.pop()
    last_name = slots[-1].name if slots else ""
    if last_name and isinstance(form.places[last_name].kind, MaskKind) and rng.random() < 0.5:
        slots.pop()
    for slot in slots:
        text = written(form.places[slot.name], rng) if slot.name else ""
        if slot.base:
            base = written(form.places[slot.base], rng)
            text = f"{text}({base})"
        texts.append(text)
    for name, place in form.places.items():
        if isinstance(place.kind, ImmediateKind) and not place.kind.is_target:
            slot = next(i for i, s in enumerate(form.syntax.slots) if s.name == name)
            number = int(texts[slot].split("(")[0])
            # rvx takes these; GNU as wants the upper bits of c.lui unsigned, and no hint of 0.
            if form.syntax.mnemonic == "c.lui" and number < 0:
                return None
            if form.syntax.mnemonic == "c.nop" and number == 0:
                return None
            try:
                place.encode(int(texts[slot].split("(")[0]))
            except EncodingError:
                return None
    return f"{form.syntax.mnemonic} {', '.join(texts)}".strip()


@pytest.mark.parametrize(
    "march",
    [
        *("rv64gc", "rv32gc", "rv64g", "rv64gcv", "rv32gcv", f"rv64{RATIFIED}", f"rv32{RATIFIED}"),
        *(f"rv64{IN_X}", f"rv32{IN_X}"),
    ],
    ids=[
        *("rv64gc", "rv32gc", "rv64g", "rv64gcv", "rv32gcv", "rv64-ratified", "rv32-ratified"),
        *("rv64-in-x", "rv32-in-x"),
    ],
)
def test_base_instructions_with_random_operands(gnu: Gnu, march: str) -> None:
    isa = isa_for(march)
    table = FormTable(isa)
    rng = random.Random(march)
    lines = []
    for mnemonic in sorted(set(table.mnemonics()) - UNKNOWN_TO_GNU.keys()):
        for form in table.forms(mnemonic):
            for _ in range(SAMPLES):
                text = sample(form, rng)
                if text is not None:
                    lines += ["1:", text]
    source = "\n".join([*lines, "1:", "nop", ""])
    assert len(lines) > 4000
    ours = own_sections(own_object(source, march))
    theirs = gnu.sections(source, march)
    if ours[".text"][0] != theirs[".text"][0]:
        for text in lines[1::2]:  # name the first one that differs
            one = f"1:\n{text}\n1: nop\n"
            assert own_sections(own_object(one, march)) == gnu.sections(one, march), text
    assert ours == theirs


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc", "rv64g", "rv32g"])
def test_compression_decides_as_gnu(gnu: Gnu, march: str) -> None:
    """What is compressed depends on the mnemonic, the registers and the numbers."""
    rng = random.Random(march)
    registers = "zero ra sp a0 a1 s0 t0".split()
    numbers = [0, 1, -1, 4, 8, 12, 16, -16, 31, 32, -32, -33, 124, 128, 248, 252, 256, 496, 504]
    numbers += [512, -512, 1020, 1024, 2047, -2048]
    if march.startswith("rv32"):  # patterns of 32 bits, which GNU as does not compress
        numbers += ["0xffffffff", "0xfffffff0", "0xffffffe0", "0xfffffe00", "4294967264"]
    is_wide = march.startswith("rv64")
    threes = "add and or xor sub slt sltu".split() + (["addw", "subw"] if is_wide else [])
    immediates = "addi andi ori xori add and or xor".split()
    immediates += ["addiw", "addw"] if is_wide else []
    memory = "lw sw lbu lh".split() + (["ld", "sd"] if is_wide else [])
    lines = []
    for _ in range(6000):
        a, b, c = (rng.choice(registers) for _ in range(3))
        number = rng.choice(numbers)
        lines.append(
            rng.choice(
                [
                    f"{rng.choice(threes)} {a}, {b}, {c}",
                    f"{rng.choice(immediates)} {a}, {b}, {number}",
                    f"{rng.choice(memory)} {a}, {number}({b})",
                    f"{rng.choice(['fld', 'fsd', 'flw', 'fsw'])} f{rng.choice([0, 8, 15])}, "
                    f"{number}({b})",
                    f"{rng.choice(['slli', 'srli', 'srai', 'sll'])} {a}, {b}, "
                    f"{rng.choice([0, 1, 31])}",
                    f"mv {a}, {b}",
                    f"lui {a}, {rng.choice([0, 1, 31, 32, 0xFFFFF, 0xFFFE0, 0xFFFDF])}",
                    f"{rng.choice(['jr', 'jalr'])} {rng.choice(['', '0', '4'])}({a})",
                    f"{rng.choice(['jr', 'jalr'])} {a}",
                    rng.choice([f"jalr {a}, {b}", f"jalr {a}, ({b})", f"jalr {a}, 0({b})"]),
                    f"li {a}, {number}",
                    f"{rng.choice(memory)} {a}, ({b})",
                    "sext.w a0, a0" if is_wide else "nop",
                    rng.choice(["ret", "nop", "unimp", "ebreak"]),
                ]
            )
        )
    source = "\n".join(lines) + "\n"
    assert own_sections(own_object(source, march)) == gnu.sections(source, march)


@pytest.mark.parametrize("march", ["rv64gc", "rv64g", "rv32gc"])
def test_li_of_any_constant(gnu: Gnu, march: str) -> None:
    rng = random.Random(march)
    bits = int(march[2:4])
    edges = [sign * (1 << n) + d for n in range(bits - 1) for sign in (1, -1) for d in (-1, 0, 1)]
    randoms = [rng.getrandbits(rng.randint(1, bits)) for _ in range(1500)]
    sparse = [rng.getrandbits(12) << rng.randint(0, bits - 12) for _ in range(500)]
    lines = [
        f"li {rng.choice(['a0', 'ra', 'sp', 'zero', 't6'])}, {number}"
        for number in [*edges, *randoms, *sparse, (1 << bits) - 1]
    ]
    lines += [f"li a0, {(1 << bits) - number:#x}" for number in range(1, 64)]
    source = "\n".join(lines) + "\n"
    assert own_sections(own_object(source, march)) == gnu.sections(source, march)
