"""Damaged ELF files are refused with a sentence, whatever is wrong with them."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from rvx.emulator import LoadError, Machine, MemoryLayoutError, load_executable

HEADER = 64


@pytest.fixture(scope="module")
def program(lab: Any) -> bytes:
    elf: bytes = lab.elf(
        "_start: mac a0, a1, a2\n ret\n.data\nhere: .word 1, 2, 3\n.bss\n.space 99"
    )
    return elf


def _load(lab: Any, data: bytes) -> Machine | None:
    """A machine, or nothing if the file was refused in a proper way."""
    try:
        executable = load_executable(data)
        return Machine(data, lab.isa(executable.xlen), memory=4096)
    except (LoadError, MemoryLayoutError):
        return None


def test_every_truncation(lab: Any, program: bytes) -> None:
    assert _load(lab, program) is not None
    for length in range(HEADER):
        with pytest.raises(LoadError):
            load_executable(program[:length])
    for length in range(HEADER, len(program), 7):
        _load(lab, program[:length])


def test_every_byte_of_the_headers(lab: Any, program: bytes) -> None:
    (segments,) = struct.unpack_from("<H", program, 56)
    for at in range(HEADER + 56 * segments):
        for value in (0x80, 0xFF, program[at] ^ 1):
            damaged = bytearray(program)
            damaged[at] = value
            _load(lab, bytes(damaged))


def _mutated(draw: random.Random, program: bytes) -> bytes:
    data = bytearray(program)
    for _ in range(draw.choice((1, 2, 3, 8, 40))):
        at = draw.randrange(len(data))
        kind = draw.randrange(5)
        if kind == 0:
            data[at] = draw.randrange(256)
        elif kind == 1:
            size = draw.choice((2, 4, 8))
            value = draw.choice((0, 1, (1 << 8 * size) - 1, 1 << 8 * size - 1, len(data)))
            data[at : at + size] = value.to_bytes(size, "little")
        elif kind == 2:
            del data[at : at + draw.randrange(1, 64)]
        elif kind == 3:
            data[at:at] = draw.randbytes(draw.randrange(1, 64))
        else:
            data[at] ^= 1 << draw.randrange(8)
        if not data:
            return b""
    return bytes(data)


def _run_mutations(lab: Any, program: bytes, count: int, seed: int) -> int:
    draw = random.Random(seed)
    loaded = 0
    for _ in range(count):
        machine = _load(lab, _mutated(draw, program))
        if machine is not None:
            loaded += 1
            machine.run(max_instructions=50)
    return loaded


def test_random_mutations(lab: Any, program: bytes) -> None:
    assert _run_mutations(lab, program, 150, 1) > 30


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_random_mutations(lab: Any, program: bytes, seed: int) -> None:
    assert _run_mutations(lab, program, 20_000, seed) > 1000


def _with(program: bytes, layout: str, at: int, value: int) -> bytes:
    data = bytearray(program)
    struct.pack_into(layout, data, at, value)
    return bytes(data)


REFUSED = {
    "empty": (lambda p: b"", "not a valid ELF file"),
    "text": (lambda p: b"#!/bin/sh\n" * 20, "not a valid ELF file: Magic number does not match"),
    "other machine": (lambda p: _with(p, "<H", 18, 62), "for EM_X86_64, not for RISC-V"),
    "object file": (lambda p: _with(p, "<H", 16, 1), "of type ET_REL; only a linked executable"),
    "segment beyond the file": (
        lambda p: _with(p, "<Q", HEADER + 32, 1 << 40),
        r"claims 1099511627776 bytes at offset \d+, the file has \d+",
    ),
    "segment with less memory than bytes": (
        lambda p: _with(p, "<Q", HEADER + 40, 1),
        r"the segment at 0x\w+ takes \d+ bytes of the file and has 1$",
    ),
    "segment beyond memory": (
        lambda p: _with(p, "<Q", HEADER + 40, 1 << 62),
        "of 4611686018427387904 bytes does not fit memory",
    ),
    "interpreter": (lambda p: _with(p, "<I", HEADER, 3), "dynamically linked.* -static"),
}


@pytest.mark.parametrize("case", REFUSED.values(), ids=REFUSED)
def test_refusal(program: bytes, case: tuple[Any, str]) -> None:
    damage, said = case
    with pytest.raises(LoadError, match=said):
        load_executable(damage(program))


def test_big_endian_is_refused(program: bytes) -> None:
    with pytest.raises(LoadError):
        load_executable(program[:5] + b"\x02" + program[6:])


def test_no_such_file(tmp_path: Any) -> None:
    with pytest.raises(LoadError, match=r"nothing\.elf: cannot be read: No such file"):
        load_executable(tmp_path / "nothing.elf")


def test_a_folder_is_no_file(tmp_path: Any) -> None:
    with pytest.raises(LoadError, match="cannot be read: Is a directory"):
        load_executable(tmp_path)


def test_segments_that_lie_far_apart(lab: Any, program: bytes) -> None:
    moved = _with(program, "<Q", HEADER + 16, 1 << 46)
    with pytest.raises(MemoryLayoutError, match="more than the 32 TiB that are mapped"):
        Machine(moved, lab.isa())


def test_a_program_at_the_end_of_the_address_space(lab: Any, program: bytes) -> None:
    (segments,) = struct.unpack_from("<H", program, 56)
    high = program
    for i in range(segments):
        high = _with(high, "<Q", HEADER + 56 * i + 16, (1 << 64) - (1 << 20) * (segments - i))
    with pytest.raises(MemoryLayoutError, match="is beyond 0x4000000000000000, the end of memory"):
        Machine(high, lab.isa())
