"""Profiles: every sum is that of the exact counts, and other programs read the files."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from rvx.analysis import compare
from rvx.analysis.kernel import load
from rvx.analysis.profile import FORMATS, Profile, ProfileProblem, profile_of, write
from rvx.assembler import assemble
from rvx.emulator import Machine, RunResult
from rvx.extensions import isa_for
from rvx.isa import Extension

LOOPS = Path(__file__).parents[1] / "benchmarks" / "loops"
ROUNDS = {"alu.s": 1000, "gemm.c": 1, "branchy.c": 1, "memory.s": 1000, "mac.s": 1000}
KERNELS = {"gemm": {"M": 3, "N": 4, "K": 5}, "softmax": {}}

Xmac = Extension("Xmac", version="0.1", doc="The instruction of mac.s")


@Xmac.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 0001011")
def mac(rd: int, rs1: int, rs2: int) -> int:
    """rd += rs1 * rs2."""
    return rd + rs1 * rs2


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The programs of the benchmarks, with debug information."""
    folder = tmp_path_factory.mktemp("loops")
    found = {}
    for name, rounds in ROUNDS.items():
        found[name] = folder / f"{name}.elf"
        flags = "-g -march=rv64gc -mabi=lp64d -mcmodel=medany -O2 -nostdlib -nostartfiles"
        more = f"-ffreestanding -fno-tree-loop-distribute-patterns -DROUNDS={rounds}"
        subprocess.run(
            [
                "riscv64-unknown-elf-gcc",
                *flags.split(),
                *more.split(),
                f"-Wa,--defsym,ROUNDS={rounds}",
                *("-T", LOOPS / "link.ld", LOOPS / "start.s", LOOPS / name, "-o", found[name]),
            ],
            check=True,
        )
    return found


def run(path: Path) -> tuple[Profile, RunResult]:
    machine = Machine(path, isa_for("rv64gc", [Xmac]), follow_calls=True)
    result = machine.run()
    assert result.exit_code == 0, result.trap
    return profile_of(machine, result), result


def check_sums(profile: Profile, result: RunResult) -> None:
    total = result.instructions
    assert profile.total.instructions == total
    assert sum(one.costs.instructions for one in profile.functions) == total
    assert sum(profile.by_extension.values()) == total
    assert dict(profile.by_mnemonic) == dict(result.by_mnemonic)
    assert dict(profile.by_kind) == dict(result.by_kind)
    spots = {s.address: s.costs.instructions for f in profile.functions for s in f.spots}
    assert spots == dict(result.executions)
    assert sum(frame.own for frame in profile.tree.frames) == total
    own: Counter[int] = Counter()
    for frame in profile.tree.frames[1:]:
        own[frame.function] += frame.own
    assert {one.number: one.costs.instructions for one in profile.functions} == +own
    assert all(one.costs.instructions <= one.inclusive <= total for one in profile.functions)
    assert sum(loop.instructions for loop in profile.loops) <= total


@pytest.mark.parametrize("name", ROUNDS)
def test_sums_are_the_exact_counts_of_the_run(built: dict[str, Path], name: str) -> None:
    profile, result = run(built[name])
    check_sums(profile, result)
    plain = Machine(built[name], isa_for("rv64gc", [Xmac])).run()
    assert plain.executions == result.executions
    assert sum(costs.instructions for costs in profile.lines.values()) == result.instructions
    assert {Path(line.file).name for line in profile.lines} == {"start.s", name}


@pytest.mark.parametrize("name", KERNELS)
def test_kernels_too(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Machine] = []

    def machine(*arguments: Any, **more: Any) -> Machine:
        made.append(Machine(*arguments, **(more | {"follow_calls": True})))
        return made[-1]

    monkeypatch.setattr(compare, "Machine", machine)
    kernel = load(name)
    inputs = compare.draw(kernel, KERNELS[name])
    row = compare.run_variant(kernel, kernel.select([])[0], inputs)
    profile = profile_of(made[0], row.run)
    check_sums(profile, row.run)
    assert profile.functions[0].costs.instructions > 0


def test_bytes_are_what_the_loops_move(built: dict[str, Path]) -> None:
    profile, result = run(built["memory.s"])
    sizes = {"b": 1, "h": 2, "w": 4, "d": 8}
    loaded = stored = 0
    for mnemonic, executed in result.by_mnemonic.items():
        plain = mnemonic.removeprefix("c.").removesuffix("sp").removesuffix("u")
        if plain in ("lb", "lh", "lw", "ld", "fld", "flw"):
            loaded += executed * sizes[plain[-1]]
        if plain in ("sb", "sh", "sw", "sd", "fsd", "fsw"):
            stored += executed * sizes[plain[-1]]
    assert loaded > 0
    assert (profile.total.loaded, profile.total.stored) == (loaded, stored)
    assert profile.total.untold == 0


def test_vector_instructions_count_elements_bytes_and_multiply_accumulates() -> None:
    source = """
        .globl _start, kernel
_start: la a0, data
        call kernel
        li a0, 0
        li a7, 93
        ecall
kernel: li t0, 3
        vsetvli t0, t0, e32, m1, ta, ma
        vle32.v v1, (a0)
        vmacc.vv v2, v1, v1
        vse32.v v2, (a0)
        lw t0, 0(a0)
        ret
        .data
data:   .word 1, 2, 3, 4
    """
    isa = isa_for("rv64gcv")
    machine = Machine(assemble(source, isa), isa, follow_calls=True)
    profile = profile_of(machine, machine.run())
    kernel = next(one.costs for one in profile.functions if one.name == "kernel")
    assert (kernel.loaded, kernel.stored, kernel.untold) == (12 + 4, 12, 0)
    assert (kernel.elements, kernel.macs) == (9, 3)
    assert (kernel.flops, kernel.per_byte(kernel.macs)) == (0, 3 / 28)


