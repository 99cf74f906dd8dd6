"""Load-reserved and store-conditional: pairs of instructions, so not compared one at a time."""

from collections.abc import Callable

import pytest

from rvx.extensions import isa_for
from rvx.isa import Decoded, Isa

from .conftest import DATA, Bodies, Hart

RD, BASE, SOURCE = 10, 11, 12


def run(ours: Bodies, mnemonic: str, hart: Hart) -> Hart:
    made = ours.isa.instructions[mnemonic]
    values = {"rd": RD, "rs1": BASE, "rs2": SOURCE}
    values = {name: values[name] for name in made.operands}
    return ours.perform(Decoded(made, made.encode(values), values), hart)


@pytest.fixture
def hart() -> Hart:
    start = Hart(data=bytes(range(0x80, 0xA0)))
    start.x[BASE], start.x[SOURCE] = DATA + 8, 0x1122334455667788
    return start


@pytest.mark.parametrize(
    ("width", "loaded", "stored"),
    [
        ("w", -0x74757678, bytes.fromhex("88776655")),
        ("d", -0x7071727374757678, bytes.fromhex("8877665544332211")),
    ],
)
def test_a_reserved_store_succeeds_once(
    bodies: Callable[[Isa], Bodies], hart: Hart, width: str, loaded: int, stored: bytes
) -> None:
    ours = bodies(isa_for("rv64ia"))
    after = run(ours, f"lr.{width}", hart)
    assert after.x[RD] == loaded
    assert after.data == hart.data
    after = run(ours, f"sc.{width}", after)
    assert after.x[RD] == 0
    assert after.data == hart.data[:8] + stored + hart.data[8 + len(stored) :]
    again = run(ours, f"sc.{width}", after)
    assert again.x[RD] == 1
    assert again.data == after.data


def test_a_store_elsewhere_fails_and_ends_the_reservation(
    bodies: Callable[[Isa], Bodies], hart: Hart
) -> None:
    ours = bodies(isa_for("rv64ia"))
    run(ours, "lr.d.aq", hart)
    hart.x[BASE] += 8
    after = run(ours, "sc.d.rl", hart)
    assert after.x[RD] == 1
    hart.x[BASE] -= 8
    after = run(ours, "sc.d", hart)
    assert after.x[RD] == 1
    assert after.data == hart.data


@pytest.mark.parametrize("order", ["", ".aq", ".rl", ".aqrl"])
def test_every_atomic_instruction_has_the_four_orders(order: str) -> None:
    isa = isa_for("rv64ia")
    names = "lr sc amoswap amoadd amoxor amoand amoor amomin amomax amominu amomaxu".split()
    bits = {"": 0, ".aq": 2, ".rl": 1, ".aqrl": 3}[order]
    for name in names:
        for width in "wd":
            made = isa.instructions[f"{name}.{width}{order}"]
            assert made.pattern.match >> 25 & 3 == bits
