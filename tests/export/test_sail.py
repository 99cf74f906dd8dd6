"""Extensions in Sail: the golden file of an example, and a reading of the files of shipped ones.

No compiler of Sail is packaged for Debian, PyPI or npm: it is built with OCaml's opam. What can be
wrong without one is tested twice. The golden file, written in the style of the public model's own
files of instructions, shows the syntax; and `Model` below reads the part of Sail that is written,
with the widths of all values, and decodes, writes and executes words by it, beside rvx. By hand it
has read the files of all shipped extensions, see "Long runs" in docs/architecture.md.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rvx.disassembler import format_instruction
from rvx.export.targets import export
from rvx.extensions import load
from rvx.extensions.catalogue import make_isa
from rvx.isa import Extension, Instruction, Isa, Memory, Words
from rvx.isa.memory import load_s16, load_u8, store_8
from tests.export.integerbodies import random_extension
from tests.udb import lab

GOLD = Path(__file__).parent / "gold" / "Xsail.sail"

TOKEN = re.compile(
    r'\s+|//.*|("[^"]*"|=>|0x[0-9A-F]+|0b[01]+|\d+|\.\.|<->|<[=_su]+|>[=_su]+|<<|==|!=|->'
    r"|[A-Za-z_]\w*|[-+*&|^@~(){}\[\],;:=])"
)
SIGNS = {"+", "-", "*", "&", "|", "^", "<<", "==", "!=", "<_s", "<=_s", ">_s", ">=_s", ">_u", "@"}


@dataclass(frozen=True)
class Bits:
    """A bit vector; as `of`, the number of a register in one of the model's types."""

    width: int
    value: int
    of: str = ""

    @property
    def signed(self) -> int:
        return self.value - (self.value >> self.width - 1 << self.width)


def bits(width: int, value: int) -> Bits:
    return Bits(width, value & (1 << width) - 1)


SUCCESS, FAULT = "success", "fault"


class Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class Reader:
    """An expression as nested tuples; signs may only be mixed with parentheses around them."""

    def __init__(self, text: str) -> None:
        self.tokens = [t for t in TOKEN.findall(text) if t]
        assert "".join(self.tokens) == re.sub(r"//.*|\s+(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", "", text)
        self.at = 0

    def next(self, wanted: str = "") -> str:
        token: str = self.tokens[self.at]
        assert token == wanted or not wanted, (token, wanted, self.tokens[: self.at][-9:])
        self.at += 1
        return token

    def sees(self, token: str) -> bool:
        return self.at < len(self.tokens) and self.tokens[self.at] == token

    def takes(self, token: str) -> bool:
        found = self.sees(token)
        self.at += found
        return found

    def whole(self) -> Any:
        found = self.expression()
        assert self.at == len(self.tokens), self.tokens[self.at :]
        return found

    def expression(self) -> Any:
        if self.takes("if"):
            test = self.expression()
            self.next("then")
            then = self.expression()
            return ("if", test, then, self.expression() if self.takes("else") else ("unit",))
        if self.takes("while"):
            test = self.expression()
            self.next("do")
            return ("while", test, self.expression())
        if self.takes("return"):
            return ("return", self.expression())
        if self.takes("match"):
            return self.match()
        left = self.operand()
        signs = set()
        while self.at < len(self.tokens) and self.tokens[self.at] in SIGNS:
            signs.add(self.next())
            assert len(signs) == 1, "signs are mixed without parentheses"
            left = (*signs, left, self.operand())
        return left

    def operand(self) -> Any:
        token = self.next()
        found: Any
        if token == "~":
            return ("~", self.operand())
        if token == "(":
            if self.takes(")"):
                return ("unit",)
            found = self.expression()
            if self.sees(","):
                items = [found]
                while self.takes(","):
                    items.append(self.expression())
                found = ("tuple", items)
            self.next(")")
        elif token == "{":
            return self.block()
        elif token[0] == '"' or token[0].isdigit():
            found = ("literal", token)
        elif self.takes("("):
            given = []
            while not self.takes(")"):
                given.append(self.expression())
                assert self.takes(",") or self.sees(")")
            found = ("call", token, given)
        else:
            found = ("name", token)
        while self.takes("["):
            high = int(self.next())
            low = int(self.next()) if self.takes("..") else high
            self.next("]")
            found = ("slice", found, high, low)
        return found

    def match(self) -> Any:
        value, arms = self.expression(), []
        self.next("{")
        while not self.takes("}"):
            pattern = self.operand()
            self.next("=>")
            arms.append((pattern, self.expression()))
            assert self.takes(",") or self.sees("}")
        return ("match", value, arms)

    def block(self) -> Any:
        lines = []
        while not self.takes("}"):
            if self.takes("var"):
                name = self.next()
                for token in (":", "bits", "(", "64", ")"):
                    self.next(token)
                self.next("=")
                lines.append(("var", name, self.expression()))
            elif self.takes("let"):
                pattern = self.operand()
                if self.takes(":"):
                    for token in ("bits", "(", "64", ")"):
                        self.next(token)
                self.next("=")
                lines.append(("let", pattern, self.expression()))
            else:
                found = self.expression()
                lines.append(("set", found, self.expression()) if self.takes("=") else found)
            assert self.takes(";") or self.sees("}")
        return ("block", lines)


