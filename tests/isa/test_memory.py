"""Guest memory as bodies see it: values, bounds, permissions and the note of the first fault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from rvx import jit
from rvx.isa import Memory, memory
from rvx.isa.memory import (
    CODE_WRITTEN,
    EXECUTABLE,
    FAULT_ADDRESS,
    FAULT_KIND,
    FAULT_LOAD,
    FAULT_NONE,
    FAULT_SIZE,
    FAULT_STORE,
    READABLE,
    WRITABLE,
)

BASE, PAGE = 0x8000_0000, 4096
LOADS = {
    memory.load_u8: (1, False),
    memory.load_s8: (1, True),
    memory.load_u16: (2, False),
    memory.load_s16: (2, True),
    memory.load_u32: (4, False),
    memory.load_s32: (4, True),
    memory.load_64: (8, True),
}
STORES = {memory.store_8: 1, memory.store_16: 2, memory.store_32: 4, memory.store_64: 8}
PERMISSIONS = (
    READABLE | WRITABLE,
    READABLE,
    0,
    READABLE | WRITABLE | EXECUTABLE,
)


def make(is_compiled: bool, mask: int = -1) -> Memory:
    """Four pages: for data, for constants, for nobody, and for code that may be written."""
    ram = np.arange(4 * PAGE, dtype=np.int64).astype(np.uint8)
    return Memory(
        ram if is_compiled else memoryview(ram),
        np.array(PERMISSIONS, np.uint8),
        np.array([BASE, len(ram), mask], np.int64),
        np.zeros(4, np.int64),
    )


@pytest.fixture(params=[False, True], ids=["interpreted", "compiled"])
def way(request: pytest.FixtureRequest) -> tuple[bool, Callable[[Any], Any]]:
    return request.param, jit.native if request.param else lambda function: function


def call(way: tuple[bool, Callable[[Any], Any]], function: Any, *arguments: Any) -> Any:
    first, *rest = arguments
    return way[1](function)(first, *(np.int64(each) for each in rest))


def test_loads_are_little_endian_and_extended(way: tuple[bool, Callable[[Any], Any]]) -> None:
    mem = make(way[0])
    for load, (size, is_signed) in LOADS.items():
        for offset in (0, 1, 0x7F, 0xFD, PAGE - 3):
            expected = int.from_bytes(
                bytes(mem.ram[offset : offset + size]),  # type: ignore[index, arg-type]
                "little",
                signed=is_signed,
            )
            assert int(call(way, load, mem, BASE + offset)) == expected
    assert mem.fault[FAULT_KIND] == FAULT_NONE


def test_stores_write_what_they_are_wide(way: tuple[bool, Callable[[Any], Any]]) -> None:
    value = -0x0123456789ABCDEF
    for store, size in STORES.items():
        mem = make(way[0])
        before = bytes(mem.ram)  # type: ignore[arg-type]
        call(way, store, mem, BASE + 5, value)
        low = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        assert bytes(mem.ram) == before[:5] + low + before[5 + size :]  # type: ignore[arg-type]
        assert list(mem.fault) == [0, 0, 0, 0]  # type: ignore[call-overload]


@pytest.mark.parametrize("offset", [-1, -8, 4 * PAGE - 7, 4 * PAGE, 1 << 40])
def test_accesses_outside_are_noted(way: tuple[bool, Callable[[Any], Any]], offset: int) -> None:
    mem = make(way[0])
    before = bytes(mem.ram)  # type: ignore[arg-type]
    assert int(call(way, memory.load_64, mem, BASE + offset)) == 0
    assert [int(word) for word in mem.fault] == [FAULT_LOAD, BASE + offset, 8, 0]  # type: ignore[attr-defined]
    call(way, memory.store_64, mem, BASE + offset, -1)
    assert mem.fault[FAULT_KIND] == FAULT_LOAD, "the first fault stays"
    mem = make(way[0])
    call(way, memory.store_64, mem, BASE + offset, -1)
    assert mem.fault[FAULT_KIND] == FAULT_STORE
    assert mem.fault[FAULT_ADDRESS] == BASE + offset
    assert mem.fault[FAULT_SIZE] == 8
    assert bytes(mem.ram) == before  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("page", "loads", "stores", "is_code"),
    [(0, True, True, 0), (1, True, False, 0), (2, False, False, 0), (3, True, True, 1)],
)
def test_pages_have_permissions(
    way: tuple[bool, Callable[[Any], Any]], page: int, loads: bool, stores: bool, is_code: int
) -> None:
    mem = make(way[0])
    call(way, memory.load_u32, mem, BASE + page * PAGE + 8)
    assert (mem.fault[FAULT_KIND] == FAULT_NONE) == loads
    mem = make(way[0])
    call(way, memory.store_32, mem, BASE + page * PAGE + 8, 0)
    assert (mem.fault[FAULT_KIND] == FAULT_NONE) == stores
    assert mem.fault[CODE_WRITTEN] == is_code


def test_an_access_across_pages_needs_both(way: tuple[bool, Callable[[Any], Any]]) -> None:
    mem = make(way[0])
    call(way, memory.store_32, mem, BASE + PAGE - 2, 0)
    assert mem.fault[FAULT_KIND] == FAULT_STORE
    mem = make(way[0])
    call(way, memory.load_u32, mem, BASE + 2 * PAGE - 2)
    assert mem.fault[FAULT_KIND] == FAULT_LOAD
    mem = make(way[0])
    call(way, memory.load_u32, mem, BASE + PAGE - 2)
    assert mem.fault[FAULT_KIND] == FAULT_NONE


def test_addresses_of_rv32_arrive_sign_extended(way: tuple[bool, Callable[[Any], Any]]) -> None:
    mem = make(way[0], mask=0xFFFFFFFF)
    assert int(call(way, memory.load_u8, mem, BASE - (1 << 32) + 3)) == 3
    call(way, memory.load_u8, mem, -1)
    assert mem.fault[FAULT_ADDRESS] == 0xFFFFFFFF
