"""The headers of all shipped extensions, as GCC and Clang compile them.

Two things are compared: the words that a call becomes, with what rvx encodes for these constants,
and the results of calls in the emulator with the interpreted bodies.
"""

from __future__ import annotations

import random
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elftools.elf.elffile import ELFFile

import rvx
from rvx.export.c import export
from rvx.extensions import load
from rvx.extensions.catalogue import SHIPPED, make_isa
from rvx.isa import Extension, Instruction, Isa
from rvx.isa.operands import MaskKind, RegisterKind, RoundingKind

COMPILERS = {
    "gcc": ["riscv64-unknown-elf-gcc"],
    "clang": ["clang", "--target=riscv64-unknown-elf"],
    "g++": ["riscv64-unknown-elf-gcc", "-x", "c++"],
    "clang++": ["clang", "--target=riscv64-unknown-elf", "-x", "c++"],
}
FLAGS = "-O1 -ffreestanding -fno-stack-protector -Wall -Wextra -Werror".split()
MODELS = {32: ["-march=rv32gc", "-mabi=ilp32d"], 64: ["-march=rv64gc", "-mabi=lp64d"]}
DEFINED = re.compile(
    r"^(?:RVX_INLINE (?P<type>\w+) (?P<function>\w+)\((?P<typed>[^)]*)\)"
    r"|#define (?P<macro>[a-z]\w*)\((?P<names>[^)]*)\))",
    re.MULTILINE,
)


@dataclass(frozen=True)
class Call:
    """An instruction, and the function or macro that it has become.

    Attributes:
        made: the instruction.
        name: of the function or macro.
        parameters: types by name; empty where the header has none, for a constant.
        constants: the values of these.
    """

    made: Instruction
    name: str
    parameters: dict[str, str]
    constants: dict[str, int]

    @property
    def arguments(self) -> dict[str, str]:
        """Types of the arguments that are values, in order."""
        found: dict[str, str] = {}
        for name in self.parameters:
            if name in self.constants or self.made.operands[name] is self.made.target:
                continue
            kind = self.made.operands[name].kind
            assert isinstance(kind, RegisterKind)
            if kind.group > 1:
                found[name] = "words"
            else:
                found[name] = "rvx_f" if kind.file.name == "f" else "long"
        return found

    @property
    def returns(self) -> str:
        """The operand that is the value of the call; empty if there is none."""
        chosen = [
            name
            for name in self.made.writes
            if isinstance(kind := self.made.operands[name].kind, RegisterKind)
            and kind.file.name in ("x", "f")
            and kind.group == 1
        ]
        return "rd" if "rd" in chosen else next(iter(chosen), "")