@dataclass
class Clause:
    """What a file says of one instruction."""

    types: list[str]
    size: int = 0
    names: list[str] = field(default_factory=list)
    parts: list[Any] = field(default_factory=list)
    condition: Any = None
    assembly: Any = None
    written: list[Any] = field(default_factory=list)
    execute: Any = None


class Model:
    """A file, and what the model brings that it uses."""

    def __init__(self, text: str) -> None:
        self.functions: dict[str, tuple[list[str], str, Any]] = {}
        self.tables: dict[str, dict[Bits, Any]] = {}
        self.clauses: dict[str, Clause] = {}
        self.xlen = 64
        self.registers: dict[int, int] = {}
        self.pc = self.next_pc = 0
        self.memory: dict[int, int] = {}
        self.enabled: set[str] = set()
        for part in text.rstrip("\n").split("\n\n"):
            self._read(re.sub(r"^//.*\n", "", part))

    def _read(self, part: str) -> None:
        if found := re.match(r"private function (\w+)\((.*?)\) -> (.*) =", part):
            names = re.findall(r"(\w+) : bits\(64\)", found[2])
            assert found[1] not in self.functions
            self.functions[found[1]] = names, found[3], Reader(part[found.end() :]).whole()
        elif found := re.match(r"private mapping (\w+) : bits\((\d+)\) <-> string = \{\n", part):
            rows = [row.split(" <-> ") for row in part[found.end() : -3].split(",\n")]
            self.tables[found[1]] = {
                bits(int(found[2]), int(digits, 0)): Reader(shown).whole() for digits, shown in rows
            }
        elif found := re.fullmatch(r"union clause instruction = (\w+) : (.*)", part):
            types = [] if found[2] == "unit" else found[2][1:-1].split(", ")
            assert found[1] not in self.clauses
            self.clauses[found[1]] = Clause(types)
        elif found := re.fullmatch(
            r"mapping clause (\w+) = (\w+)\((.*)\)\n  <-> (.*)(?:\n  when (.*))?", part
        ):
            clause = self.clauses[found[2]]
            given = [Reader(each).whole() for each in found[3].split(", ") if each]
            if found[1] == "assembly":
                clause.written, clause.assembly = given, Reader(found[4]).whole()
            else:
                clause.size = {"encdec": 32, "encdec_compressed": 16}[found[1]]
                clause.names = [name for _, name in given]
                clause.parts = [Reader(each).whole() for each in found[4].split(" @ ")]
                # Tests are joined by signs that bind less than theirs.
                clause.condition = [Reader(each).whole() for each in found[5].split(" & ")]
        elif found := re.match(r"function clause execute (\w+)\((.*)\) = ", part):
            assert found[2].split(", ") == (self.clauses[found[1]].names or [""])
            self.clauses[found[1]].execute = Reader(part[found.end() :]).whole()
        else:
            assert part.startswith(("enum clause extension", "//")) or not part, part

    def decode(self, clause: Clause, word: int) -> dict[str, Bits] | None:
        """What a word holds by a clause; None if it is no such word."""
        types = dict(zip(clause.names, clause.types, strict=True))
        found = {name: 0 for name in clause.names}
        place = clause.size
        for part in clause.parts:
            slot, low = part, 0
            if part[0] == "slice":
                _, slot, high, low = part
                width = high - low + 1
            elif part[0] == "literal":
                width = len(part[1]) - 2
            else:
                name = part[2][0][1] if part[0] == "call" else part[1]
                width = self._width(types[name])
                slot = ("name", name)
            place -= width
            piece = word >> place & (1 << width) - 1
            if part[0] == "literal":
                if piece != int(part[1], 0):
                    return None
            else:
                found[slot[1]] |= piece << low
        assert place == 0, "the clause is no word"
        given = {
            name: Bits(self._width(of), found[name], of if "regidx" in of else "")
            for name, of in types.items()
        }
        return given if all(self.value(test, given) for test in clause.condition) else None

    @staticmethod
    def _width(of: str) -> int:
        return int(of[5:-1]) if of.startswith("bits(") else 3 if of.startswith("c") else 5

    def value(self, node: Any, env: dict[str, Any]) -> Any:
        match node:
            case ("tuple", items):
                return tuple(self.value(each, env) for each in items)
            case ("let", pattern, what):
                assert self.matches(pattern, self.value(what, env), env)
                return None
            case ("match", what, arms):
                found = self.value(what, env)
                for pattern, then in arms:
                    held = dict(env)
                    if self.matches(pattern, found, held):
                        return self.value(then, held)
                raise AssertionError(found)
            case ("literal", text):
                if text[0] == '"':
                    return text[1:-1]
                if text.isdecimal():
                    return int(text)
                return Bits((len(text) - 2) * (4 if text[1] == "x" else 1), int(text, 0))
            case ("name", name):
                known = {"xlen": self.xlen, "zreg": Bits(5, 0, "regidx"), "RETIRE_SUCCESS": SUCCESS}
                known["PC"] = bits(self.xlen, self.pc)
                return env[name] if name in env else known.get(name, name)
            case ("unit",):
                return None
            case ("if", test, then, otherwise):
                chosen = self.value(test, env)
                assert isinstance(chosen, bool)
                return self.value(then if chosen else otherwise, env)
            case ("while", test, body):
                while self.value(test, env):
                    self.value(body, env)
                return None
            case ("return", what):
                raise Return(self.value(what, env))
            case ("block", lines):
                result = None
                for line in lines:
                    result = self.value(line, env)
                return result
            case ("var", name, what):
                assert name not in env
                env[name] = self.value(what, env)
                return None
            case ("set", ("name", name), what):
                assert env[name].width == 64
                env[name] = self.value(what, env)
                assert env[name].width == 64
                return None
            case ("set", ("call", "X", [number]), what):
                where, stored = self.value(number, env), self.value(what, env)
                assert (where.of, stored.width) == ("regidx", self.xlen)
                if where.value:
                    self.registers[where.value] = stored.value
                return None
            case ("slice", what, high, low):
                whole = self.value(what, env)
                assert (whole.of, whole.width > high >= low) == ("", True)
                return bits(high - low + 1, whole.value >> low)
            case ("~", what):
                whole = self.value(what, env)
                return bits(whole.width, ~whole.value)
            case ("call", name, given):
                return self.call(name, [self.value(each, env) for each in given])
            case (sign, left, right):
                return self.combined(sign, self.value(left, env), self.value(right, env))
        raise AssertionError(node)

    def matches(self, pattern: Any, value: Any, env: dict[str, Any]) -> bool:
        """Whether a value fits a pattern, whose names are put into `env`."""
        match pattern:
            case ("name", "_"):
                return True
            case ("name", name):
                assert value is not None
                env[name] = value
                return True
            case ("unit",):
                return value is None
            case ("tuple", items):
                assert len(items) == len(value)
                return all(
                    self.matches(each, one, env) for each, one in zip(items, value, strict=True)
                )
            case ("call", "Retire_Success", []):
                return bool(value == SUCCESS)
            case ("call", "Ok" | "Err" as name, [inner]):
                return bool(value[0] == name) and self.matches(inner, value[1], env)
        raise AssertionError(pattern)

    def is_of(self, type_: str, value: Any) -> bool:
        """Whether a value has a type that a function gives."""
        if found := re.fullmatch(r"result\((.*), ExecutionResult\)", type_):
            return value[0] == "Err" or (value[0] == "Ok" and self.is_of(found[1], value[1]))
        if type_.startswith("("):
            types = type_[1:-1].split(", ")
            return len(types) == len(value) and all(map(self.is_of, types, value))
        return value is None if type_ == "unit" else bool(value.width == 64)

    def access(self, at: Bits, size: int) -> range | None:
        """The places of an access; None if memory does not have all of them."""
        assert at.width == self.xlen
        places = range(at.value, at.value + size)
        return places if all(place in self.memory for place in places) else None

    def read(self, at: Bits, size: int, kind: Any, *_: Any) -> Any:
        assert kind == ("Load", "Data")
        places = self.access(at, size)
        if places is None:
            return "Err", FAULT
        loaded = int.from_bytes(bytes(self.memory[place] for place in places), "little")
        return "Ok", Bits(8 * size, loaded)

    def write(self, at: Bits, size: int, data: Bits, kind: Any, *_: Any) -> Any:
        assert (data.width, kind) == (8 * size, ("Store", "Data"))
        places = self.access(at, size)
        if places is None:
            return "Err", FAULT
        self.memory |= dict(zip(places, data.value.to_bytes(size, "little"), strict=True))
        return "Ok", True

    def jump(self, target: Bits) -> Any:
        assert target.width == self.xlen
        assert not target.value & 1
        self.next_pc = target.value
        return SUCCESS

    def combined(self, sign: str, a: Any, b: Any) -> Any:
        if type(a) in (str, bool):
            assert type(a) is type(b)
            assert (sign == "^") == isinstance(a, str)
            return a + b if sign == "^" else {"&": a and b, "|": a or b}[sign]
        if isinstance(a, int):
            return {"*": lambda: a * b, "==": lambda: a == b}[sign]()
        if sign == "@":
            return Bits(a.width + b.width, a.value << b.width | b.value)
        if sign == "<<":
            places = b if isinstance(b, int) else b.value
            assert places < 64
            return bits(a.width, a.value << places)
        assert (a.width, a.of) == (b.width, b.of), (sign, a, b)
        done: dict[str, Callable[[], Any]] = {
            "+": lambda: bits(a.width, a.value + b.value),
            "-": lambda: bits(a.width, a.value - b.value),
            "&": lambda: bits(a.width, a.value & b.value),
            "|": lambda: bits(a.width, a.value | b.value),
            "^": lambda: bits(a.width, a.value ^ b.value),
            "==": lambda: a == b,
            "!=": lambda: a != b,
            "<_s": lambda: a.signed < b.signed,
            "<=_s": lambda: a.signed <= b.signed,
            ">_s": lambda: a.signed > b.signed,
            ">=_s": lambda: a.signed >= b.signed,
            ">_u": lambda: a.value > b.value,
        }
        return done[sign]()

    def call(self, name: str, given: list[Any]) -> Any:
        if name in self.functions:
            names, type_, body = self.functions[name]
            assert all(each.width == 64 for each in given)
            try:
                result = self.value(body, dict(zip(names, given, strict=True)))
            except Return as early:
                result = early.value
            assert self.is_of(type_, result), (name, type_, result)
            return result
        if name in self.tables:
            return self.value(self.tables[name][given[0]], {})
        if name.startswith("hex_bits_"):
            assert given[0].width == int(name.rpartition("_")[2])
            return hex(given[0].signed if "signed" in name else given[0].value)
        number = given[0].value if given and isinstance(given[0], Bits) else 0
        done: dict[str, Callable[..., Any]] = {
            "Ok": lambda a: ("Ok", a),
            "Err": lambda a: ("Err", a),
            "Load": lambda a: ("Load", a),
            "Store": lambda a: ("Store", a),
            "Virtaddr": lambda a: a,
            "vmem_read_addr": self.read,
            "vmem_write_addr": self.write,
            "jump_to": self.jump,
            "get_next_pc": lambda: bits(self.xlen, self.next_pc),
            "zeros": lambda: Bits(64, 0),
            "not": lambda a: not a,
            "signed": lambda a: a.signed,
            "sign_extend": lambda n, a: bits(n, a.signed),
            "zero_extend": lambda n, a: bits(n, a.value),
            "trunc": lambda a: bits(self.xlen, a.value),
            "to_bits": Bits,
            "to_bits_truncate": lambda *a: bits(*a) if len(a) == 2 else bits(64, a[0]),
            "bool_to_bit": lambda a: Bits(1, int(a)),
            "fdiv_int": lambda a, b: a // b,
            "fmod_int": lambda a, b: a % b,
            "sail_arith_shiftright": lambda a, n: bits(a.width, a.signed >> n),
            "shift_bits_right_arith": lambda a, n: bits(a.width, a.signed >> n.value),
            "encdec_reg": lambda a: Bits(5, a.value, "" if a.of else "regidx"),
            "creg2reg_idx": lambda a: Bits(5, a.value + 8, "regidx"),
            "X": lambda a: bits(self.xlen, self.registers[a.value]) if a.of == "regidx" else None,
            "spc": lambda: " ",
            "sep": lambda: ",",
            "sp_reg_name": lambda: "sp",
            "reg_name": lambda a: f"x{number}",
            "creg_name": lambda a: f"x{number + 8}",
            "freg_name": lambda a: f"f{number}",
            "cfreg_name": lambda a: f"f{number + 8}",
            "vreg_name": lambda a: f"v{number}",
            "csr_name_map": lambda a: "csr",
            "currentlyEnabled": lambda a: a[4:].lower() in self.enabled,
        }
        return done[name](*given)


