"""What the region tier chooses, and that leaving a region leaves the exact state."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rvx import disk, notes
from rvx.assembler import assemble
from rvx.emulator import Machine, TrapKind
from rvx.emulator.regions import select
from rvx.emulator.regions.tier import RegionTier
from rvx.extensions import isa_for
from rvx.jit import ternary

ISA = isa_for("rv64gc_xposit")
LOOP = """
        .globl  sum, walk, nest, down, both
sum:    mv      t0, a0
        li      a0, 0
1:      add     a0, a0, t0
        addi    t0, t0, -1
        bnez    t0, 1b
        ret
walk:   li      a2, 0                   # stores until memory ends
1:      sd      a2, 0(a0)
        addi    a0, a0, 8
        addi    a2, a2, 1
        j       1b
nest:   li      a2, 0
1:      li      t1, 20
2:      call    leaf
        addi    t1, t1, -1
        bnez    t1, 2b
        addi    a0, a0, -1
        bnez    a0, 1b
        mv      a0, a2
        jr      a3
leaf:   addi    a2, a2, 3
        ret
down:   li      a2, 0                   # pushes until the stack ends
1:      addi    sp, sp, -8
        sd      a2, 0(sp)
        addi    a2, a2, 1
        j       1b
both:   addi    a1, sp, -16             # adds in the stack, by sp and by a pointer, and in the heap
1:      ld      a3, -16(sp)
        add     a3, a3, a2
        sd      a3, 0(a1)
        ld      a4, 0(a0)
        add     a4, a4, a3
        sd      a4, 0(a0)
        addi    a2, a2, -1
        bnez    a2, 1b
        mv      a0, a4
        ret
"""


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Profiles of other tests are not seen; compiled bodies are shared for speed."""
    shared = disk.directory()
    folder = tmp_path / "cache"
    folder.mkdir()
    for part in ("code", "bodies"):
        (shared / part).mkdir(parents=True, exist_ok=True)
        (folder / part).symlink_to(shared / part)
    monkeypatch.setenv("RVX_CACHE_DIR", str(folder))


def hot(machine: Machine, function: str, *arguments: int) -> RegionTier:
    """Runs a function often enough, and has its loops compiled."""
    machine.call(function, *arguments)
    tier = machine.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    return tier


def machine(source: str = LOOP, **options: Any) -> Machine:
    return Machine(assemble(source, ISA), ISA, memory=1 << 20, **options)


def test_a_loop_becomes_a_region_with_the_same_counts() -> None:
    made = machine()
    before = made.call("sum", 100_000)
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    after = made.call("sum", 100_000)
    assert [one.region.steps for one in tier.regions] == [3]
    assert (after.value, after.executions) == (before.value, before.executions)
    (explanation,) = made.explain(after)
    assert explanation.entries == 1
    assert explanation.instructions == 300_000
    assert "<sum" in str(explanation)
    assert "define i64 @region" in made.region_code()


def test_a_loop_whose_code_is_not_optimised_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ternary, "may_be_wrong", lambda code: True)
    source = """
        .globl  slow
slow:   addi    a0, a0, -1
        xori    a1, a1, 1234            # no other loop is this one: code is kept by content
        bnez    a0, slow
        ret
"""
    made = machine(source)
    notes.take()
    hot(made, "slow", 100_000)
    (said,) = notes.take()
    assert said.startswith(f"the loop at {made.symbol('slow'):#x} runs slower than others: its")
    (explanation,) = made.explain(made.call("slow", 100_000))
    assert "its code is not optimised" in said
    assert "whose code is not optimised, since LLVM gets an instruction" in str(explanation)


def test_a_loop_that_is_not_hot_is_left_alone() -> None:
    made = machine()
    tier = hot(made, "sum", 100)
    assert tier.regions == []
    assert select.LEAST_WEIGHT > 300


def test_the_end_of_a_program_does_not_make_a_larger_loop_of_its_loops() -> None:
    """Behind the `ecall` that ends it lies the function that it began with."""
    made = machine(
        """
_start: call    main
        li      a7, 93
        ecall
main:   li      t0, 100000
1:      addi    a0, a0, 1
        addi    t0, t0, -1
        bnez    t0, 1b
        li      a0, 0
        ret
"""
    )
    assert made.run().exit_code == 0
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert [one.region.steps for one in tier.regions] == [3]


def test_a_store_beyond_memory_faults_at_its_own_address() -> None:
    plain, regional = machine(tier="inline"), machine()
    start = plain.allocate(8)
    regional.allocate(8)
    first = plain.call("walk", start)
    tier = hot(regional, "walk", start)
    assert tier.regions
    second = regional.call("walk", start)
    assert first.trap is not None
    assert second.trap is not None
    assert second.trap.kind == TrapKind.BAD_STORE
    assert second.trap == first.trap
    assert second.executions == first.executions
    assert regional.register("a2") == plain.register("a2")


