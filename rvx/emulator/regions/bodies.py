"""Bodies as LLVM functions: what a region is put together from.

For each instruction the body is compiled once by numba into a function of int64 values, and its
LLVM text is kept on disk by content. A region links these functions and inlines them, so that
operands that are constants fold away and registers never go through memory.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from rvx import disk, jit
from rvx.bodies import form_of
from rvx.emulator.handlers.arguments import argument_of
from rvx.emulator.handlers.compiled import NAMES, CompileError, explain
from rvx.emulator.native import pointers
from rvx.emulator.regions.settings import vector_under
from rvx.isa import Instruction, Isa
from rvx.isa import memory as checked
from rvx.isa.vector import state
from rvx.isa.vector.plan import runs_of
from rvx.isa.vector.unit import VectorUnit
from rvx.reachable import reached
from rvx.records import dataclass

_MANGLED = re.compile(r"^define [^@]*@([\w.$\"]+)\(", re.MULTILINE)
_ENVIRONMENT = re.compile(r"^@_ZN08NumbaEnv\S+ = common [^\n]*\n", re.MULTILINE)
_FLOATING = re.compile(
    r"= (?:f(?:add|sub|mul|div|rem|cmp|ptrunc|pext|pto[su]i)\b|[su]itofp\b"
    r"|call [^@]*(?:double|float)\b)"
)
_RAISING = "picklebuf"
"""Part of the name of the exceptions that numba keeps in compiled code."""
_SMALL = 12_000
"""Functions with less text than this are inlined always, others as LLVM sees fit."""


@dataclass(frozen=True)
class BodyFunction:
    """A compiled body.

    Attributes:
        name: of the LLVM function: `i32 name(ptr result, ptr exception, i64 ...)`, with one
            argument for each request of the instruction but `xlen`.
        text: the LLVM module that defines it.
        uses_floats: whether it computes with host floating point, and so raises flags there.
        arguments: how many i64 arguments it has.
        may_raise: whether it may give a status other than 0, instead of a result.
    """

    name: str
    text: str
    uses_floats: bool
    arguments: int
    may_raise: bool


def _source(instruction: Instruction, isa: Isa, is_free: bool) -> str:
    """Python source of a function of int64 values around the body."""
    requests = form_of(instruction, isa).requests
    arguments = {name: argument_of(instruction, name, isa, is_free) for name in requests}
    parameters = [one for name, argument in arguments.items() for one in argument.names(name)]
    lines = [f"def op({', '.join(parameters)}):\n"]
    lines += [argument.unpacked(name) for name, argument in arguments.items()]
    call = f"body({', '.join(requests)})"
    results = instruction.results
    if results:
        # A comparison gives a boolean, of which LLVM would write one byte alone.
        lines.append(f"    {', '.join(results)} = {call}\n")
        lines.append(f"    return {', '.join(f'int64({name})' for name in results)}\n")
    else:
        lines.append(f"    {call}\n    return 0\n")
    return "".join(lines)


_OF_VTYPE = (state.width, state.log_width, state.is_alternative, state.is_ill, state.is_ready)
"""What a body may ask of vtype that is a constant of its code.

