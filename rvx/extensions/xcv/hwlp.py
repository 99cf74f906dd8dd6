"""XCVhwlp: two hardware loops, one within the other.

A loop begins and ends at addresses that are multiples of four. While its count is not 0, whoever
reaches its end goes on at its start, and the count becomes one less. Loop 0 is the inner one. What
the manual forbids and leaves undefined (bodies of fewer than three instructions, compressed ones or
branches in them, an outer loop that ends less than eight bytes behind the inner one) means what
`rvx.isa.loops` says.
"""

from __future__ import annotations

from rvx.extensions.xcv.common import LOW32, extension
from rvx.isa import Words
from rvx.isa.loops import COUNT, END, START, WORDS

Xcvhwlp = extension("Xcvhwlp", "Two hardware loops, one within the other")
Xcvhwlp.hardware_loops("hwloops", 2, "start, end and remaining rounds of both loops")

for _loop in range(2):
    for _part, (_name, _doc) in enumerate(
        (("start", "where it begins"), ("end", "the address behind it"), ("count", "rounds left"))
    ):
        Xcvhwlp.csr(
            f"lp{_name}{_loop}",
            0xCC0 + 4 * _loop + _part,
            state="hwloops",
            word=WORDS * _loop + _part,
            bits=32,
            doc=f"hardware loop {_loop}: {_doc}",
        )

_TAIL = "100 {} loop[0] 0101011"


@Xcvhwlp.instruction(
    "cv.starti loop:u, offset:ahead", f"offset[13:2] 00000 {_TAIL.format('0000')}", xlen=32
)
def cv_starti(loop: int, offset: int, pc: int, hwloops: Words) -> None:
    """The loop begins at pc + offset."""
    hwloops[WORDS * loop + START] = pc + offset & LOW32


@Xcvhwlp.instruction("cv.start loop:u, rs1", f"000000000000 rs1 {_TAIL.format('0001')}", xlen=32)
def cv_start(loop: int, rs1: int, hwloops: Words) -> None:
    """The loop begins at rs1."""
    hwloops[WORDS * loop + START] = rs1 & LOW32 - 3


@Xcvhwlp.instruction(
    "cv.endi loop:u, offset:ahead", f"offset[13:2] 00000 {_TAIL.format('0010')}", xlen=32
)
def cv_endi(loop: int, offset: int, pc: int, hwloops: Words) -> None:
    """The loop ends in front of pc + offset."""
    hwloops[WORDS * loop + END] = pc + offset & LOW32


@Xcvhwlp.instruction("cv.end loop:u, rs1", f"000000000000 rs1 {_TAIL.format('0011')}", xlen=32)
def cv_end(loop: int, rs1: int, hwloops: Words) -> None:
    """The loop ends in front of rs1."""
    hwloops[WORDS * loop + END] = rs1 & LOW32 - 3


@Xcvhwlp.instruction(
    "cv.counti loop:u, rounds:u", f"rounds[11:0] 00000 {_TAIL.format('0100')}", xlen=32
)
def cv_counti(loop: int, rounds: int, hwloops: Words) -> None:
    """The loop has so many rounds from now on."""
    hwloops[WORDS * loop + COUNT] = rounds


@Xcvhwlp.instruction("cv.count loop:u, rs1", f"000000000000 rs1 {_TAIL.format('0101')}", xlen=32)
def cv_count(loop: int, rs1: int, hwloops: Words) -> None:
    """The loop has rs1 rounds from now on."""
    hwloops[WORDS * loop + COUNT] = rs1 & LOW32


@Xcvhwlp.instruction(
    "cv.setupi loop:u, rounds:u, offset:ahead",
    f"rounds[11:0] offset[6:2] {_TAIL.format('0110')}",
    xlen=32,
)
def cv_setupi(loop: int, rounds: int, offset: int, pc: int, hwloops: Words) -> None:
    """The loop begins at the next instruction, ends in front of pc + offset, and has that count."""
    hwloops[WORDS * loop + START] = pc + 4 & LOW32
    hwloops[WORDS * loop + END] = pc + offset & LOW32
    hwloops[WORDS * loop + COUNT] = rounds


@Xcvhwlp.instruction(
    "cv.setup loop:u, rs1, offset:ahead", f"offset[13:2] rs1 {_TAIL.format('0111')}", xlen=32
)
def cv_setup(loop: int, rs1: int, offset: int, pc: int, hwloops: Words) -> None:
    """As cv.setupi, with rs1 rounds."""
    hwloops[WORDS * loop + START] = pc + 4 & LOW32
    hwloops[WORDS * loop + END] = pc + offset & LOW32
    hwloops[WORDS * loop + COUNT] = rs1 & LOW32