def number_in(draw: random.Random, made: Instruction, name: str) -> int:
    operand = made.operands[name]
    if isinstance(operand.kind, RegisterKind):
        step = 1 << operand.field.lsb  # a field may leave out low bits: even registers only
        return draw.choice([n for n in operand.kind.numbers if n < 32 and n % step == 0])
    if isinstance(operand.kind, RoundingKind):
        return draw.choice([mode for mode in operand.kind.modes if mode != 7])
    if isinstance(operand.kind, MaskKind):
        return draw.choice([each for each in (0, 1) if operand.is_valid(each)])
    low, high = operand.range
    step = 1 << operand.field.lsb
    value = draw.choice([low, high, draw.randint(low // step, high // step) * step])
    return value if operand.is_valid(value) else high


def calls(extension: Extension, xlen: int, draw: random.Random) -> list[Call]:
    """Every definition of an extension's header at one width, with constants chosen."""
    text = export([extension]).files[f"{extension.name.lower()}.h"]
    # A name may have a definition for each width, such as Zdinx with its pairs of registers.
    text = re.sub(rf"(?ms)^#if __riscv_xlen == {96 - xlen}\b.*?^#endif$", "", text)
    defined: dict[str, tuple[str, ...]] = {}
    for found in DEFINED.finditer(text):
        if found["macro"]:
            names = tuple(part.strip() for part in found["names"].split(",") if part.strip())
        else:
            typed = [] if found["typed"] == "void" else found["typed"].split(",")
            names = tuple(part.split()[-1].lstrip("*") for part in typed)
        defined[found["macro"] or found["function"]] = names
    made_calls = []
    for made in extension.instructions.values():
        if xlen not in made.xlens:
            continue
        base = re.sub(r"\W", "_", f"{extension.name}_{made.mnemonic}").lower()
        for name in (base, f"{base}_rm"):
            if name not in defined or (name != base and "rm" not in defined[name]):
                continue
            parameters = dict.fromkeys(defined[name], "")
            constants = {
                each: number_in(draw, made, each)
                for each in parameters
                if not isinstance(kind := made.operands[each].kind, RegisterKind)
                or kind.file.name not in ("x", "f")
            }
            if made.target is not None:
                constants.pop(made.target.name, None)
            made_calls.append(Call(made, name, parameters, constants))
    return made_calls


def source(extensions: list[Extension], tested: list[Call]) -> str:
    """A loop for each call: arguments from words in memory, results to words in memory."""
    lines = [f'#include "{extension.name.lower()}.h"' for extension in extensions]
    lines.append("typedef unsigned long long word;")
    lines.append('#ifdef __cplusplus\nextern "C" {\n#endif')
    for number, call in enumerate(tested):
        lines += [f"void loop_{number}(const word *in, word *out, long n);"]
        lines += [f"void loop_{number}(const word *in, word *out, long n)", "{"]
        lines += ["    (void)in; (void)out;", "    for (; n; n--) {"]
        after, written = [], []
        for name, kind in call.arguments.items():
            if kind == "words":
                group = call.made.operands[name].kind.group  # type: ignore[union-attr]
                values = ", ".join(f"(long)in[{i}]" for i in range(group))
                lines.append(f"        long {name}[] = {{{values}}};")
                lines.append(f"        in += {group};")
                if name in call.made.writes:
                    after += [f"*out++ = (word){name}[{i}];" for i in range(group)]
                written.append(name)
            else:
                got = "rvx_from_bits(*in++)" if kind == "rvx_f" else "(long)*in++"
                lines.append(f"        {kind} {name} = {got};")
                is_pointer = name in call.made.writes and name != call.returns
                if is_pointer:
                    after.append(f"*out++ = {bits(name, kind)};")
                written.append(f"&{name}" if is_pointer else name)
        values_of = dict(zip(call.arguments, written, strict=True))
        listed = ", ".join(
            values_of.get(name) or str(call.constants.get(name, "")) or "taken"
            for name in call.parameters
        )
        if call.made.target is not None:
            lines.append(f"        {call.name}({listed});")
            lines.append("        *out++ = 0; continue;\n    taken: *out++ = 1;")
        elif call.returns:
            kind = call.made.operands[call.returns].kind
            assert isinstance(kind, RegisterKind)
            c_type = "rvx_f" if kind.file.name == "f" else "long"
            lines.append(f"        {c_type} result = {call.name}({listed});")
            lines.append(f"        *out++ = {bits('result', c_type)};")
        else:
            lines.append(f"        {call.name}({listed});")
        lines += [f"        {statement}" for statement in after]
        lines += ["    }", "}"]
    lines.append("#ifdef __cplusplus\n}\n#endif\nint main(void) { return 0; }")
    return "\n".join(lines) + "\n"


def bits(name: str, kind: str) -> str:
    return f"rvx_to_bits({name})" if kind == "rvx_f" else f"(word){name}"


def compiled(
    folder: Path, compiler: str, xlen: int, extensions: list[Extension], text: str
) -> Path:
    for extension in extensions:
        for name, header in export([extension]).files.items():
            (folder / name).write_text(header)
    (folder / "calls.c").write_text(text)
    out = folder / f"{compiler}.o"
    command = [*COMPILERS[compiler], *MODELS[xlen], *FLAGS, "-c", "calls.c", "-o", str(out)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[:3000]
    return out


def functions(path: Path) -> dict[str, bytes]:
    """The code of every function."""
    with path.open("rb") as file:
        elf = ELFFile(file)
        text = elf.get_section_by_name(".text")
        return {
            symbol.name: text.data()[symbol["st_value"] : symbol["st_value"] + symbol["st_size"]]
            for symbol in elf.get_section_by_name(".symtab").iter_symbols()
            if symbol["st_size"]
        }


def linked(path: Path, xlen: int) -> Path:
    out = path.with_suffix(".elf")
    command = [
        "riscv64-unknown-elf-gcc",
        *MODELS[xlen],
        "-nostdlib",
        "-Wl,-e,main",
        path,
        "-o",
        out,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return out


def words(code: bytes) -> list[int]:
    found, at = [], 0
    while at < len(code):
        size = 4 if code[at] & 3 == 3 else 2
        found.append(int.from_bytes(code[at : at + size], "little"))
        at += size
    return found


def check_words(compiler: str, xlen: int, folder: Path, step: int) -> None:
    draw = random.Random(f"{compiler} {xlen}")
    extensions = [load(name) for name in SHIPPED]
    tested = [call for extension in extensions for call in calls(extension, xlen, draw)]
    assert len(tested) > 2000
    tested = tested[draw.randrange(step) :: step]
    text = source(extensions, tested)
    code = functions(compiled(folder, compiler, xlen, extensions, text))
    for number, call in enumerate(tested):
        fits = [word for word in words(code[f"loop_{number}"]) if call.made.accepts(word)]
        decoded = [call.made.decode(word) for word in fits]
        assert any(
            all(values[name] == wanted for name, wanted in call.constants.items())
            for values in decoded
        ), (call.name, call.constants, [hex(word) for word in fits])


@pytest.mark.parametrize(
    ("compiler", "xlen"), [("gcc", 64), ("clang", 32), ("g++", 32), ("clang++", 64)]
)
def test_calls_become_the_words_of_their_instructions(
    compiler: str, xlen: int, tmp_path: Path
) -> None:
    check_words(compiler, xlen, tmp_path, 8)


@pytest.mark.long
@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("xlen", [32, 64])
def test_every_call_becomes_the_word_of_its_instruction(
    compiler: str, xlen: int, tmp_path: Path
) -> None:
    """All shipped extensions, every function and macro of their headers."""
    check_words(compiler, xlen, tmp_path, 1)


def test_every_instruction_has_a_call_or_a_reason() -> None:
    for name in SHIPPED:
        extension = load(name)
        left_out = export([extension]).left_out
        named = {sentence.partition(":")[0] for sentence in left_out}
        draw = random.Random(0)
        there = {call.made for xlen in (32, 64) for call in calls(extension, xlen, draw)}
        for made in extension.instructions.values():
            assert (made in there) != (made.mnemonic in named or made.size == 2), made.mnemonic


# -- results ---------------------------------------------------------------------------------------

HARD = [0, 1, 2, -1, -2, 1 << 31, (1 << 31) - 1, -(1 << 63), (1 << 63) - 1, 0x3F80_0000]
HARD += [0x3FF0 << 48, 0x7FF8 << 48, 0x3C00, 0x7C00, -(1 << 32) | 0x3F80_0000, 0xFFFF]


def operand_value(draw: random.Random, bits_of_it: int) -> int:
    value = draw.choice(HARD) if draw.random() < 0.3 else draw.getrandbits(64)
    if draw.random() < 0.3:
        value = -(1 << 32) | value & 0xFFFFFFFF  # what a float of 32 bits looks like in f
    return signed(value, bits_of_it)


def signed(value: int, bits_of_it: int) -> int:
    value &= (1 << bits_of_it) - 1
    return value - (value >> bits_of_it - 1 << bits_of_it)


class Expected:
    """Performs bodies by the interpreter; state lasts from one instruction to the next."""

    def __init__(self, isa: Isa) -> None:
        self.isa = isa
        self.states = {name: np.zeros(s.words, np.int64) for name, s in isa.states.items()}
        for name, state in isa.states.items():
            for at, value in state.reset:
                self.states[name][at] = value

    def results(self, made: Instruction, values: dict[str, int]) -> dict[str, int]:
        """What is written to each operand; values of registers are those of the body."""
        arrays: dict[str, Any] = {}
        arguments = []
        for name in made.requests:
            operand = made.operands.get(name)
            if operand is not None:
                assert not (isinstance(operand.kind, RegisterKind) and operand.kind.has_words)
                value = values[name]
                arguments.append(np.int64(0 if name == "rm" and value == 7 else value))
            elif name in self.states:
                arguments.append(self.states[name])
            else:
                fixed = {"xlen": np.int64(self.isa.xlen), "frm": np.int64(0)}
                arrays["fflags"] = np.zeros(1, np.int64)
                arguments.append(fixed.get(name, arrays["fflags"]))
        with np.errstate(all="ignore"):
            result = made.body(*arguments)  # type: ignore[misc]
        several = result if isinstance(result, tuple) else (result,)
        return dict(zip(made.results, map(int, several if made.results else ()), strict=True))


USABLE = {"xlen", "frm", "fflags"}


def has_result_to_compare(call: Call, isa: Isa) -> bool:
    """Whether nothing but registers and state goes in and comes out."""
    made = call.made
    kinds = [one.kind for one in made.operands.values() if isinstance(one.kind, RegisterKind)]
    return (
        made.body is not None
        and made.target is None
        and bool(made.writes)
        and made.kind != "system"
        and not any(kind.file.is_vector or kind.has_words for kind in kinds)
        and set(made.requests) <= {*made.operands, *USABLE, *isa.states}
    )


def check_results(name: str, compiler: str, count: int, folder: Path, seed: int) -> int:
    """Compares `count` results of every instruction; gives how many instructions there were."""
    extension = load(name)
    xlen = 64 if any(64 in made.xlens for made in extension.instructions.values()) else 32
    needs = {each for made in extension.instructions.values() for each in made.needs}
    general = ("i", "m", "a", "f", "d", "c", "zicsr", *needs)
    if name in ("zfinx", "zdinx", "zhinxmin", "zhinx"):  # floats in x registers
        general = ("i", "m", "a", "zca", "zicsr", *needs)
    base = [load(each) for each in general]
    isa = make_isa([*base, extension], xlen)
    draw = random.Random(f"{name} {seed}")
    tested = [c for c in calls(extension, xlen, draw) if has_result_to_compare(c, isa)]
    if not tested:
        return 0
    path = compiled(folder, compiler, xlen, [extension], source([extension], tested))
    machine = rvx.Machine(linked(path, xlen), isa)
    expected = Expected(isa)
    for number, call in enumerate(tested):
        own = {
            each: kind
            for each, operand in call.made.operands.items()
            if isinstance(kind := operand.kind, RegisterKind) and each in call.constants
        }
        for _ in range(count if own else 1):
            compare(machine, expected, number, call, 1 if own else count, own, draw)
    return len(tested)


def compare(
    machine: Any,
    expected: Expected,
    number: int,
    call: Call,
    count: int,
    own: dict[str, RegisterKind],
    draw: random.Random,
) -> None:
    made, xlen = call.made, expected.isa.xlen
    files = {
        name: kind.file
        for name, operand in made.operands.items()
        if isinstance(kind := operand.kind, RegisterKind)
    }
    widths = {name: {"x": xlen, "f": 64}.get(f.name, f.bits) for name, f in files.items()}
    rows = [
        {name: operand_value(draw, widths[name]) for name in call.arguments} for _ in range(count)
    ]
    held = {name: draw.getrandbits(kind.file.bits) for name, kind in own.items()}
    for name, kind in own.items():
        machine.set_register(f"{kind.file.name}{call.constants[name]}", held[name])
    for name, kind in own.items():  # two operands may be one register
        held[name] = machine.register(f"{kind.file.name}{call.constants[name]}")
    given = np.array([[row[name] for name in call.arguments] for row in rows], np.int64).ravel()
    outputs = [call.returns] if call.returns else []
    outputs += [name for name in call.arguments if name in made.writes and name != call.returns]
    got = np.zeros(max(count * len(outputs), 1), np.int64)
    result = machine.call(
        f"loop_{number}", given if len(given) else np.zeros(1, np.int64), got, count
    )
    assert result.trap is None, (call.name, result.trap)
    for at, row in enumerate(rows):
        default = {
            name: operand.kind.default
            for name, operand in made.operands.items()
            if isinstance(operand.kind, RoundingKind)
        }
        values = {**default, **call.constants, **held, **row}
        wanted = expected.results(made, values)
        for place, name in enumerate(outputs):
            found = signed(int(got[at * len(outputs) + place]), widths[name])
            assert found == signed(wanted[name], widths[name]), (call.name, values, hex(found))
        for name, kind in own.items():
            if name in made.writes:
                register = f"{kind.file.name}{call.constants[name]}"
                mask = (1 << kind.file.bits) - 1
                assert machine.register(register) == wanted[name] & mask, (call.name, values)


SAMPLE = ["xexfma", "xcvmac", "xposit", "zbb"]
SCALAR = [name for name in SHIPPED if name not in ("c", "zca", "zcf", "zcd", "zcb", "zcmp", "zcmt")]


@pytest.mark.parametrize("name", SAMPLE)
def test_calls_give_what_bodies_give(name: str, tmp_path: Path) -> None:
    compiler = "clang" if len(name) % 2 else "gcc"
    assert check_results(name, compiler, 3, tmp_path, 1) > 0


@pytest.mark.long
@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("name", SCALAR)
def test_a_thousand_calls_of_every_instruction(name: str, compiler: str, tmp_path: Path) -> None:
    """Every scalar instruction without memory, 1,000 operands each, against interpreted bodies."""
    check_results(name, compiler, 1000, tmp_path, 2)


MEMORY = """
#include "xcvmem.h"
#include "xcvbi.h"
int main(void) { return 0; }
#ifdef __cplusplus
extern "C"
#endif
long cursor(const int *from, int *to, long n);
long cursor(const int *from, int *to, long n)
{
    long sum = 0, at = (long)from, into = (long)to;
    for (; n; n--) {
        long got = xcvmem_cv_lw(&at, 4);
        sum += got;
        into = xcvmem_cv_sw(got * 2, into, 4);
    }
    xcvbi_cv_beqimm(sum, -7, seven);
    return sum;
seven:
    return 77;
}
"""


@pytest.mark.parametrize("compiler", ["gcc", "clang++"])
def test_loads_stores_and_branches(compiler: str, tmp_path: Path) -> None:
    extensions = [load("xcvmem"), load("xcvbi")]
    path = compiled(tmp_path, compiler, 32, extensions, MEMORY)
    isa = make_isa([*(load(each) for each in "imafdc"), load("zicsr"), *extensions], 32)
    machine = rvx.Machine(linked(path, 32), isa)
    given, doubled = np.array([1, -10, 2], np.int32), np.zeros(3, np.int32)
    assert machine.call("cursor", given, doubled, 3).value == 77
    assert doubled.tolist() == [2, -20, 4]
    assert machine.call("cursor", given, doubled, 2).value == -9


def test_numbers_that_do_not_fit_are_refused_by_the_compiler(tmp_path: Path) -> None:
    for compiler in ("gcc", "clang", "g++"):
        text = '#include "zbb.h"\nlong f(long a) { return zbb_rori(a, 99); }\n'
        for name, header in export([load("zbb")]).files.items():
            (tmp_path / name).write_text(header)
        (tmp_path / "calls.c").write_text(text)
        command = [*COMPILERS[compiler], *MODELS[64], "-c", "calls.c", "-o", "calls.o"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode != 0
        assert "rori: shamt is 0 to 63" in done.stderr


def test_registers_at_odd_places_are_put_there_by_number(tmp_path: Path) -> None:
    odd = Extension("Xodd", version="1")

    @odd.instruction("oddly rd, rs1, rs2", "rs2 00 rd 001 rs1 00000 0101011")
    def oddly(rs1: int, rs2: int) -> int:
        return 2 * rs1 + rs2

    @odd.instruction("pair rd:x*2, rs1:x*2", "0000000 00000 rs1 000 rd 1011011")
    def pair(rd: Any, rs1: Any) -> None:
        rd[0] = rs1[1]
        rd[1] = rs1[0]

    text = """
    #include "xodd.h"
    int main(void) { return 0; }
    long both(long a, long b)
    {
        long given[2] = {a, b}, swapped[2] = {0, 0};
        xodd_pair(swapped, given);
        return xodd_oddly(swapped[0], swapped[1] * 100);
    }
    """
    isa = make_isa([*(load(each) for each in "imafdc"), load("zicsr"), odd], 64)
    for compiler in ("gcc", "clang"):
        (tmp_path / "xodd.h").write_text(export([odd]).files["xodd.h"])
        (tmp_path / "both.c").write_text(text)
        out = tmp_path / "both.o"
        command = [*COMPILERS[compiler], *MODELS[64], "-O2", "-c", "both.c", "-o", str(out)]
        subprocess.run(command, cwd=tmp_path, check=True)
        assert rvx.Machine(linked(out, 64), isa).call("both", 3, 5).value == 2 * 5 + 300