Not LMUL: it decides no more than what is legal and how many elements there are, so that code for
one of them is not worth the time to compile it anew.
"""


@lru_cache(maxsize=None, typed=True)
def _constant(value: int | bool) -> Any:
    return jit.callee(lambda v: value)


@dataclass(frozen=True)
class Conditions:
    """What a body is compiled for.

    Attributes:
        xlen: width of addresses.
        vtype: what a vector instruction is compiled for.
        unit: whose vtype that is; None for other instructions.
        is_free: whether it accesses memory by itself, with all checks.
    """

    xlen: int
    vtype: int = 0
    unit: VectorUnit | None = None
    is_free: bool = False

    def key(self, kernel: Callable[..., Any]) -> str:
        """As much of it as makes a difference to the code of a kernel."""
        _, within = jit.content_of(kernel)
        parts = [f"{one.__name__} {value}" for one, value in self._constants(within).items()]
        if not within.isdisjoint(_ACCESSES) and not self.is_free:
            parts.append(f"addresses {self.xlen}")
        return ", ".join(parts)

    def replacements(self, kernel: Callable[..., Any]) -> jit.Replacements:
        """What stands for functions that a kernel reaches."""
        within = reached(kernel)
        constants = self._constants(within)
        known = tuple((one, _constant(value)) for one, value in constants.items())
        chosen: list[tuple[Callable[..., Any], Any]] = []
        if state.width in constants:
            for one in within:
                only = runs_of(one)
                run = None if only is None else only(constants[state.width])
                if run is not None:
                    chosen.append((one, jit.callee(run, known)))
        unchecked = () if self.is_free else _memory_functions(self.xlen)
        return (*unchecked, *known, *chosen)

    def _constants(self, within: Collection[Callable[..., Any]]) -> dict[Callable[..., Any], int]:
        if self.unit is None:
            return {}
        v = vector_under(self.vtype, self.unit)
        return {one: one(v) for one in _OF_VTYPE if one in within}


_ACCESSES = frozenset(
    {
        *(checked.load_u8, checked.load_u16, checked.load_u32, checked.load_64),
        *(checked.load_s8, checked.load_s16, checked.load_s32),
        *(checked.store_8, checked.store_16, checked.store_32, checked.store_64),
    }
)


@cache
def _memory_functions(xlen: int) -> jit.Replacements:
    """The functions of rvx.isa.memory without checks: a region checks before it calls.

    `mem` is then the distance from guest to host addresses.
    """
    mask = 0xFFFFFFFF if xlen == 32 else -1

    def load(read: Any, kept: int) -> Any:
        return jit.callee(lambda mem, address: read(mem + (address & mask)) & kept)

    def store(write: Any) -> Any:
        return jit.callee(lambda mem, address, value: write(mem + (address & mask), value))

    return (
        (checked.is_aligned, jit.callee(lambda mem, kind, address, size: True)),
        (checked.store_offset, jit.callee(lambda mem, address, size: 0)),
        (checked.load_u8, load(pointers.load_8, 0xFF)),
        (checked.load_u16, load(pointers.load_16, 0xFFFF)),
        (checked.load_u32, load(pointers.load_32, 0xFFFFFFFF)),
        (checked.load_s8, load(pointers.load_8, -1)),
        (checked.load_s16, load(pointers.load_16, -1)),
        (checked.load_s32, load(pointers.load_32, -1)),
        (checked.load_64, load(pointers.load_64, -1)),
        (checked.store_8, store(pointers.store_8)),
        (checked.store_16, store(pointers.store_16)),
        (checked.store_32, store(pointers.store_32)),
        (checked.store_64, store(pointers.store_64)),
    )


@cache
def body_function(
    instruction: Instruction, isa: Isa, vtype: int | None = None, is_free: bool = False
) -> BodyFunction:
    """The LLVM function of an instruction's body, from disk if it has been compiled before.

    Args:
        instruction: whose body.
        isa: where it is.
        vtype: what a vector instruction is compiled for.
        is_free: whether it accesses memory by itself, with all checks.

    Raises:
        CompileError: numba does not take the body.
    """
    if not instruction.has_body:
        raise CompileError(f"'{instruction.mnemonic}' has no semantics: only its encoding is known")
    try:
        return _function(*_request(instruction, isa, vtype, is_free))
    except Exception as error:  # a NumbaError, or whatever numba stumbles over
        raise CompileError(explain(instruction, error)) from None


def body_key(
    instruction: Instruction, isa: Isa, vtype: int | None = None, is_free: bool = False
) -> str:
    """What the LLVM function of a body is named by, see `body_function`."""
    return _key(*_request(instruction, isa, vtype, is_free))


def _request(
    instruction: Instruction, isa: Isa, vtype: int | None, is_free: bool
) -> tuple[Callable[..., Any], str, Conditions]:
    """The body, the source of the function around it, and what it is compiled for."""
    conditions = Conditions(isa.xlen, is_free=is_free)
    if vtype is not None:
        conditions = Conditions(isa.xlen, vtype, isa.vector, is_free)
    return form_of(instruction, isa).function, _source(instruction, isa, is_free), conditions


@cache
def kernel_function(kernel: Callable[..., Any], source: str, xlen: int) -> BodyFunction:
    """The LLVM function of a kernel that is no body.

    Args:
        kernel: a plain function.
        source: of a function `op` of int64 values that calls it as `body`.
        xlen: width of addresses.
    """
    return _function(kernel, source, Conditions(xlen))


def _function(kernel: Callable[..., Any], source: str, conditions: Conditions) -> BodyFunction:
    parameters = source[source.index("(") + 1 : source.index(")")]
    arguments = len(parameters.split(", ")) if parameters else 0
    key = _key(kernel, source, conditions)
    path = disk.directory() / "bodies" / f"{key}-{jit.host_key()}.ll"
    try:
        text = path.read_text()
    except OSError:
        with jit.compiling:
            text = _compile(kernel, source, arguments, lambda: conditions.replacements(kernel), key)
        disk.store(path, text.encode())
    uses_floats = _FLOATING.search(text) is not None
    return BodyFunction(_name(key), text, uses_floats, arguments, _RAISING in text)


def _key(kernel: Callable[..., Any], source: str, conditions: Conditions) -> str:
    known = f"{jit.content_of(kernel)[0]} {conditions.key(kernel)}"
    return jit.content_key(extra=f"{known} {source}{pointers.fingerprint()}{_own_fingerprint()}")


def _name(key: str) -> str:
    return f"rvx_{key}"


@cache
def _own_fingerprint() -> str:
    return hashlib.sha256(Path(__file__).read_bytes()).hexdigest()


def _compile(
    kernel: Callable[..., Any],
    source: str,
    arguments: int,
    replacing: Callable[[], jit.Replacements],
    key: str,
) -> str:
    from rvx.jit import compiler

    names = {**NAMES, "body": kernel}
    kinds = {"op": ["int64"] * arguments}
    made = compiler.to_llvm(key, source, names, kinds, replacing)
    symbol = made.symbols["op"]
    compiler.keep_only(made.module, [symbol])
    compiler.optimise(made.module)
    return _adopted(str(made.module), symbol, _name(key))


def _adopted(text: str, mangled: str, name: str) -> str:
    """The module's text with the function renamed, private and inlined, without numba's globals."""
    text = text.replace(f'@"{mangled}"', f"@{name}").replace(f"@{mangled}", f"@{name}")
    text = _ENVIRONMENT.sub(lambda found: _needed_environment(found, text), text)
    # What else the module defines belongs to it alone: two bodies may bring the same helper.
    others = {found for found in _MANGLED.findall(text) if found.strip('"') != name}
    for other in others:
        text = text.replace(f"@{other}(", f"@{name}.{other.strip(chr(34))}(")
    text = re.sub(
        r"^define (?:linkonce_odr |internal |hidden )?", "define internal ", text, flags=re.M
    )
    if len(text) < _SMALL:
        text = re.sub(
            rf"^(define [^\n]*@{name}\([^\n]*) {{$", r"\1 alwaysinline {", text, flags=re.M
        )
    return text


def _needed_environment(found: re.Match[str], text: str) -> str:
    symbol = found.group(0).split(" ", 1)[0]
    return found.group(0) if text.count(symbol) > 1 else ""
