"""The LLVM code that comes with rvx: `python tests/precompiled.py [--write]`.

`rvx.jit.shipped` says what it is for. It is what the commands below need of rvx's own functions on
a machine that has never run rvx, and the bodies that compiled loops of any program may call.
Without `--write` nothing is written: the names of files that are missing are printed, and the exit
code is 1 if there are any.

Names of files depend on the version of Python; the folder holds those of Debian 12's, which the
README's first command runs on.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rvx.emulator.regions.bodies import body_function, body_key
from rvx.emulator.regions.floats import lower
from rvx.emulator.regions.flow import Step
from rvx.emulator.regions.lanes import expressions_of
from rvx.emulator.regions.settings import is_setting
from rvx.emulator.regions.steps import can_translate, uses_memory_freely
from rvx.extensions import isa_for
from rvx.isa import Decoded, Instruction, Isa
from rvx.isa.vector.plan import Access, Arithmetic, plan_of
from rvx.jit import compiler, shipped

PYTHON = (3, 11)
COMMANDS = (
    "compare gemm",
    "compare conv2d",
    "run {program}",
    "run {program} --count",
    "run {floats} --march rv64gc",
    "run {program} --core snitch",
    "run {program} --trace {trace}",
)
LOOPS = tuple(f"rv{xlen}gcv_zvfh_zba_zbb_zbs_zicond" for xlen in (64, 32))
"""The instructions whose bodies come along for compiled loops.

Those of A and Zfh are left out: they are many, and seldom in loops.
"""
LEFT_OUT = ("A", "Zfh")
PROGRAM = "_start: {}\nli a0, 0\nli a7, 93\necall\n"


def floats() -> str:
    """Each instruction of F and D once: what a C program with floats and doubles is made of."""
    isa = isa_for("rv64gc")
    registers = {"rd": 10, "rs1": 10, "rs2": 10, "rs3": 10, "rm": 0b111}
    lines = []
    for instruction in isa.instructions.values():
        if instruction.extension not in ("F", "D"):
            continue
        values = dict(registers)
        if instruction.kind in ("load", "store"):
            values["rs1"] = 2
        word = instruction.pattern.default
        for name, field in instruction.pattern.fields.items():
            word |= field.insert(values.get(name, 0))
        lines.append(f".word {word:#x}")
    return "\n".join(lines)


def command_lines(folder: Path) -> list[list[str]]:
    """The commands, for a folder that files may be written to."""
    paths = {}
    for name, text in (("program", ""), ("floats", floats())):
        paths[name] = folder / f"{name}.s"
        paths[name].write_text(PROGRAM.format(text))
    paths["trace"] = folder / "trace.txt"
    return [command.format(**paths).split() for command in COMMANDS]


def bodies() -> Iterator[tuple[Instruction, Isa, int | None, bool]]:
    """The bodies that compiled loops call, as `body_function` takes them."""
    for isa in map(isa_for, LOOPS):
        for made in isa.instructions.values():
            step = Step(0, Decoded(made, 0, dict.fromkeys(made.operands, 0)), 4)
            if made.extension in LEFT_OUT or not can_translate(step, isa):
                continue
            if "v" in made.requests:
                yield from ((made, isa, vtype, False) for vtype in vtypes(step))
            elif lower(made, None) is None:
                yield made, isa, None, uses_memory_freely(made, isa)


def vtypes(step: Step) -> list[int]:
    """The SEWs, as vtype, under which regions call the body of a vector instruction."""
    plan = plan_of(step.decoded.instruction.body)
    if isinstance(plan, Access) or is_setting(step):
        return []
    sews = (8, 16, 32, 64)
    if isinstance(plan, Arithmetic):
        found = ((sew, plan.loops.get(sew)) for sew in sews)
        sews = tuple(s for s, loop in found if loop and not expressions_of(loop, plan.has_floats))
    return [vtype for vtype in range(0, 32, 8) if 8 << (vtype >> 3) in sews]


def needed(folder: Path, **variables: str) -> set[str]:
    """Names of the files that the commands look for, by what they leave in an empty cache.

    Args:
        folder: an empty one.
        variables: of the environment that they run in.
    """
    cache = folder / "cache"
    environment = {**os.environ, **variables, "RVX_CACHE_DIR": str(cache)}
    for words in command_lines(folder):
        if words[0] == "run":
            # Nothing in these is executed often enough to be compiled.
            environment["RVX_COMPILE_AFTER"] = "0"
        subprocess.run(
            [sys.executable, "-m", "rvx", *words],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
    kept = [*cache.glob("code/*"), *cache.glob("bodies/*")]
    keys = {path.name.partition("-")[0] for path in kept}
    return {shipped.path_of(key).name for key in keys | {body_key(*one) for one in bodies()}}


def present() -> set[str]:
    """Names of the files that there are."""
    return {path.name for path in shipped.FOLDER.glob("*")}


def _noting(
    key: str, source: str, names: Any, arguments: Any, replacing: Any = tuple
) -> compiler.Unlinked:
    """As `compiler.to_llvm`, but what it would not find is there from now on."""
    path = shipped.path_of(key)
    _asked_for.add(path.name)
    if not path.exists():
        made = compiler.translated(key, source, names, arguments, replacing())
        path.write_bytes(shipped.packed(compiler.portable_text(made), made.symbols))
    return _to_llvm(key, source, names, arguments, replacing)


_to_llvm = compiler.to_llvm
_asked_for: set[str] = set()


def _every_loop() -> None:
    """Makes regions of every loop: which ones a run finds in time differs from run to run."""
    from rvx.emulator.regions import select
    from rvx.emulator.regions.tier import RegionTier

    remember = RegionTier.remember

    def looking(tier: RegionTier) -> None:
        tier.look(float("inf"))
        remember(tier)

    select.LEAST_WEIGHT = 1
    RegionTier.remember = looking


def write(folder: Path) -> None:
    """Makes the files that are missing, and deletes those that nobody needs."""
    from rvx.analysis import warmup
    from rvx.cli.main import app

    shipped.FOLDER.mkdir(exist_ok=True)
    _every_loop()
    os.environ |= {"RVX_CACHE_DIR": str(folder / "first"), "RVX_COMPILE_AFTER": "0"}
    compiler.to_llvm = _noting
    warmup.compile_ahead = lambda *_, **__: None
    for words in command_lines(folder):
        with contextlib.suppress(SystemExit):
            app(words)
    for one in bodies():
        body_function.__wrapped__(*one)
    for name in present() - _asked_for:
        (shipped.FOLDER / name).unlink()


def main() -> None:
    """Writes, or says what is missing."""
    if sys.version_info[:2] != PYTHON:
        sys.exit("the files are those of Python " + ".".join(map(str, PYTHON)))
    with tempfile.TemporaryDirectory() as name:
        if "--write" in sys.argv:
            write(Path(name))
            return
        missing = sorted(needed(Path(name)) - present())
    if missing:
        sys.exit("\n".join(f"missing: {one}" for one in missing))


if __name__ == "__main__":
    main()