def example() -> Extension:
    ext = Extension("Xsail", version="0.1", doc="What an extension may have")

    @ext.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
    def smac(rd: int, rs1: int, rs2: int) -> int:
        """rd = clip(rd + rs1 * rs2) to 32 bits."""
        return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)

    @ext.instruction("inc rd, imm", "imm[11:0] 00000 001 rd 1011011", xlen=64)
    def inc(rd: int, imm: int) -> int:
        return rd + (imm << 4)

    @ext.instruction("cfar rd:xc, imm:u!0(rs1:xc)", "101 imm[5:3] rs1[2:0] imm[7:6] rd[2:0] 10")
    def cfar(rs1: int, imm: int) -> int:
        first = rs1 & 0xFFF
        while first > imm:
            first -= imm
            if first == 3:
                return -1
        return first

    @ext.instruction("next rd, imm(rs1)", "imm[11:0] rs1 100 rd 1011011", writes=("rd", "rs1"))
    def next_(rs1: int, imm: int, mem: Memory) -> tuple[int, int]:
        """Loads, and moves on."""
        if imm == 0:
            store_8(mem, rs1, 7)
        return load_s16(mem, rs1) - load_u8(mem, rs1 + 2), rs1 + imm

    @ext.instruction("loop rd, offset", "offset[12|10:5] 00001 rd 011 offset[4:1|11] 0001011")
    def loop(rd: int, offset: int, pc: int, next_pc: Words) -> int:
        """Counts down, and goes back until it is zero."""
        if rd != 1:
            next_pc[0] = pc + offset
        return rd - 1

    ext.encoding("fold rd:f, rs1:x*2, rm", "0000001 00000 rs1 rm rd 0001011")
    ext.encoding("hint rs1", "0000010 (00101) rs1 010 00000 1011011")
    return ext


