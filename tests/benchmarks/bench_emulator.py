"""What an instruction costs in the emulator: `python tests/benchmarks/bench_emulator.py`.

All rows are measured in turn, several times over, in one process; the table shows medians. The
baseline is what one writes first with Unicorn: a Python function on UC_HOOK_INTR that reads three
registers and writes one. Times are processor times, so that other programs on the machine matter
less. Nothing here fails because a machine is slow.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import unicorn
from unicorn import riscv_const as regs

from rvx.assembler import assemble
from rvx.emulator import Machine
from rvx.extensions import isa_for
from rvx.isa import Extension

Xbench = Extension("Xbench", version="1.0", doc="Instructions that do next to nothing")


@Xbench.instruction("bare", "0000000 00000 00000 000 00000 1011011")
def bare() -> None:
    """Does nothing: what an inline hook costs by itself."""


@Xbench.instruction("mac rd, rs1, rs2", "0000000 rs2 rs1 001 rd 1011011")
def mac(rd: int, rs1: int, rs2: int) -> int:
    """rd += rs1 * rs2."""
    return rd + rs1 * rs2


MAC_WORD = Xbench.instructions["mac"].encode({"rd": 10, "rs1": 11, "rs2": 12})
LOOP = "mv t0, a0\n li a1, 3\n li a2, 5\n1: {}\n addi t0, t0, -1\n bnez t0, 1b\n ret"
SHORT_BLOCKS = """mv t0, a0
1: andi t1, t0, 1
   beqz t1, 2f
   addi a1, a1, 3
   j 3f
2: addi a1, a1, 1
   xor a2, a2, a1
3: andi t1, t0, 2
   beqz t1, 4f
   sub a2, a2, a1