def test_a_stack_that_outgrows_its_room_faults_below_it() -> None:
    plain, regional = machine(tier="inline"), machine()
    first = plain.call("down")
    assert hot(regional, "down").regions
    second = regional.call("down")
    assert first.trap == second.trap
    assert second.trap is not None
    assert second.trap.kind == TrapKind.BAD_STORE
    memory = regional.memory
    assert regional.register("sp") == memory.stack_bottom - 8
    assert regional.register("a2") == (memory.stack_size - 16) // 8
    assert second.executions == first.executions


def test_a_region_uses_stack_and_heap_though_there_is_nothing_between_them() -> None:
    made = machine()
    at = made.allocate(8)
    assert hot(made, "both", at, 0, 50_000).regions
    made.array(at, np.uint64, 1)[0] = 0
    made.array(made.memory.stack_top - 16, np.uint64, 1)[0] = 0
    result = made.call("both", at, 0, 50_000)
    sums = np.cumsum(np.arange(50_000, 0, -1, np.int64))
    assert result.value == sums.sum()
    (explanation,) = made.explain(result)
    assert explanation.entries == 1
    assert explanation.instructions == 8 * 50_000


@pytest.mark.parametrize("limit", [300_000, 299_999, 299_998, 150_001])
def test_a_limit_inside_a_region_is_exact(limit: int) -> None:
    made = machine()
    made.call("sum", 100_000, max_instructions=10_000_000)
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    assert tier.regions
    result = made.call("sum", 100_000, max_instructions=limit)
    assert result.instructions == limit
    plain = machine(tier="inline")
    wanted = plain.call("sum", 100_000, max_instructions=limit)
    assert result.trap == wanted.trap
    assert result.executions == wanted.executions
    assert [made.register(f"x{i}") for i in range(32)] == [
        plain.register(f"x{i}") for i in range(32)
    ]


def test_calls_and_returns_are_part_of_a_region() -> None:
    made = machine()
    back = made.memory.stub
    before = made.call("nest", 5_000, 0, 0, back)
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    after = made.call("nest", 5_000, 0, 0, back)
    assert (after.value, after.executions) == (before.value, before.executions)
    whole = max(tier.regions, key=lambda one: one.region.steps)
    assert made.symbol("leaf") in whole.region.blocks
    (explanation, *_) = made.explain(after)
    assert explanation.entries < 10


@pytest.mark.parametrize("way", ["cm.popret", "cm.popretz"])
def test_returns_that_restore_registers_are_part_of_a_region(way: str) -> None:
    isa = isa_for("rv64imac_zicsr_zcmp_zcmt")
    source = f"""
        .globl  f
f:      cm.push {{ra, s0-s1}}, -32
        mv      s0, a0
        li      s1, 0
1:      mv      a0, s0
        call    g
        add     s1, s1, a0
        addi    s0, s0, -1
        bnez    s0, 1b
        mv      a0, s1
        cm.popret {{ra, s0-s1}}, 32
g:      cm.push {{ra, s0-s2}}, -32
        slli    s2, a0, 1
        call    h
        add     a0, a0, s2
        {way} {{ra, s0-s2}}, 32
h:      addi    a0, a0, 7
        ret
"""
    plain = Machine(assemble(source, isa), isa, memory=1 << 20, tier="inline").call("f", 20_000)
    made = Machine(assemble(source, isa), isa, memory=1 << 20, follow_calls=True)
    before = made.call("f", 20_000)
    tier = made.hart.regions
    assert tier is not None
    tier.look(float("inf"))
    result = made.call("f", 20_000)
    assert result.value == plain.value == (0 if way == "cm.popretz" else 600_170_000)
    assert result.executions == plain.executions
    assert result.calls == before.calls
    (explanation,) = made.explain(result)
    assert explanation.entries == 1
    assert explanation.instructions > 0.99 * result.instructions


def test_instructions_that_share_a_body_share_its_function() -> None:
    source = """
        .globl  swap
swap:   fmv.d.x fa0, a0
        fmv.x.d a1, fa0
        addi    a0, a0, -1
        bnez    a0, swap
        ret
"""
    made = machine(source)
    assert hot(made, "swap", 50_000).regions
    assert made.call("swap", 50_000).value == 0
    assert made.register("a1") == 1


def test_addresses_have_the_width_of_their_machine() -> None:
    """A load compiled for RV64 does not mask its address; RV32 above 2^31 has to."""
    source = """
        .globl  read
read:   flw     fa0, 0(a0)
        addi    a1, a1, -1
        bnez    a1, read
        ret
"""
    for xlen in (64, 32):
        isa = isa_for(f"rv{xlen}imaf_zicsr")
        made = Machine(assemble(source, isa), isa, memory=1 << 20)
        at = made.place(np.array([1.5], np.float32))
        assert at >= 1 << 31
        assert hot(made, "read", at, 100_000).regions
        made.call("read", at, 100_000)
        assert made.register("fa0") & 0xFFFFFFFF == 0x3FC00000