def test_a_file_is_as_it_is_wanted() -> None:
    """To write it anew after a change that is meant: print the left side into the file."""
    made = export("sail", [example()])
    assert made.files["Xsail.sail"] == GOLD.read_text()
    assert made.left_out == [
        "fold: written without its meaning: it has no body in rvx",
        "hint: written without its meaning: it has no body in rvx",
    ]


def test_what_cannot_be_said_is_named() -> None:
    ext = Extension("Xodd", version="1")
    ext.encoding("far rd, imm", "imm[15:0] 00000000000 rd imm[19:16] 00000 0011111")
    ext.encoding("gap rd, imm", "imm[12:7] imm[5:0] 00000 000 rd 1011011")

    @ext.instruction("stop rd, rs1", "000000000000 rs1 001 rd 1011011")
    def stop(rs1: int) -> int:
        while rs1 != 7:
            if rs1 == 3:
                break
            rs1 += 1
        return rs1

    made = export("sail", [ext, load("zcmp")])
    assert made.left_out[:3] == [
        "far: the model has no words but those of 16 and 32 bits",
        "gap: 'imm' leaves out bits in its middle, or has some of them twice",
        "stop: written without its meaning: its body has something that is not plain arithmetic: "
        "break",
    ]
    assert "private function" not in made.files["Xodd.sail"]
    assert (
        "cm.push: written without its assembly: the model has no mapping for its operand 'frame'"
        in made.left_out
    )


