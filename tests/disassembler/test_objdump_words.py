"""Every base word against GNU objdump, with aliases and without."""

from __future__ import annotations

import random
import re
import struct
import subprocess
from pathlib import Path

import pytest

from rvx.disassembler import disassemble
from rvx.extensions import isa_for
from rvx.extensions.csr_names import NEWER_NAMES

from .words import GNU, objdump, random_words

ALIASES = pytest.mark.parametrize("aliases", [True, False], ids=["aliases", "no-aliases"])
XLEN = pytest.mark.parametrize("xlen", [32, 64])
WORDS_PER_INSTRUCTION = 60
RATIFIED = (
    "gc_zihintpause_zicbom_zicbop_zicboz_zawrs_zba_zbb_zbc_zbs_zbkb_zbkc_zbkx_zknd_zkne_zknh_"
    "zksed_zksh_svinval"
)
"""Integer extensions beyond those of g and c that binutils 2.40 knows."""
NEWER = ("Zb", "Zk", "Za", "Zicbo", "Svinval")

# What rvx prints otherwise on purpose, as pairs of patterns of objdump's text and ours.
DIFFERENCES = [
    # rvx's text assembles to the same word, objdump's does not.
    (r"fence .*unknown.*", r"fence .*\b0\b.*|pause"),
    # The rounding mode of an exact conversion: legal, without effect, unknown to objdump.
    (r"\.4byte .*", r"fcvt\.d\.(w|wu|s) .*,(rtz|rdn|rup|rmm|dyn)"),
    # Fields that the standard says to ignore.
    (r"\.4byte .*", r"fence(\.i|\.tso)?( .*)?"),
    # Reserved rounding modes, and shifts by 32 or more on RV32, are illegal.
    (r"f.*,unknown", r"\.4byte .*"),
    (r"(c\.)?s(ll|rl|ra)i? .*,0x[23].", r"\.[24]byte .*"),
    (r"(c\.addi16sp|add sp,) ?sp,0", r"\.2byte 0x6101"),
    (r"c\.addi zero,0", r"c\.nop"),
]


def is_intended(theirs: str, ours: str) -> bool:
    return any(re.fullmatch(one, theirs) and re.fullmatch(two, ours) for one, two in DIFFERENCES)


def compare(code: bytes, xlen: int, aliases: bool, tmp_path: Path) -> int:
    """Asserts that both say the same; the number of intended differences."""
    options = () if aliases else ("-M", "no-aliases")
    expected = objdump(code, xlen, tmp_path / "code.bin", *options)
    lines = list(disassemble(code, 0, isa_for(f"rv{xlen}gc_zihintpause"), aliases=aliases))
    assert len(lines) == len(expected)
    different = [
        (line.word, theirs, line.text)
        for line, (word, theirs) in zip(lines, expected, strict=True)
        if theirs != line.text or word != line.word
    ]
    unintended = [each for each in different if not is_intended(*each[1:])]
    assert not unintended, unintended[:10]
    return len(different)


@XLEN
@ALIASES
def test_every_compressed_word(xlen: int, aliases: bool, tmp_path: Path) -> None:
    code = b"".join(struct.pack("<H", word) for word in range(1 << 16) if word & 3 != 3)
    different = compare(code, xlen, aliases, tmp_path)
    assert (
        different
        == {(64, True): 1, (64, False): 2, (32, True): 1537, (32, False): 1538}[xlen, aliases]
    )


@XLEN
@ALIASES
def test_random_words_of_every_instruction(xlen: int, aliases: bool, tmp_path: Path) -> None:
    isa = isa_for(f"rv{xlen}gc_zihintpause")
    rng = random.Random(f"{xlen} {aliases}")
    words = [
        word
        for made in isa.instructions.values()
        if made.size == 4
        for word in random_words(made, isa, rng, WORDS_PER_INSTRUCTION)
    ]
    assert len(words) == {32: 159, 64: 230}[xlen] * WORDS_PER_INSTRUCTION
    code = b"".join(struct.pack("<I", word) for word in words)
    different = compare(code, xlen, aliases, tmp_path)
    assert different < 6 * WORDS_PER_INSTRUCTION


@XLEN
def test_words_of_any_bits(xlen: int, tmp_path: Path) -> None:
    rng = random.Random(xlen)
    major = [opcode << 2 | 3 for opcode in range(32) if opcode & 7 != 7]
    words = [rng.getrandbits(25) << 7 | rng.choice(major) for _ in range(20_000)]
    compare(b"".join(struct.pack("<I", word) for word in words), xlen, True, tmp_path)


@XLEN
@ALIASES
def test_words_of_ratified_extensions(xlen: int, aliases: bool, tmp_path: Path) -> None:
    isa = isa_for(f"rv{xlen}{RATIFIED}")
    rng = random.Random(f"{xlen} {aliases}")
    added = [made for made in isa.instructions.values() if made.extension.startswith(NEWER)]
    words = [word for made in added for word in random_words(made, isa, rng, 20)]
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    source.write_text("".join(f".insn 4, {word:#x}\n" for word in words))
    march = f"-march=rv{xlen}{RATIFIED}"
    abi = "-mabi=lp64d" if xlen == 64 else "-mabi=ilp32d"
    subprocess.run([f"{GNU}as", march, abi, source, "-o", made], check=True)
    options = [] if aliases else ["-M", "no-aliases"]
    command = [f"{GNU}objdump", "-d", "-z", *options, made]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    rows = [line.split("\t", 2) for line in output.splitlines() if line.count("\t") >= 2]
    theirs = [" ".join(text.split()) for _, _, text in rows]
    code = b"".join(struct.pack("<I", word) for word in words)
    ours = [line.text for line in disassemble(code, 0, isa, aliases=aliases)]
    assert len(ours) == len(theirs)
    different = [pair for pair in zip(theirs, ours, strict=True) if pair[0] != pair[1]]
    assert not [pair for pair in different if not is_intended(*pair)][:10]


@ALIASES
def test_every_csr(aliases: bool, tmp_path: Path) -> None:
    words = [number << 20 | source << 15 | 0x2573 for number in range(4096) for source in (0, 11)]
    code = b"".join(struct.pack("<I", word) for word in words)
    assert compare(code, 64, aliases, tmp_path) == 0


def test_every_csr_name_is_one_of_gnu_as(tmp_path: Path) -> None:
    source, made = tmp_path / "a.s", tmp_path / "a.o"
    known = isa_for("rv64gc").csr_names
    names = {name: number for name, number in known.items() if name not in NEWER_NAMES}
    source.write_text("".join(f"csrrs a0, {name}, zero\n" for name in names))
    subprocess.run([f"{GNU}as", "-march=rv64gc", source, "-o", made], check=True)
    command = [f"{GNU}objdump", "-d", "-z", made]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    theirs = [int(word[:3], 16) for word in re.findall(r":\t([0-9a-f]{8})", output)]
    assert theirs == list(names.values())
