"""A hostile guest and the files of the host, by way of system calls: nothing outside is reached."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.emulator import Machine, Settings
from rvx.emulator.linux import sandbox as room
from rvx.emulator.linux.table import table
from rvx.extensions import isa_for
from tests.emulator.linux.test_calls import CODE, assemble

SECRET = "the host's own"
AT_FDCWD = -100
O_RDWR, O_CREAT, O_TRUNC = 2, 0o100, 0o1000
O_DIRECTORY, O_NOFOLLOW, O_PATH = 0o200000, 0o400000, 0o10000000
Guest = Callable[..., int]


@pytest.fixture(params=["openat2", "walk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "walk":

        def absent(*_: object) -> int:
            raise OSError(errno.ENOSYS, "no such call")

        monkeypatch.setattr(room, "_openat2", absent)
    return str(request.param)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """`own` may be written, `given` may be read; `secret` and `outside` are the host's."""
    (tmp_path / "secret").write_text(SECRET)
    for name in ("outside", "own", "own/sub", "given"):
        (tmp_path / name).mkdir()
    (tmp_path / "outside" / "secret").write_text(SECRET)
    (tmp_path / "given" / "file").write_text("to be read")
    (tmp_path / "given" / "file").chmod(0o644)
    (tmp_path / "own" / "file").write_text("ours")
    (tmp_path / "own" / "out").symlink_to("../outside")
    (tmp_path / "own" / "absolute").symlink_to(tmp_path / "outside")
    (tmp_path / "own" / "dangling").symlink_to("../outside/new")
    (tmp_path / "own" / "given").symlink_to("../given")
    os.mkfifo(tmp_path / "own" / "pipe")
    return tmp_path


def guest(tree: Path) -> Guest:
    """A guest that makes calls; texts among the arguments are put into its memory."""
    isa = isa_for("rv64gc")
    settings = Settings(readable=[str(tree / "given")], writable=[str(tree / "own")])
    made = Machine(assemble(CODE, isa), isa, settings=settings)
    numbers = {row.name: number for number, row in table(64).items()}

    def call(name: str, *arguments: int | str | bytes) -> int:
        at = made.symbol("room")
        values = []
        for one in arguments:
            if isinstance(one, int):
                values.append(one % (1 << 64))
                continue
            data = (one if isinstance(one, bytes) else os.fsencode(one)) + b"\0"
            made.array(at, "uint8", len(data))[:] = list(data)
            values.append(at)
            at += len(data) + 8
        return made.system.call(numbers[name], [*values, 0, 0, 0, 0, 0, 0][:6])[0]

    return call


def state(tree: Path) -> list[tuple[str, int, int, int, str]]:
    """Everything that the guest must not change."""
    found = []
    for path in sorted(tree.rglob("*")):
        if path.is_relative_to(tree / "own"):
            continue
        one = path.lstat()
        text = path.read_text() if path.is_file() else ""
        found.append((str(path), one.st_mode, one.st_nlink, one.st_mtime_ns, text))
    return found


OUTSIDE = (
    "own/../secret",
    "own/../outside/secret",
    "own/out/secret",
    "own/absolute/secret",
    "own/sub/../../secret",
    "secret",
    "own//..//secret",
)


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_call_reaches_a_file_outside(tree: Path, way: str, path: str) -> None:
    before = state(tree)
    call = guest(tree)
    full = f"{tree}/{path}"
    folder = call("openat", AT_FDCWD, f"{tree}/own", O_DIRECTORY, 0)
    assert folder >= 3
    short = os.path.relpath(full, tree / "own")
    for where, name in ((AT_FDCWD, full), (folder, short), (folder, full)):
        results = [
            call("openat", where, name, 0, 0),
            call("openat", where, name, O_PATH, 0),
            call("openat", where, name, O_PATH | O_NOFOLLOW, 0),
            call("openat", where, name, O_RDWR | O_CREAT | O_TRUNC, 0o600),
            call("newfstatat", where, name, 0, 0x100),
            call("statx", where, name, 0, 0x7FF, 0),
            call("faccessat", where, name, 0),
            call("readlinkat", where, name, 0, 100),
            call("unlinkat", where, name, 0),
            call("mkdirat", where, name + "x", 0o777),
            call("renameat2", where, name, folder, "taken", 0),
            call("renameat2", folder, "file", where, name, 0),
            call("linkat", where, name, folder, "taken", 0),
            call("linkat", folder, "file", where, name + "x", 0),
            call("symlinkat", "file", where, name + "x"),
            call("fchmodat", where, name, 0o777),
            call("utimensat", where, name, 0, 0),
            call("fchownat", where, name, -1, -1, 0),
        ]
        assert all(result < 0 for result in results), results
    assert call("truncate", full, 0) < 0
    assert call("statfs", full, 0) < 0
    call("chdir", os.path.dirname(full))
    assert call("openat", AT_FDCWD, "secret", 0, 0) < 0
    assert state(tree) == before


def test_what_may_be_read_may_not_be_changed(tree: Path, way: str) -> None:
    before = state(tree)
    call = guest(tree)
    name = f"{tree}/given/file"
    file = call("openat", AT_FDCWD, name, 0, 0)
    assert file >= 3
    attempts = [
        call("fchmod", file, 0o777),
        call("utimensat", file, 0, 0, 0),
        call("ftruncate", file, 0),
        call("write", file, "x", 1),
        call("pwrite64", file, "x", 1, 0),
        call("fallocate", file, 0, 0, 100),
        call("fchmodat", AT_FDCWD, name, 0o777),
        call("truncate", name, 0),
        call("unlinkat", AT_FDCWD, name, 0),
        # A second name in a folder that may be written would be a way to write it.
        call("linkat", AT_FDCWD, name, AT_FDCWD, f"{tree}/own/mine", 0),
        call("renameat2", AT_FDCWD, name, AT_FDCWD, f"{tree}/own/mine", 0),
        call("openat", AT_FDCWD, f"{tree}/own/given/file", O_RDWR, 0),
        call("openat", AT_FDCWD, f"{tree}/own/../given/file", O_RDWR, 0),
    ]
    assert all(result < 0 for result in attempts), attempts
    assert state(tree) == before


