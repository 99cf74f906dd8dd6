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


ODD = {
    "empty.elf": b"",
    "nuls.elf": bytes(4096),
    "nuls.s": bytes(4096),
    "utf16.s": "nop\n".encode("utf-16"),
    "utf16.json": "{}".encode("utf-16"),
}
ON_A_FILE = (
    *("asm FILE|asm -c FILE -o o|dis FILE|run FILE|debug FILE|diff-trace FILE FILE".split("|")),
    *("run good.s --ext FILE|isa check FILE|report FILE -o r.html|lm FILE --prompt a".split("|")),
    *("train --text FILE|compare FILE|search FILE -o s|format FILE 1|isa show FILE".split("|")),
)


@pytest.mark.parametrize("line", ON_A_FILE)
def test_files_that_are_something_else_are_called_so(rvx, line, tmp_path, monkeypatch):
    """A folder, a file that cannot be read, and those that hold nothing of use."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.s").write_text("ebreak\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "loop").symlink_to("loop")
    for name, data in ODD.items():
        (tmp_path / name).write_bytes(data)
    for name in ("folder", "loop", *ODD):
        if "--text" in line and name.startswith("empty"):
            continue  # a text of no words, which is said
        said = rvx(*line.replace("FILE", name).split())
        assert said.code == 2, (name, said)
        sentence = said.err.removeprefix("error: ")
        assert sentence.count("\n") == 1
        assert sentence.startswith("there is no") or name in sentence, sentence
        for python in ("Error", "Errno", "codec", "NoneType", "expected"):
            assert python not in sentence


def test_what_is_wrong_with_a_file_is_said(rvx, program, tmp_path):
    path = tmp_path / "x.elf"
    for data, said in {
        b"": "'x.elf' is neither an ELF file nor a source: it is empty",
        "nop".encode("utf-16"): "nor a source: it is text in UTF-16",
        program[:20]: "it is damaged: it ends in the middle of a table",
    }.items():
        path.write_bytes(data)
        assert said.replace("'x.elf'", f"'{path}'") in rvx("run", path).err


def test_a_byte_order_mark_is_no_part_of_a_text(rvx, tmp_path):
    (tmp_path / "part.s").write_bytes(b"\xef\xbb\xbfli a0, 0\nli a7, 93\necall\n")
    path = tmp_path / "bom.s"
    path.write_bytes(b'\xef\xbb\xbf_start: .include "part.s"\n')
    assert rvx("run", path).code == 0
    (tmp_path / "part.s").write_bytes("nop\n".encode("utf-16"))
    assert "part.s' is not text in UTF-8: it is text in UTF-16" in rvx("run", path).err


def test_a_page_needs_a_name(rvx, tmp_path):
    said = rvx("report", tmp_path)
    assert (said.code, said.err) == (
        2,
        "error: missing option '--output' / '-o' (see rvx report --help)\n",
    )
