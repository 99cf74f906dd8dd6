"""Words of the vector extension against GNU objdump, text for text."""

import random
import re
import struct
import subprocess
from pathlib import Path

import pytest

from rvx.disassembler import disassemble
from rvx.extensions import isa_for

from .words import GNU, random_words

WORDS_PER_INSTRUCTION = 20


@pytest.mark.parametrize("aliases", [True, False], ids=["aliases", "no-aliases"])
def test_random_words_of_every_instruction(aliases: bool, tmp_path: Path) -> None:
    isa = isa_for("rv64gcv")
    rng = random.Random(aliases)
    words = [
        word
        for made in isa.instructions.values()
        if made.extension in ("Zve32x", "Zve32f")
        for word in random_words(made, isa, rng, WORDS_PER_INSTRUCTION)
    ]
    source, made_file = tmp_path / "words.s", tmp_path / "words.o"
    source.write_text("".join(f".insn 4, {word:#x}\n" for word in words))
    subprocess.run([f"{GNU}as", "-march=rv64gcv", source, "-o", made_file], check=True)
    options = [] if aliases else ["-M", "no-aliases"]
    command = [f"{GNU}objdump", "-d", "-z", *options, str(made_file)]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    theirs = re.findall(r"^ +[0-9a-f]+:\t[0-9a-f]{8} +\t(.*)$", output, re.MULTILINE)
    code = b"".join(struct.pack("<I", word) for word in words)
    ours = [line.text for line in disassemble(code, 0, isa, aliases=aliases)]
    assert len(theirs) == len(ours) == len(words)
    different = [
        (f"{word:#010x}", gnu, rvx)
        for word, gnu, rvx in zip(words, theirs, ours, strict=True)
        if " ".join(gnu.split()) != " ".join(rvx.split())
    ]
    assert different[:10] == []