def test_a_region_goes_around_a_conversion() -> None:
    source = """
        .globl  fill
fill:   li      t0, 100
1:      fcvt.s.w fa0, t0
        fmv.s   fa1, fa0
        fmin.s  fa1, fa1, fa0
        fcvt.w.s a2, fa1, rtz
        addi    t0, t0, -1
        bnez    t0, 1b
        addi    a0, a0, -1
        bnez    a0, fill
        ret
"""
    made = machine(source)
    tier = hot(made, "fill", 2_000)
    assert [one.region.steps for one in tier.regions] == [9]
    (explanation,) = made.explain(made.call("fill", 2_000))
    assert explanation.entries < 10
    assert made.register("a2") == 1


def test_an_entry_that_traps_is_performed_when_the_region_leaves_it() -> None:
    source = """
        .globl  loop
loop:   li      t0, 0x7ff8000000000000
        fmv.d.x fa1, t0
        li      t1, 5
        fadd.s  fa2, fa2, fa2           # singles and doubles: all are performed by their bodies
1:      fnmadd.d fa0, fa1, fa0, fa0     # a NaN: left to the tier below
        addi    t1, t1, -1
        bnez    t1, 1b
        fmv.x.d a0, fa0
        ret
"""
    made = machine(source)
    made.call("loop")
    tier = made.hart.regions
    assert tier is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(select, "LEAST_WEIGHT", 2)
        tier.look(float("inf"))
    assert tier.regions
    made.set_register("fa0", 0)
    assert made.call("loop").value == 0x7FF8000000000000


def test_writable_code_is_never_translated() -> None:
    source = LOOP.replace(".globl  sum", '.section .code, "awx"\n .globl  sum')
    made = machine(source)
    assert hot(made, "sum", 100_000).regions == []


def test_code_that_the_host_changes_loses_its_regions() -> None:
    made = machine()
    tier = hot(made, "sum", 100_000)
    made.call("sum", 100_000)
    assert tier.regions
    address = made.symbol("sum")
    view = made.memory.ram[address - made.memory.base :]
    old = bytes(view[:32])
    assert b"\x16\x95" in old  # c.add a0, t0
    at = old.index(b"\x16\x95")
    view[at : at + 2] = [0x05, 0x05]  # c.addi a0, 1
    assert made.call("sum", 1_000).value == 1_000


def test_a_program_that_ran_before_begins_with_its_regions() -> None:
    hot_machine = machine()
    hot(hot_machine, "sum", 100_000)
    hot_machine.call("sum", 100_000)
    again = machine()
    again.call("sum", 10)
    tier = again.hart.regions
    assert tier is not None
    assert [one.region.steps for one in tier.regions] == [3]


def test_a_damaged_profile_is_ignored() -> None:
    made = machine()
    hot(made, "sum", 100_000)
    made.call("sum", 100_000)
    (path,) = (disk.directory() / "profiles").iterdir()
    stored = json.loads(path.read_text())
    for damage in (b"", b"{", b"[]", json.dumps({"regions": [{"blocks": 3}]}).encode()):
        path.write_bytes(damage)
        assert machine().call("sum", 10).value == 55
    stored["regions"][0]["blocks"] = [[made.symbol("leaf"), 7]]
    path.write_text(json.dumps(stored))
    assert machine().call("sum", 10).value == 55


def _calling(functions: int, calls: int) -> str:
    """A loop over functions that have two returns each and call others, from many places."""
    lines = ["many: mv s0, ra", " li s1, 0", "again:"]
    for i in range(calls):
        lines += [f" andi a2, a0, {i + 1}", f" call f{i % functions}", f" xori a1, a1, {i}"]
    lines += [" addi a0, a0, -1", " bnez a0, again", " mv a0, a1", " jr s0"]
    for i in range(functions):
        lines += [
            f"f{i}: addi a1, a1, {i}",
            f" beqz a2, e{i}",
            " addi sp, sp, -16",
            " sd ra, 0(sp)",
        ]
        lines += [f" call f{i + 1}" if i + 1 < functions else " nop"]
        lines += [" ld ra, 0(sp)", " addi sp, sp, 16", " ret"]
        lines += [f"e{i}: slli a3, a1, 1", " add a1, a1, a3", " ret"]
    return " .globl many\n" + "\n".join(lines) + "\n"


