import pytest

from rvx import extensions
from rvx.export.diagram import boxes, draw


def made(name, mnemonic):
    return extensions.load(name).instructions[mnemonic]


def test_the_diagram_of_an_add():
    assert draw(made("m", "mul")) == (
        " 31     25 24   20 19   15 14   12 11   7 6       0\n"
        "+---------+-------+-------+-------+------+---------+\n"
        "| 0000001 |  rs2  |  rs1  |  000  |  rd  | 0110011 |\n"
        "+---------+-------+-------+-------+------+---------+"
    )


def test_split_immediates_say_which_bits_they_hold():
    texts = [box.text for box in boxes(made("i", "beq"))]
    split = ["offset[12]", "offset[10:5]", "offset[4:1]", "offset[11]"]
    assert texts == [*split[:2], "rs2", "rs1", "000", *split[2:], "1100011"]


@pytest.mark.parametrize("name", extensions.names())
def test_every_bit_is_in_one_box(name):
    for instruction in extensions.load(name).instructions.values():
        bits = [b for box in boxes(instruction) for b in range(box.high, box.low - 1, -1)]
        assert bits == list(range(instruction.pattern.bits - 1, -1, -1))
        assert len({len(line) for line in draw(instruction).splitlines()[1:]}) == 1