def words_of(made: Instruction, draw: random.Random, count: int) -> list[int]:
    free = ~made.pattern.mask
    return [made.pattern.match | draw.getrandbits(made.pattern.bits) & free for _ in range(count)]


def normal(text: str, abi: dict[str, str]) -> list[str]:
    """Operands with registers and numbers in one spelling."""
    mnemonic, _, rest = text.partition(" ")
    found = [mnemonic]
    for token in re.findall(r"[^,()\s]+|[,()]", rest.removesuffix(" ")):
        plain = token.removeprefix(".").removeprefix("+")
        is_number = re.fullmatch(r"-?(0x[0-9a-f]+|\d+)", plain)
        found.append(str(int(plain, 0)) if is_number else abi.get(token, token))
    return found


@pytest.mark.parametrize(
    "name",
    [
        "i",
        "m",
        "zbb",
        "zbs",
        "zicond",
        "xcvalu",
        "xcvbitmanip",
        "xcvmem",
        "xcvbi",
        "c",
        "zcb",
        "f",
        "xposit",
    ],
)
def test_words_mean_what_they_mean_in_rvx(name: str) -> None:
    compare(load(name))


def test_words_of_the_example_mean_what_they_mean_in_rvx() -> None:
    compare(example())


def test_words_of_random_bodies_mean_what_they_mean_in_rvx(tmp_path: Path) -> None:
    assert sum(len(compare(random_extension(seed, 4, tmp_path))) for seed in range(20, 32)) > 30


