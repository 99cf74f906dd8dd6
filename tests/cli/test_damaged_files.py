"""ELF files that were damaged on purpose: every command answers with a sentence."""

import random
import struct

import pytest

from rvx.errors import RvxError

SOURCE = """
    .globl _start
_start: la a0, x
    lw a0, 0(a0)
    call f
    li a7, 93
    ecall
    .type f, @function
f:  addi a0, a0, -5
    ret
    .data
x:  .word 5
    .bss
    .space 100
"""
COMMANDS = (["run", "--max-instructions", "100"], ["dis", "-l", "-r"], ["dis", "--json"])
EDGES = (0, 1, 2, 4, 7, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 1 << 33)
EDGES += (0x7FFFFFFFFFFFFFFF, 0x8000000000000000, 0xFFFFFFFFFFFFFFFF, 0xFFFFFFFFFFFFF000)


@pytest.fixture
def program(rvx, source, tmp_path):
    """An executable with symbols, notes and debug information."""
    path = tmp_path / "whole.elf"
    assert rvx("asm", "-g", source(SOURCE), "-o", path).code == 0
    return path.read_bytes()


def fields(data):
    """Offset and size of every field of the headers: of the file, of segments, of sections."""
    halves, words, longs = (16, 18, *range(52, 64, 2)), (20, 48), (24, 32, 40)
    places = [(at, 2) for at in halves] + [(at, 4) for at in words] + [(at, 8) for at in longs]
    places += [(at, 1) for at in range(4, 16)]
    (segments, sections) = struct.unpack_from("<QQ", data, 32)
    count, entries = struct.unpack_from("<H", data, 56)[0], struct.unpack_from("<H", data, 60)[0]
    for n in range(count):
        at = segments + 56 * n
        places += [(at, 4), (at + 4, 4), *((at + o, 8) for o in range(8, 56, 8))]
    for n in range(entries):
        at = sections + 64 * n
        places += [(at, 4), (at + 4, 4), *((at + o, 8) for o in (8, 16, 24, 32, 48, 56))]
        places += [(at + 40, 4), (at + 44, 4)]
    return places


def damaged(data, draw, places):
    """The file with a few fields of its headers, or bytes anywhere, set to something else."""
    made = bytearray(data)
    for _ in range(draw.choice((1, 1, 2, 4))):
        if draw.random() < 0.8:
            at, size = draw.choice(places)
            value = draw.choice((*EDGES, len(data), draw.getrandbits(8 * size)))
            if draw.random() < 0.3:
                value = int.from_bytes(data[at : at + size], "little") + draw.choice((-1, 1, 8))
            made[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        else:
            made[draw.randrange(len(made))] = draw.getrandbits(8)
    if draw.random() < 0.1:
        del made[draw.randrange(len(made)) :]
    return bytes(made)


def attack(rvx, program, path, count, seed):
    draw = random.Random(seed)
    places = fields(program)
    codes = []
    for number in range(count):
        path.write_bytes(damaged(program, draw, places))
        command, *options = COMMANDS[number % len(COMMANDS)]
        try:
            done = rvx(command, path, *options)
        except RvxError as error:  # shown by the program, which is not started here
            codes.append(error.exit_code)
            continue
        assert done.code in (0, 1, 2, 3, 4, 5), (seed, number, done)
        codes.append(done.code)
    return codes


def test_every_command_answers_with_a_sentence(rvx, program, tmp_path):
    codes = attack(rvx, program, tmp_path / "damaged.elf", 120, 1)
    assert {0, 2} <= set(codes)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_damaged_files(rvx, program, tmp_path, seed):
    """12,000 files: some ten minutes."""
    attack(rvx, program, tmp_path / "damaged.elf", 1200, seed)


def test_a_file_of_another_machine_is_not_called_damaged(rvx, program, tmp_path):
    path = tmp_path / "other.elf"
    path.write_bytes(program[:18] + struct.pack("<H", 62) + program[20:])
    said = rvx("run", path)
    assert said.code == 2
    assert "it is for EM_X86_64" in said.err
    assert "damaged" not in said.err
