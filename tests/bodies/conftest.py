"""Loading random extension files, and running them in every way."""

from __future__ import annotations

import itertools
import os
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.assembler import assemble
from rvx.bodies import BodyProblem, form_of
from rvx.bodies.arithmetic import HART_WORDS, BodyRaised
from rvx.emulator import Machine
from rvx.emulator.context import Field
from rvx.emulator.handlers.interim import NEVER
from rvx.extensions import isa_for, load, load_file
from rvx.isa import Extension, Isa, Memory

from .bodywriter import EDGES, SCRATCH, WORDS, Spaces, Wrapping, WrappingList, Writer, namespace_of

BASE = 0x1000
MODES: dict[str, dict[str, Any]] = {
    "python": {"backend": "python"},
    "interim": {"tier": "trap"},
    "trap": {"tier": "trap"},
    "inline": {"tier": "inline"},
    "region": {"tier": "region"},
}
_numbers = itertools.count()


@dataclass(frozen=True)
class Loaded:
    """A random extension: those of its bodies that are not refused."""

    text: str
    isa: Isa
    names: list[str]
    witness: dict[str, Any]


class Lab:
    """What the tests of random bodies share."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, pick: Callable[[Sequence[Any]], Any], bodies: int, xlen: int = 64) -> Loaded:
        """Writes a file and loads it."""
        text = Writer(pick, bodies).text()
        path = self.folder / f"random{os.getpid()}x{next(_numbers)}.py"
        path.write_text(text)
        (extension,) = load_file(path)
        plain = Isa([load("i"), extension], xlen)
        for name in list(extension.instructions):
            try:
                form_of(extension.instructions[name], plain)
            except BodyProblem:
                del extension.instructions[name]
        isa = isa_for(f"rv{xlen}imc_zicsr", [extension])
        return Loaded(text, isa, list(extension.instructions), namespace_of(text))

    def operands(self, draw: random.Random, count: int) -> list[tuple[int, int, int]]:
        """Values of rs1, rs2 and rd; rs2 is often an address within the scratch memory."""

        def one() -> int:
            kind = draw.randrange(4)
            if kind == 0:
                return draw.choice(EDGES)
            if kind == 1:
                return draw.randrange(-70, 70)
            value = draw.getrandbits(64) - (1 << 63)
            return value >> draw.randrange(64) if kind == 2 else value

        return [(one(), BASE if draw.random() < 0.5 else one(), one()) for _ in range(count)]

    # -- one body, without a machine -----------------------------------------------------------

    def check_forms(self, loaded: Loaded, draw: random.Random, rounds: int) -> int:
        """Compares both forms of every body with the witness."""
        done = 0
        for name in loaded.names:
            instruction = loaded.isa.instructions[name]
            form = form_of(instruction, loaded.isa)
            compiled = jit.native(form.function)
            original = loaded.witness[name]
            for given in self.operands(draw, rounds):
                wanted = self._witness(original, instruction.requests, given)
                for way, function in (("interpreted", form.interpreted), ("compiled", compiled)):
                    got = self._perform(form, function, given)
                    where = f"{name}{given}, {way}\n{loaded.text}"
                    assert got == wanted, f"{got} is not {wanted}: {where}"
                done += 1
        return done

    def _witness(self, body: Any, requests: Sequence[str], given: tuple[int, int, int]) -> Any:
        values = dict(zip(("rs1", "rs2", "rd"), map(Wrapping, given), strict=True))
        acc, fflags = WrappingList(range(WORDS)), WrappingList([0])
        mem = Spaces(BASE, bytearray(range(SCRATCH)), -1)
        special = {"acc": acc, "fflags": fflags, "mem": mem}
        arguments = [values.get(name, special.get(name)) for name in requests]
        raised, result = "", 0
        try:
            result = int(body(*arguments))
        except Exception as error:
            raised = type(error).__name__
        is_done = not raised and mem.fault is None
        return (
            raised,
            result if is_done else 0,
            list.copy(acc),
            list.copy(fflags),
            bytes(mem.data),
            mem.fault,
        )

    def _perform(self, form: Any, function: Any, given: tuple[int, int, int]) -> Any:
        values = dict(zip(("rs1", "rs2", "rd"), map(np.int64, given), strict=True))
        acc, fflags = np.arange(WORDS), np.zeros(1, np.int64)
        ram, fault = np.arange(SCRATCH, dtype=np.uint8), np.zeros(4, np.int64)
        pages = np.full(1, 3, np.uint8)
        hart = np.zeros(HART_WORDS, np.int64)
        bounds = np.array([BASE, SCRATCH, -1])
        mem = Memory(ram, pages, bounds, fault)
        if function is form.interpreted:
            mem = Memory(memoryview(ram), pages.tolist(), bounds.tolist(), fault)
        special = {"acc": acc, "fflags": fflags, "mem": mem, "hart": hart}
        raised, result = "", 0
        with np.errstate(over="ignore"):
            try:
                result = int(function(*(values.get(n, special.get(n)) for n in form.requests)))
            except BodyRaised:
                raised = form.raised(hart).removeprefix("its body raised ").split("(")[0]
                raised = raised.split(":")[0].strip()
        noted = None
        if fault[0]:
            noted = ({1: "load", 2: "store"}[int(fault[0])], int(fault[1]), int(fault[2]))
        is_done = not raised and noted is None
        return (
            raised,
            result if is_done else 0,
            acc.tolist(),
            fflags.tolist(),
            ram.tobytes(),
            noted,
        )

    # -- programs ------------------------------------------------------------------------------

    def check_modes(self, loaded: Loaded, draw: random.Random, rounds: int) -> int:
        """Runs a loop over every body in every mode, and compares all that can be seen."""
        xlen = loaded.isa.xlen
        lines = [f"  {name} a3, a1, a2\n  xor a4, a4, a3" for name in loaded.names]
        step = 8 if xlen == 64 else 4
        load_word = "ld" if xlen == 64 else "lw"
        text = (
            ".option norvc\n.globl _start\n_start: ret\n"
            f"f: {load_word} a1, 0(a0)\n {load_word} a2, {step}(a0)\n"
            + "\n".join(lines)
            + f"\n addi a0, a0, {2 * step}\n addi a5, a5, -1\n bnez a5, f\n ret\n"
            ".data\n.balign 4096\nscratch: .fill 64, 1, 5\n.balign 8\nvalues: .space 4096\n"
        )
        elf = assemble(text, loaded.isa).to_elf()
        given = [self.operands(draw, rounds) for _ in range(3)]
        first: list[Any] | None = None
        for mode, options in MODES.items():
            machine = Machine(elf, loaded.isa, memory=1 << 20, **options)
            machine.hart.interim.after = NEVER if mode == "interim" else 0
            if mode in ("inline", "region"):
                machine.context.words[Field.THRESHOLD] = 2
            found = [self._call(machine, values, step) for values in given]
            first = first or found
            assert found == first, f"{mode} differs: {found} is not {first}\n{loaded.text}\n{given}"
            assert machine.refused == {}, f"{machine.refused}\n{loaded.text}"
        return rounds * 3

    def _call(self, machine: Machine, values: list[tuple[int, int, int]], step: int) -> Any:
        at = machine.symbol("values")
        scratch = machine.symbol("scratch")
        words = machine.array(at, np.int64 if step == 8 else np.int32, 2 * len(values))
        flat = [(a, scratch if b == BASE else b) for a, b, _ in values]
        words[:] = np.array(flat, np.int64).reshape(-1).astype(words.dtype)
        machine.array(scratch, np.uint8, 64)[:] = range(64)
        for register in ("a1", "a2", "a3", "a4"):
            machine.set_register(register, 0)
        machine.set_register("a5", len(values))
        result = machine.call("f", at)
        if machine.hart.regions is not None:
            machine.hart.regions.look(float("inf"))
        return (
            None if result.trap is None else (str(result.trap.kind), result.trap.message),
            result.instructions,
            dict(result.executions),
            [machine.register(f"x{i}") for i in range(8, 32)],
            machine.state("acc").tolist() if "acc" in machine.isa.states else [],
            machine.fflags,
            machine.array(scratch, np.uint8, 64).tobytes(),
        )


@pytest.fixture
def bodies_lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def declare(tmp_path: Path) -> Callable[[str], Extension]:
    """Loads an extension from the text of a file, with the usual imports in front."""

    def load_text(text: str, name: str = "mine") -> Extension:
        path = tmp_path / f"{name}{next(_numbers)}.py"
        path.write_text(
            "import math\nimport numpy as np\nfrom rvx.isa import Extension\n"
            'X = Extension("Xmine", version="1")\n' + text
        )
        (extension,) = load_file(path)
        return extension

    return load_text


@pytest.fixture
def hot(monkeypatch: pytest.MonkeyPatch) -> Iterator[SimpleNamespace]:
    """Loops are translated from their second execution on, and no profile is there or stays."""
    from rvx.emulator.regions import select
    from rvx.emulator.regions import tier as tier_module

    monkeypatch.setattr(select, "LEAST_WEIGHT", 2)
    monkeypatch.setattr(tier_module.profile, "recall", lambda *_: [])
    monkeypatch.setattr(tier_module.profile, "store", lambda *_: None)
    return SimpleNamespace()
