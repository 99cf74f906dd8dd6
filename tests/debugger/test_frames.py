"""Who called whom: with call frame information and without, and where that is not known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.assembler import assemble
from rvx.debugger.frames import FrameTable, Unwinder
from rvx.debugger.session import Session
from rvx.extensions import isa_for

from .conftest import session_of

Talk = Callable[..., str]
NESTED = """\
        .globl _start
_start: li   a0, 2
        call outer
        li   a7, 93
        ecall
outer:  {cfi}startproc
        addi sp, sp, -32
        {cfi}def_cfa_offset 32
        {store} ra, 24(sp)
        {store} s0, 16(sp)
        {cfi}offset ra, -8
        {cfi}offset s0, -16
        addi s0, sp, 32
        {cfi}def_cfa s0, 0
        addi s0, s0, 16
        {cfi}def_cfa s0, -16
        addi sp, sp, -16
        beqz a0, out
        addi a0, a0, -1
        call outer
out:    call leaf
back:   addi sp, s0, -48
        {cfi}def_cfa sp, 32
        {load} ra, 24(sp)
        {cfi}restore ra
        {load} s0, 16(sp)
        {cfi}restore s0
        addi sp, sp, 32
        {cfi}def_cfa sp, 0
end:    ret
        {cfi}endproc
leaf:   {cfi}startproc
        nop
        ret
        {cfi}endproc
"""


def nested(xlen: int, *, has_cfi: bool) -> str:
    store, load = ("sw", "lw") if xlen == 32 else ("sd", "ld")
    return NESTED.format(cfi=".cfi_" if has_cfi else "# ", store=store, load=load)


@pytest.mark.parametrize("xlen", [32, 64])
@pytest.mark.parametrize("has_cfi", [True, False])
def test_callers_are_found_wherever_it_stops(tmp_path: Path, xlen: int, has_cfi: bool) -> None:
    compare_all(session_of(tmp_path / "a.s", nested(xlen, has_cfi=has_cfi), f"rv{xlen}gc"))


VECTORS = """\
        .globl _start
_start: csrr t1, vlenb
        call outer
        li   a7, 93
        ecall
outer:  .cfi_startproc
        addi sp, sp, -16
        .cfi_def_cfa_offset 16
        sd   ra, 8(sp)
        .cfi_offset ra, -8
        slli t0, t1, 1
        sub  sp, sp, t0
        # DW_CFA_def_cfa_expression: sp + 16 + 2 * vlenb
        .cfi_escape 0x0f, 0x0b, 0x72, 0x00, 0x32, 0x92, 0xa2, 0x38, 0x00, 0x1e, 0x23, 0x10, 0x22
        # DW_CFA_expression of ra: CFA - 8
        .cfi_escape 0x10, 0x01, 0x02, 0x38, 0x1c
        call leaf
        add  sp, sp, t0
        .cfi_def_cfa sp, 16
        ld   ra, 8(sp)
        .cfi_restore ra
        addi sp, sp, 16
        .cfi_def_cfa_offset 0
        ret
        .cfi_endproc
leaf:   vsetvli t2, zero, e8, m1, ta, ma
        ret
"""


def test_frames_whose_size_is_in_vlenb(tmp_path: Path) -> None:
    compare_all(session_of(tmp_path / "a.s", VECTORS, "rv64gcv", vlen=256))


def compare_all(session: Session) -> None:
    """The callers at each instruction against the calls that the instructions make."""
    unwinder, machine = Unwinder(session), session.machine
    lines: list[int] = []  # Of the calls that are active, as the instructions themselves say it.
    while session.timeline.ended is None:
        pc = machine.pc
        frames = list(unwinder.frames())
        assert all(not isinstance(one, str) for one in frames), (hex(pc), frames)
        places = [session.code.line_of(one.place) for one in frames if not isinstance(one, str)]
        assert [0 if one is None else one.line for one in places[1:]] == lines[::-1], hex(pc)
        here = session.code.line_of(pc)
        assert here is not None
        behind = pc + session.code.at(pc).size
        is_call, is_return = session.code.is_call(pc), session.code.is_return(pc)
        session.go(session.until(points=False), 1)
        if is_return:
            lines.pop()
        elif is_call and machine.pc != behind:
            lines.append(here.line)
    assert not lines


WITHOUT = """\
        .globl _start
_start: call deep
deep:   addi sp, sp, -16
        call leaf
after:  beqz a0, again
again:  call leaf
        li   ra, 64
        beqz a0, lost
lost:   nop
leaf:   nop
        ret
"""


def test_where_no_caller_is_known_it_says_so(talk: Talk) -> None:
    said = talk(
        WITHOUT,
        [
            *("bt", "advance leaf", "bt", "bt 1", "advance after", "bt", "advance leaf", "bt"),
            *("advance lost", "bt", "bt 0"),
        ],
        march="rv64gc",
    )
    shown = [
        line for line in said.splitlines() if line.startswith(("#", "      ", "error", "(rvx) b"))
    ]
    assert (
        [line for line in shown if "    (a.s:" not in line]
        == """\
(rvx) bt
#0    0x80000000 in _start at a.s:2
(rvx) bt
#0    0x80000024 in leaf at a.s:10
#1    0x80000012 in deep at a.s:4
      there is no call frame information here, and the function has not saved ra
(rvx) bt 1
#0    0x80000024 in leaf at a.s:10
      and more: bt 10 shows them
(rvx) bt
#0    0x80000012 in deep at a.s:5
      there is no call frame information here, and ra is from a call that this function has made
(rvx) bt
#0    0x80000024 in leaf at a.s:10
#1    0x8000001c in deep at a.s:6
      there is no call frame information here, and the function has not saved ra
(rvx) bt
#0    0x80000022 in deep at a.s:9
      there is no code at 0x40, where this function returns to
(rvx) bt 0
error: frames are counted from 1, not 0""".splitlines()
    )


def test_an_overwritten_return_address_is_no_caller(talk: Talk) -> None:
    text = """\
        .globl _start
_start: call smash
smash:  addi sp, sp, -16
        sd   ra, 8(sp)
        sd   a0, 8(sp)
here:   j    here
"""
    said = talk(text, ["advance here", "bt"], march="rv64gc")
    assert said.endswith(
        "      there is no call frame information here, and 0x0, which stands where ra was saved, "
        "is behind no call"
    )


def test_damaged_frame_information_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.s").write_text(nested(64, has_cfi=True))
    data = assemble(tmp_path / "a.s", isa_for("rv64gc")).to_elf()
    place = data.index(b"\x03zR\0")  # Version and augmentation of the first entry.
    for damage in (b"\x7fzR\0", b"\x03wR\0"):
        with pytest.raises(ValueError, match="the call frame information is damaged"):
            FrameTable(data[:place] + damage + data[place + 4 :])