@pytest.mark.parametrize(("functions", "calls"), [(2, 3), (9, 40)])
def test_many_calls_and_returns(functions: int, calls: int) -> None:
    """Few returns lead behind each call by themselves, many by way of one place."""
    source = _calling(functions, calls)
    plain, regional = machine(source, tier="inline"), machine(source)
    wanted = plain.call("many", 3000, 7)
    tier = hot(regional, "many", 3000, 7)
    for _ in range(2):
        found = regional.call("many", 3000, 7)
        assert (found.value, found.trap) == (wanted.value, wanted.trap)
        assert found.executions == wanted.executions
    (made,) = tier.regions
    assert ("\nreturns:" in made.source) == (calls > 3)
    assert ("load volatile i64, ptr %count" in made.source) == (calls > 3)
    (explanation,) = regional.explain(found)
    assert explanation.entries


def test_edges_of_returns_grow_with_the_program_only() -> None:
    """Every return leads behind every call: nobody makes a list of all pairs."""
    made = machine(_calling(40, 400))
    tier = hot(made, "many", 300, 7)
    (region,) = (one.region for one in tier.regions)
    returns = [block for block in region.blocks.values() if block.is_return]
    assert len(returns) > 2
    assert len({id(block.successors) for block in returns}) == 1


def test_ctrl_c_does_not_wait_for_the_compiler(monkeypatch: pytest.MonkeyPatch) -> None:
    """What compiles a loop cannot be interrupted: it is in nobody's way."""
    is_compiling, may_go_on = threading.Event(), threading.Event()
    translate = RegionTier.translate

    def slowly(tier: RegionTier, region: select.Region) -> Any:
        is_compiling.set()
        assert may_go_on.wait(120)
        return translate(tier, region)

    def press() -> None:
        assert is_compiling.wait(60)
        signal.raise_signal(signal.SIGINT)

    made = machine("spin: addi a0, a0, 1\n bnez a0, spin\n ret\n .globl spin\n")
    monkeypatch.setattr(RegionTier, "translate", slowly)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    presser = threading.Thread(target=press)
    presser.start()
    try:
        result = made.call("spin", 1)
    finally:
        signal.signal(signal.SIGINT, before)
        presser.join()
        is_free = may_go_on.is_set()
        may_go_on.set()
    assert not is_free
    assert result.trap is not None
    assert result.trap.kind == TrapKind.INTERRUPTED
    assert made.call("spin", 2**64 - 1000).value == 0
    assert made.hart.regions is not None
    assert len(made.hart.regions.regions) == 1


def test_ctrl_c_ends_a_region(running: Any, tmp_path: Path) -> None:
    source = tmp_path / "spin.s"
    source.write_text(
        "_start: li a0, 1\n la a1, text\n li a2, 1\n li a7, 64\n ecall\n"
        'spin: addi a0, a0, 1\n j spin\n .data\ntext: .ascii "!"\n'
    )
    command = [sys.executable, "-m", "rvx", "run", str(source)]
    with running(command) as process:
        assert process.stdout.read(1) == "!"  # the guest runs
        time.sleep(2)  # and its loop is compiled
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "interrupted at" in said
    assert "<spin" in said


def test_the_cache_keeps_to_its_limit(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("RVX_CACHE_DIR", str(tmp_path / "small"))
    for i in range(4):
        path = tmp_path / "small" / "bodies" / f"{i}"
        assert disk.store(path, bytes(1 << 20))
        os.utime(path, (i, i))
    monkeypatch.setenv("RVX_CACHE_LIMIT", "2")
    assert disk.trim() == 2 << 20
    assert sorted(path.name for path in (tmp_path / "small" / "bodies").iterdir()) == ["2", "3"]


def test_a_comparison_fills_the_whole_register() -> None:
    """Its body gives a boolean; the rest of the register was what had been there before."""
    source = """
        .globl  compare
compare: li     t0, -1
        pmv.w.x p1, t0
1:      mv      a1, t0
        ple.s   a1, p1, p1
        ple.s   a2, p1, p2
        add     a3, a3, a1
        addi    a0, a0, -1
        bnez    a0, 1b
        mv      a0, a3
        ret
"""
    made = machine(source)
    assert hot(made, "compare", 50_000).regions
    made.set_register("a3", 0)
    assert made.call("compare", 50_000).value == 50_000


def test_a_body_that_computes_on_the_host_raises_no_flags_of_the_guest() -> None:
    source = """
        .globl  mixed
mixed:  li      t0, 3
        pcvt.s.w p1, t0
        fcvt.d.w fa1, t0
        mv      t1, a0
1:      fadd.d  fa0, fa1, fa1           # exact, by the host's unit in a region
        psqrt.s p2, p1                  # not exact, and none of fflags' business
        addi    t1, t1, -1
        bnez    t1, 1b
        frflags a0
        ret
"""
    made = machine(source)
    assert hot(made, "mixed", 50_000).regions
    assert made.call("mixed", 50_000).value == 0
    assert "feclearexcept(i32 %flags" in made.region_code()