def test_operations_of_functions() -> None:
    source = """
        .globl _start, kernel
_start: la a0, data
        call kernel
        li a0, 0
        li a7, 93
        ecall
kernel: li t0, 10
1:      fld fa0, (a0)
        fmadd.d fa1, fa0, fa0, fa1
        fadd.d fa2, fa2, fa0
        fsqrt.d fa3, fa0
        vfdotpex.s.h fa4, fa0, fa0
        addi t0, t0, -1
        bnez t0, 1b
        ret
        .data
data:   .double 1
    """
    isa = isa_for("rv64gc_xsmallfloat")
    machine = Machine(assemble(source, isa), isa, follow_calls=True)
    profile = profile_of(machine, machine.run())
    kernel = next(one.costs for one in profile.functions if one.name == "kernel")
    assert (kernel.branches, kernel.taken) == (10, 9)
    assert (kernel.macs, kernel.flops) == (10 + 40, 10 * (2 + 1 + 1 + 8))
    assert (kernel.loaded, kernel.per_byte(kernel.flops)) == (80, 1.5)


@pytest.mark.parametrize(
    ("mnemonic", "traffic"),
    [
        ("lb", (1, 0)),
        ("lhu", (2, 0)),
        ("ld", (8, 0)),
        ("flw", (4, 0)),
        ("fsd", (0, 8)),
        ("sh", (0, 2)),
        ("amoadd.w", (4, 4)),
        ("amoswap.d", (8, 8)),
        ("lr.d", (8, 0)),
        ("sc.w", (0, 4)),
        ("add", (0, 0)),
        ("vle32.v", None),
    ],
)
def test_traffic_of_instructions(mnemonic: str, traffic: tuple[int, int] | None) -> None:
    from rvx.analysis.profile.traffic import traffic_of

    assert traffic_of(isa_for("rv64gcv").instructions[mnemonic]) == traffic


def test_callgrind_annotate_reads_the_file(built: dict[str, Path], tmp_path: Path) -> None:
    profile, result = run(built["branchy.c"])
    path = tmp_path / "out.callgrind"
    write(profile, path)

    def annotated(*options: str) -> str:
        command = ["callgrind_annotate", *options, "--threshold=100", str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert not done.stderr
        return done.stdout

    def functions(text: str) -> dict[str, int]:
        rows = re.findall(r"^\s*([\d,]+) .*:([\w.]+) \[", text, re.MULTILINE)
        return {name: int(number.replace(",", "")) for number, name in rows}

    assert f"{result.instructions:,} (100.0%)" in annotated()
    own = {one.name: one.costs.instructions for one in profile.functions}
    assert functions(annotated("--auto=no")) == own
    inclusive = {one.name: one.inclusive for one in profile.functions}
    assert functions(annotated("--inclusive=yes", "--auto=no")) == inclusive
    assert "while (v[i] < pivot) i++;" in annotated("--auto=yes")


class Balanced(HTMLParser):
    """Holds that every element is closed, and that nothing comes from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attributes: Any) -> None:
        assert tag not in ("script", "img", "iframe")
        for name, value in attributes:
            assert name != "src"
            assert name != "href" or value.startswith(("#", "data:")), value
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole(built: dict[str, Path], tmp_path: Path) -> None:
    profile, result = run(built["branchy.c"])
    write(profile, tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text()
    parser = Balanced()
    parser.feed(text)
    assert parser.open == []
    assert f"{result.instructions:,} instructions" in text
    for function in profile.functions:
        assert f'id="f{function.number}"' in text
    assert "while (v[i] &lt; pivot) i++;" in text


def test_stacks_and_documents_add_up(built: dict[str, Path], tmp_path: Path) -> None:
    profile, result = run(built["branchy.c"])
    for name in ("s.folded", "s.speedscope.json", "s.json", "s.txt"):
        write(profile, tmp_path / name)
    folded = (tmp_path / "s.folded").read_text().splitlines()
    assert sum(int(line.rsplit(" ", 1)[1]) for line in folded) == result.instructions
    assert any(line.startswith("_start;main;fib ") for line in folded)
    scope = json.loads((tmp_path / "s.speedscope.json").read_text())
    samples = scope["profiles"][0]
    assert sum(samples["weights"]) == samples["endValue"] == result.instructions
    names = [frame["name"] for frame in scope["shared"]["frames"]]
    assert ["_start", "main", "fib"] in [[names[n] for n in one] for one in samples["samples"]]
    document = json.loads((tmp_path / "s.json").read_text())
    assert document["schema"] == "rvx.profile/1"
    code = [spot["executed"] for one in document["functions"] for spot in one["code"]]
    assert sum(code) == document["instructions"] == result.instructions
    text = (tmp_path / "s.txt").read_text()
    assert f"{result.instructions:,} instructions, counted exactly" in text
    assert "while (v[i] < pivot) i++;" in text


def test_what_cannot_be_written(built: dict[str, Path], tmp_path: Path) -> None:
    profile, _ = run(built["alu.s"])
    with pytest.raises(ProfileProblem, match=r"ends with one of \.html"):
        write(profile, tmp_path / "profile.png")
    with pytest.raises(ProfileProblem, match="there is no folder"):
        write(profile, tmp_path / "none" / "profile.txt")
    machine = Machine(built["alu.s"], isa_for("rv64gc"))
    plain = machine.run()
    with pytest.raises(ValueError, match="follow_calls=True"):
        profile_of(machine, plain)
    assert set(FORMATS) == {".html", ".txt", ".callgrind", ".folded", ".speedscope.json", ".json"}