def test_nothing_is_made_through_a_link_that_leads_nowhere(tree: Path, way: str) -> None:
    call = guest(tree)
    for name in ("dangling", "out/new", "absolute/new"):
        assert call("openat", AT_FDCWD, f"{tree}/own/{name}", O_RDWR | O_CREAT, 0o600) < 0
        assert call("mkdirat", AT_FDCWD, f"{tree}/own/{name}", 0o700) < 0
    assert not (tree / "outside" / "new").exists()


def test_links_that_lead_out_are_not_made(tree: Path, way: str) -> None:
    """The guest could not follow them, but somebody else might."""
    call = guest(tree)
    for target in ("/etc", "..", "../secret", "sub/../../secret", "/"):
        assert call("symlinkat", target, AT_FDCWD, f"{tree}/own/new") == -errno.EPERM
    assert call("symlinkat", "sub", AT_FDCWD, f"{tree}/own/new") == 0
    assert os.readlink(tree / "own" / "new") == "sub"


def test_what_would_wait_or_answer_otherwise_is_not_opened(tree: Path, way: str) -> None:
    call = guest(tree)
    for flags in (0, 1, O_RDWR):
        assert call("openat", AT_FDCWD, f"{tree}/own/pipe", flags, 0) < 0
    made = f"{tree}/own/made"
    assert call("mknodat", AT_FDCWD, made, 0o010666, 0) == 0  # A pipe: made, and not opened either.
    for flags in (0, 1, O_RDWR):
        assert call("openat", AT_FDCWD, made, flags, 0) < 0
    for kind in (0o020000, 0o060000):  # Devices.
        assert call("mknodat", AT_FDCWD, f"{tree}/own/node", kind | 0o666, 0x103) == -errno.EPERM


def test_a_path_descriptor_is_none_for_reading(tree: Path, way: str) -> None:
    call = guest(tree)
    file = call("openat", AT_FDCWD, f"{tree}/own/file", O_PATH, 0)
    assert file >= 3
    assert call("read", file, 0x100, 0) < 0
    assert call("ftruncate", file, 0) < 0
    assert call("openat", file, "x", 0, 0) < 0
    assert (tree / "own" / "file").read_text() == "ours"


def test_folders_above_are_known_and_not_seen(tree: Path, way: str) -> None:
    """Who makes a path absolute looks at all folders that lead there; nobody reads them."""
    call = guest(tree)
    space = b"\0" * 300
    for folder in (str(tree), str(tree.parent), "/"):
        assert call("newfstatat", AT_FDCWD, folder, space, 0) == 0
        assert call("readlinkat", AT_FDCWD, folder, space, 100) == -errno.EINVAL
        assert call("faccessat", AT_FDCWD, folder, os.R_OK) == 0
        assert call("faccessat", AT_FDCWD, folder, os.W_OK) == -errno.EACCES
        assert call("openat", AT_FDCWD, folder, O_DIRECTORY, 0) == -errno.ENOENT
        assert call("mkdirat", AT_FDCWD, folder, 0o700) == -errno.EEXIST
        assert call("unlinkat", AT_FDCWD, folder, 0x200) < 0
    assert call("newfstatat", AT_FDCWD, f"{tree}/outside", space, 0) == -errno.ENOENT


@pytest.mark.parametrize(
    "name",
    [b"\xff\xfe", b"\xed\xa0\x80", b"line\nbreak", b"x" * 255, "\N{SNOWMAN}".encode(), b" "],
)
def test_names_of_any_bytes(tree: Path, way: str, name: bytes) -> None:
    call = guest(tree)
    path = os.fsencode(tree / "own") + b"/" + name
    file = call("openat", AT_FDCWD, path, O_RDWR | O_CREAT, 0o600)
    assert file >= 3
    assert name in os.listdir(os.fsencode(tree / "own"))
    assert call("unlinkat", AT_FDCWD, path, 0) == 0


def test_paths_that_are_too_long(tree: Path, way: str) -> None:
    call = guest(tree)
    for path in (f"{tree}/own/" + "x" * 256, f"{tree}/own/" + "sub/../" * 600, "x" * 5000):
        assert call("openat", AT_FDCWD, path, O_RDWR | O_CREAT, 0o600) in (
            -errno.ENAMETOOLONG,
            -errno.ENOENT,
        )
    assert call("openat", AT_FDCWD, "", 0, 0) == -errno.ENOENT


def test_going_back_to_where_it_was_started(tree: Path, way: str) -> None:
    call = guest(tree)
    assert call("chdir", f"{tree}/own") == 0
    file = call("openat", AT_FDCWD, "file", 0, 0)
    assert file >= 3
    assert call("chdir", os.getcwd()) == 0
    assert call("openat", AT_FDCWD, "pyproject.toml", 0, 0) == -errno.ENOENT
    folder = call("openat", AT_FDCWD, f"{tree}/own/sub", O_DIRECTORY, 0)
    assert call("fchdir", folder) == 0
    assert call("fchdir", file) == -errno.ENOTDIR
    assert call("openat", AT_FDCWD, "../file", 0, 0) >= 3
    assert call("openat", AT_FDCWD, "../../secret", 0, 0) < 0