4: addi t0, t0, -1
   bnez t0, 1b
   ret"""
ONE_BLOCK = "mv t0, a0\n1: addi a1, a1, 1\n addi t0, t0, -1\n bnez t0, 1b\n ret"
NAIVE, BARE = "mac, Python hook", "bare hook, inline"


@dataclass(frozen=True)
class Row:
    """One measured loop.

    Attributes:
        name: for the table.
        run: runs so many rounds of the loop, and gives the seconds.
        rounds: how many.
        raw: the row of the same loop on Unicorn without hooks, if it is compared with that.
        wanted: what the ratio to the baseline should be at least, 0 if nothing is asked for.
        wanted_of_bare: the same of the ratio to the inline hook that does nothing.
    """

    name: str
    run: Callable[[int], float]
    rounds: int
    raw: str = ""
    wanted: float = 0
    wanted_of_bare: float = 0


def naive(rounds: int) -> float:
    """The custom loop with a Python function on UC_HOOK_INTR."""
    uc, start, end = _raw(LOOP.format("mac a0, a1, a2"), rounds)

    def on_trap(uc: Any, _cause: int, _data: Any) -> None:
        total = uc.reg_read(regs.UC_RISCV_REG_A0)
        total += uc.reg_read(regs.UC_RISCV_REG_A1) * uc.reg_read(regs.UC_RISCV_REG_A2)
        uc.reg_write(regs.UC_RISCV_REG_A0, total & (1 << 64) - 1)

    uc.hook_add(unicorn.UC_HOOK_INTR, on_trap)
    return _seconds(lambda: uc.emu_start(start, end))


def without_hooks(text: str) -> Callable[[int], float]:
    """The loop on plain Unicorn."""

    def run(rounds: int) -> float:
        uc, start, end = _raw(text, rounds)
        return _seconds(lambda: uc.emu_start(start, end))

    return run


def _raw(text: str, rounds: int) -> tuple[Any, int, int]:
    program = assemble(f".option norvc\n_start: {text}\n", isa_for("rv64gc", extra=[Xbench]))
    code = program.section(".text")
    uc = unicorn.Uc(unicorn.UC_ARCH_RISCV, unicorn.UC_MODE_RISCV64)
    uc.mem_map(code.address, 1 << 16)
    uc.mem_write(code.address, code.data)
    uc.reg_write(regs.UC_RISCV_REG_A0, rounds)
    end = code.address + len(code.data)
    uc.reg_write(regs.UC_RISCV_REG_RA, end)
    return uc, code.address, end


def _seconds(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def emulated(
    text: str, tier: str = "inline", extra: tuple[Any, ...] = ()
) -> Callable[[int], float]:
    """The loop on rvx, counts on; compiled and hot before it is measured."""
    isa = isa_for("rv64gc", extra=[Xbench, *extra])
    program = assemble(f".option norvc\n_start: ret\nloop: {text}\n", isa)
    machine = Machine(program, isa, tier=tier)  # type: ignore[arg-type]
    for register, value in (("f11", 0x3C003C00), ("f12", 0x40003800)):
        machine.set_register(register, value)
    if "p11" in isa.registers:
        machine.set_register("p11", 0x4B000000)
        machine.set_register("p12", 0x39000000)
    # Long enough for the region tier to have looked at it.
    machine.call("loop", 10_000_000 if tier == "region" else 10_000)

    def run(rounds: int) -> float:
        return _seconds(lambda: machine.call("loop", rounds))

    return run


def rows() -> list[Row]:
    """All rows; those of an instruction come with every tier that there is for it."""
    made = [
        Row(NAIVE, naive, 10_000),
        Row("mac, trap", emulated(LOOP.format("mac a0, a1, a2"), "trap"), 1_000_000),
        Row(BARE, emulated(LOOP.format("bare")), 4_000_000),
        Row("mac, inline", emulated(LOOP.format("mac a0, a1, a2")), 4_000_000, wanted=200),
    ]
    instructions = [
        ("vfdotpex.s.h fa0, fa1, fa2", "xsmallfloat", 60, 0.25),
        ("vfdotpex.h.b fa0, fa1, fa2", "xsmallfloat", 0, 0.25),
        ("vfmac.h fa0, fa1, fa2", "xsmallfloat", 0, 0.25),
        ("qmadd.s p11, p12", "xposit", 60, 0),
        ("padd.s p10, p11, p12", "xposit", 0, 0),
        ("pmul.s p10, p11, p12", "xposit", 0, 0),
    ]
    for text, extension, wanted, of_bare in instructions:
        run = emulated(LOOP.format(text), "inline", (extension,))
        row = Row(f"{text.split()[0]}, inline", run, 2_000_000, "", wanted, of_bare)
        made.append(row)
    for name, text in (("one block", ONE_BLOCK), ("short blocks", SHORT_BLOCKS)):
        made.append(Row(f"{name}, no hook", without_hooks(text), 10_000_000))
        made.append(Row(f"{name}, counted", emulated(text), 10_000_000, raw=f"{name}, no hook"))
    made.append(Row("mac, region", emulated(LOOP.format("mac a0, a1, a2"), "region"), 100_000_000))
    return made


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="how often everything is measured")
    chosen = parser.parse_args()
    measured = rows()
    nanoseconds: dict[str, list[float]] = {row.name: [] for row in measured}
    for _ in range(chosen.rounds):
        for row in measured:
            nanoseconds[row.name].append(row.run(row.rounds) / row.rounds * 1e9)
    median = {name: statistics.median(values) for name, values in nanoseconds.items()}
    columns = f"{'x naive':>8} {'x bare':>7} {'x no hook':>9}"
    print(f"{'loop':24} {'ns':>8} {'M/s':>8} {columns}  wanted")
    for row in measured:
        cost = median[row.name]
        ratio = f"{median[NAIVE] / cost:8.0f}" if not row.raw and "no hook" not in row.name else ""
        raw = f"{median[row.raw] / cost:9.2f}" if row.raw else ""
        bare = f"{median[BARE] / cost:7.2f}" if row.name.endswith("inline") else ""
        wanted = [f">= {row.wanted:.0f} x naive"] if row.wanted else []
        wanted += [f">= {row.wanted_of_bare} x bare"] if row.wanted_of_bare else []
        wanted += [">= 0.5 x no hook"] if row.name == "short blocks, counted" else []
        columns = f"{ratio:>8} {bare:>7} {raw:>9}  {', '.join(wanted)}"
        print(f"{row.name:24} {cost:8.2f} {1e3 / cost:8.1f} {columns}".rstrip())


if __name__ == "__main__":
    main()