def compare(extension: Extension) -> set[str]:
    """Words of each instruction: decoded, written, executed. Says which were executed."""
    model = Model(export("sail", [extension]).files[f"{extension.name}.sail"])
    draw = random.Random(extension.name)
    isas = {xlen: make_isa([extension], xlen) for xlen in (32, 64)}
    abi = {"fp": "x8"}
    for made in extension.instructions.values():
        for operand in made.operands.values():
            file = getattr(operand.kind, "file", None)
            if file is not None and file.is_core:
                abi |= {called: f"{file.name}{i}" for i, called in enumerate(file.abi)}
    model.enabled = {each.lower() for each in isas[64].extensions}
    executed: set[str] = set()
    nothing = (None, ("name", "RETIRE_SUCCESS"))
    for made in extension.instructions.values():
        for word in words_of(made, draw, 12):
            model.xlen = draw.choice(made.xlens)
            isa = isas[model.xlen]
            decoded = isa.decode(word)
            found = [
                (clause, given)
                for clause in model.clauses.values()
                if clause.size == made.pattern.bits
                for given in [model.decode(clause, word)]
                if given is not None
            ]
            if decoded is None:
                assert not found, (made.mnemonic, hex(word))
                continue
            assert found, (made.mnemonic, hex(word))
            clause, given = found[0]
            for operand in decoded.instruction.operands.values():
                if operand.field.pieces:
                    stored = operand.field.extract(word) >> operand.field.lsb
                    assert given[operand.name].value == stored, (made.mnemonic, hex(word))
            shown = [model.value(each, given) for each in clause.written]
            if clause.assembly is not None and shown == list(given.values()):
                text = model.value(clause.assembly, given)
                wanted = format_instruction(decoded, isa, aliases=False)
                if "csr" not in text:
                    assert normal(text, abi) == normal(wanted, abi), hex(word)
            if clause.execute not in nothing:
                execute(model, clause, given, decoded.instruction, isa, word, draw)
                executed.add(decoded.instruction.mnemonic)
    said = [clause for clause in model.clauses.values() if clause.execute not in nothing]
    assert bool(executed) == bool(said)
    if extension.name in ("M", "Zbb", "Zbs", "Zicond", "Xcvmem"):
        assert executed == {made.mnemonic for made in extension.instructions.values()}
    return executed


def execute(
    model: Model,
    clause: Clause,
    given: dict[str, Bits],
    made: Instruction,
    isa: Isa,
    word: int,
    draw: random.Random,
) -> None:
    for _ in range(3):
        x, pc, memory = state = lab.draw_state(made, isa, word, draw)
        model.registers = dict(enumerate(x))
        model.memory = {lab.BASE + i: each for i, each in enumerate(memory)}
        model.pc, model.next_pc = pc, pc + made.size
        wanted, fault = lab.carry_out(made, isa, word, state)
        got = model.value(clause.execute, dict(given))
        assert got == (FAULT if fault else SUCCESS)
        assert bytes(model.memory.values()) == wanted.memory, (made.mnemonic, hex(word), x)
        assert list(model.registers.values()) == wanted.x, (made.mnemonic, hex(word), x)
        if not fault:
            assert model.next_pc == wanted.next_pc, (made.mnemonic, hex(word), x)
