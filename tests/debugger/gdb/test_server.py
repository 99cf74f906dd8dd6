"""The server: packets one by one, whatever they hold, and GDB itself."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree

import pytest

from rvx.debugger.gdb.packets import Closed, Connection
from rvx.debugger.gdb.server import Server, ServerProblem, serve
from rvx.debugger.session import Session

from ...emulator.posit_program import POSITS
from ..conftest import ENDLESS, REPETITION, session_of
from ..test_terminal import calls

GDB = ("gdb-multiarch", "-nx")
RVX = (sys.executable, "-m", "rvx")


@contextmanager
def served(session: Session) -> Iterator[tuple[Server, Connection]]:
    """A server, and the line to it."""
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield Server(session, Connection(theirs)), Connection(ours)


def registers_of(xml: bytes) -> dict[str, tuple[int, int]]:
    """Number and bytes of registers by name."""
    tree = ElementTree.fromstring(xml)
    return {
        one.attrib["name"]: (int(one.attrib["regnum"]), int(one.attrib["bitsize"]) // 8)
        for one in tree.iter("reg")
    }


def described(server: Server) -> bytes:
    whole, at = b"", 0
    while True:
        piece = server.answer(b"qXfer:features:read:target.xml:%x,300" % at)
        assert isinstance(piece, bytes)
        whole += piece[1:]
        at = len(whole)
        if piece[:1] == b"l":
            return whole


@pytest.mark.parametrize(
    ("march", "vlen", "names"),
    [
        ("rv64gc_xposit_xssr", 0, {"pt0": 4, "quire": 64, "ft0": 8, "mstatus": 8, "fflags": 4}),
        ("rv32gc_xpulpnn_xcvhwlp", 0, {"a0": 4, "ft0": 8, "mtvec": 4, "hwloops": 48}),
        ("rv64gcv_zvt16t", 512, {"v31": 64, "mt0": 256, "vl": 8, "vtype": 8}),
        ("rv64i", 0, {"a0": 8, "pc": 8}),
    ],
)
def test_every_register_is_described_and_can_be_read(
    tmp_path: Path, march: str, vlen: int, names: dict[str, int]
) -> None:
    text = ".globl _start\n_start: li a0, 0\nli a7, 93\necall\n"
    with served(session_of(tmp_path / "a.s", text, march, vlen=vlen)) as (server, _):
        found = registers_of(described(server))
        assert {name: found[name][1] for name in names} == names
        assert sorted(number for number, _ in found.values()) == list(range(len(found)))
        for number, size in found.values():
            value = server.answer(b"p%x" % number)
            assert isinstance(value, str)
            assert len(bytes.fromhex(value)) == size
        general = server.answer(b"g")
        assert isinstance(general, str)
        assert len(general) == 33 * 2 * int(re.findall(r"\d+", march)[0]) // 8
        assert server.answer(b"p%x" % len(found)) == "E01"


def test_packets(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", POSITS, "rv64gc_xposit")
    with served(session) as (server, _):
        dot, table = session.machine.symbol("dot"), session.machine.symbol("table")
        assert b"ReverseContinue+" in str(server.answer(b"qSupported:swbreak+")).encode()
        assert server.answer(b"?") == "S05"
        assert server.answer(b"vMustReplyEmpty") == ""
        assert server.answer(b"Z0,%x,4" % dot) == "OK"
        assert server.answer(b"vCont;c:1") == "T05thread:1;"
        assert session.machine.pc == dot
        assert server.answer(b"m%x,4" % table) == "00000040"
        assert server.answer(b"Z2,%x,4" % (table + 16)) == "OK"
        assert server.answer(b"z0,%x,4" % dot) == "OK"
        # In front of the store, whichever way execution goes.
        assert server.answer(b"c") == f"T05thread:1;watch:{table + 16:x};"
        assert server.answer(b"m%x,4" % (table + 16)) == "00000000"
        assert server.answer(b"s") == "T05thread:1;"
        assert server.answer(b"m%x,4" % (table + 16)) != "00000000"
        assert server.answer(b"bc") == f"T05thread:1;watch:{table + 16:x};"
        assert server.answer(b"m%x,4" % (table + 16)) != "00000000"
        assert server.answer(b"bs") == "T05thread:1;"
        assert server.answer(b"m%x,4" % (table + 16)) == "00000000"
        count = session.timeline.count
        assert server.answer(b"bs") == "T05thread:1;"
        assert session.timeline.count == count - 1
        assert server.answer(b"bc") == "T05thread:1;replaylog:begin;"
        assert server.answer(b"s") == "T05thread:1;"
        assert session.timeline.count == 1
        assert server.answer(b"M%x,2:cdab" % table) == "OK"
        assert server.answer(b"X%x,3:}\x03\x01\x02" % table) == "E01"  # Escapes are gone by then.
        assert server.answer(b"X%x,3:#}\x02" % table) == "OK"
        assert server.answer(b"m%x,3" % table) == "237d02"
        assert server.answer(b"Pa=2a00000000000000") == "OK"
        assert session.machine.register("a0") == 42
        assert server.answer(b"pa") == "2a00000000000000"
        general = server.answer(b"g")
        assert isinstance(general, str)
        assert server.answer(b"G" + general.encode()) == "OK"
        assert server.answer(b"m0,4") == "E01"
        assert server.answer(b"Z0,0,4") == "E01"
        assert server.answer(b"vCont;r%x,%x" % (session.machine.pc, session.machine.pc + 1))
        assert server.answer(b"c") == f"T05thread:1;watch:{table + 16:x};"
        assert server.answer(b"s") == "T05thread:1;"
        assert server.answer(b"c") == "W00"
        assert server.answer(b"?") == "W00"


def test_whatever_comes_is_answered(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", REPETITION, "rv64gc_xfrep")
    draw = random.Random(7)
    heads = [
        *"gGpPmMXZzsScCbHTqQv?!DkRtABFiI",
        *(
            "bs",
            "bc",
            "vCont;",
            "vCont;r",
            "qXfer:features:read:target.xml:",
            "qRcmd,",
            "Z0,",
            "X0,",
        ),
    ]
    with served(session) as (server, _):
        server._console = lambda _: None  # type: ignore[method-assign]
        for _ in range(3000):
            length = draw.choice((0, 1, 3, 9, 40))
            tail = bytes(
                draw.choice(b"0123456789abcdef,:;=+-#$}\x00\xff Zz") for _ in range(length)
            )
            packet = draw.choice(heads).encode() + tail
            if packet[:1] in b"Dk" or packet.startswith(b"vKill"):
                continue
            answer = server.answer(packet)
            assert isinstance(answer, str | bytes)
        for name in ("p a0 as", "x/99999999999i pc", "print [[[[", "b *zzz", "p " + "(" * 3000):
            assert server.answer(b"qRcmd," + name.encode().hex().encode()) == "OK"


def test_damaged_lines_end_nothing(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", POSITS, "rv64gc_xposit")
    with served(session) as (server, line):
        thread = threading.Thread(target=server.run)
        thread.start()
        line._line.sendall(b"+garbage$nonsense#00$g#ff\x03$")
        line._line.sendall(b"qC#b4")
        assert line.receive() == b"QC1"
        line.send(b"QStartNoAckMode")
        assert line.receive() == b"OK"
        line._line.sendall(b"$D#44")
        assert line.receive() == b"OK"
        thread.join(10)
        assert not thread.is_alive()


def test_an_endless_loop_is_interrupted(tmp_path: Path) -> None:
    session = session_of(tmp_path / "a.s", ENDLESS, "rv64gc")
    with served(session) as (server, line):
        thread = threading.Thread(target=server.run)
        thread.start()
        line.send(b"c")
        line._line.sendall(b"\x03")
        assert line.receive() == b"T02thread:1;"
        line._line.close()
        thread.join(10)
        assert not thread.is_alive()
    with pytest.raises(Closed):
        line.receive()


@pytest.mark.parametrize("where", ["0.0.0.0:1234", "example.org:80", ":99999", "[::]:1", "a:b"])
def test_only_this_machine_is_served(tmp_path: Path, where: str) -> None:
    session = session_of(tmp_path / "a.s", ENDLESS, "rv64gc")
    with pytest.raises(ServerProblem, match="this machine only"):
        serve(session, where, lambda _: None)
    (tmp_path / "file").touch()
    with pytest.raises(ServerProblem, match="no socket"):
        serve(session, str(tmp_path / "file"), lambda _: None)


@contextmanager
def listening(program: Path, *more: str) -> Iterator[str]:
    """`rvx debug --gdb` in a process of its own; gives where it listens."""
    server = subprocess.Popen(
        [*RVX, "debug", str(program), "--gdb", *more],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        yield said.rpartition("target remote ")[2].strip()
        assert server.wait(20) == 0
    finally:
        server.kill()
        server.communicate()


def built(folder: Path, text: str, march: str) -> Path:
    (folder / "a.s").write_text(text)
    command = ["asm", "-g", "--march", march, str(folder / "a.s"), "-o", str(folder / "a.elf")]
    subprocess.run([*RVX, *command], check=True, capture_output=True)
    return folder / "a.elf"


def test_gdb(tmp_path: Path) -> None:
    program = built(tmp_path, POSITS, "rv64gc_xposit")
    script = """
        break dot
        continue
        backtrace
        monitor backtrace
        stepi
        printf "pt1 is %x\\n", $pt1
        stepi
        stepi
        output/x $quire.w
        echo \\n
        monitor print quire
        watch *(int *) ((char *) &table + 16)
        delete 1
        continue
        reverse-stepi
        info registers pc fcsr mstatus pt4
        stepi
        reverse-continue
        reverse-continue
        set $a3 = 77
        print $a3
        continue
        kill
    """
    (tmp_path / "script").write_text(script)
    with listening(program, str(tmp_path / "socket")) as where:
        assert where == str(tmp_path / "socket")
        done = subprocess.run(
            [*GDB, "-batch", "-ex", f"target remote {where}", "-x", tmp_path / "script", program],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    said = done.stdout + done.stderr
    assert "warning" not in said.lower(), said
    assert "Breakpoint 1, dot () at" in said
    frames = re.findall(r"^#1 +0x0*([0-9a-f]+) in ", said, re.MULTILINE)
    assert len(frames) == 2
    assert frames[0] == frames[1], "GDB and rvx differ in where dot returns to"
    assert "pt1 is 40000000" in said
    assert "{0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x0, 0x20000," in said
    assert "quire = 2  quire of posit32, 512 bits" in said
    assert "Old value = 0\nNew value = 1409286144\nagain () at a.s:9" in said
    assert "Old value = 1409286144\nNew value = 0\nagain () at a.s:8" in said
    assert "No more reverse-execution history." in said
    assert re.search(r"pt4 +0x54000000", said)
    assert "$1 = 77" in said


def test_gdb_with_conditions_frames_and_csrs(tmp_path: Path) -> None:
    """GDB asks conditions and finds frames itself; rvx does for `monitor`: both say the same."""
    program = calls(tmp_path)
    script = """
        break main
        continue
        watch total if total == 9
        continue
        print total
        up
        printf "s0 is %d\\n", $s0
        monitor up
        monitor print s0
        delete
        monitor delete
        monitor watch total:4 if [total] & 0xff == 30
        monitor watch frm
        continue
        print total
        monitor info watchpoints
        kill
    """
    (tmp_path / "script").write_text(script)
    with listening(program, "0") as where:
        done = subprocess.run(
            [*GDB, "-batch", "-ex", f"target remote {where}", "-x", tmp_path / "script", program],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
    said = done.stdout + done.stderr
    assert "Old value = 3\nNew value = 9\n" in said, said
    assert "$1 = 9" in said
    assert "s0 is 6\n" in said
    assert "s0 = 0x6  6\n" in said
    assert "watchpoint 1, total:4: 0x12 -> 0x1e by" in said
    assert "$2 = 30" in said
    assert "if [total] & 0xff == 30, hit 1 times" in said
    assert "watch       frm, 8 bytes, hit 0 times" in said


def test_gdb_interrupts(tmp_path: Path) -> None:
    program = built(tmp_path, ENDLESS, "rv64gc")
    with listening(program, "0") as where:
        assert where.startswith("127.0.0.1:")
        gdb = subprocess.Popen(
            [*GDB, "-q", "-ex", f"target remote {where}", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
        )
        assert gdb.stdin is not None
        gdb.stdin.write("echo ready\\n\ncontinue\nprint $t0 > 0\nkill\nquit\n")
        gdb.stdin.flush()
        assert gdb.stdout is not None
        said = ""
        while "Continuing." not in said:
            said += gdb.stdout.readline()
        time.sleep(1)  # GDB has to have told the server to go on.
        os.kill(gdb.pid, signal.SIGINT)
        rest, _ = gdb.communicate(timeout=30)
    assert "SIGINT" in rest
    assert "$1 = 1" in rest
