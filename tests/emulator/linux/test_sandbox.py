"""No path, link or race leads out of the folders that a guest was given."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from rvx.emulator.linux import sandbox as room
from rvx.emulator.linux.sandbox import Sandbox, SandboxProblem

SECRET = "the host's own"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text(SECRET)
    inside = tmp_path / "inside"
    (inside / "sub" / "deep").mkdir(parents=True)
    (inside / "file").write_text("ours")
    (inside / "sub" / "file").write_text("below")
    (tmp_path / "inside-not").mkdir()
    (tmp_path / "inside-not" / "secret").write_text(SECRET)
    (inside / "absolute").symlink_to(tmp_path / "secret")
    (inside / "relative").symlink_to("../secret")
    (inside / "folder").symlink_to(tmp_path)
    (inside / "chain").symlink_to("folder/secret")
    (inside / "root").symlink_to("/")
    (inside / "sub" / "up").symlink_to("../..")
    (inside / "good").symlink_to("sub/file")
    os.mkfifo(inside / "pipe")
    return inside


@pytest.fixture(params=["openat2", "walk"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """How paths are followed: by the kernel, or name by name where it has no such call."""
    if request.param == "walk":

        def absent(*_: object) -> int:
            raise OSError(errno.ENOSYS, "no such call")

        monkeypatch.setattr(room, "_openat2", absent)
    return str(request.param)


def refusal(work: Callable[[], int]) -> OSError:
    """The error that opening something ends with."""
    try:
        os.close(work())
    except OSError as error:
        return error
    return pytest.fail("it was opened")


ESCAPES = (
    "../secret",
    "sub/../../secret",
    "sub/deep/../../../secret",
    "./.././secret",
    "..",
    "../inside-not/secret",
    "absolute",
    "relative",
    "chain",
    "folder/secret",
    "root/etc/passwd",
    "sub/up/secret",
    "sub/up/inside/../secret",
    "folder/inside/file/../../secret",
)


@pytest.mark.parametrize("path", ESCAPES)
@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_PATH, os.O_WRONLY | os.O_CREAT])
def test_no_path_escapes(tree: Path, way: str, path: str, flags: int) -> None:
    box = Sandbox([], [str(tree)])
    for written in (f"{tree}/{path}", f"{tree}//{path}", os.path.relpath(tree) + "/" + path):
        where = box.absolute(written)
        refused = refusal(lambda at=where: box.open(at, flags, 0o600))
        assert refused.errno in (errno.EACCES, errno.ENOENT, errno.ELOOP, errno.ENOTDIR)
    assert (tree.parent / "secret").read_text() == SECRET


@pytest.mark.parametrize(
    "path",
    ["/etc/passwd", "/proc/self/environ", "/proc/self/root/etc/passwd", "/dev/mem", "/", "secret"],
)
def test_other_places_are_not_there(tree: Path, way: str, path: str) -> None:
    box = Sandbox([str(tree)], [])
    where = path if path.startswith("/") else str(tree.parent / path)
    assert refusal(lambda: box.open(where, os.O_RDONLY)).errno == errno.ENOENT


def test_magic_links_are_not_followed(tree: Path) -> None:
    """Whoever allows /proc has not allowed what its links lead to."""
    box = Sandbox(["/proc/self"], [])
    for path in ("root/etc/passwd", "cwd/x", "fd/0", "exe"):
        refusal(lambda at=f"/proc/self/{path}": box.open(at, os.O_RDONLY))


def test_what_lies_inside(tree: Path, way: str) -> None:
    box = Sandbox([str(tree)], [])
    for path, expected in (("file", b"ours"), ("sub/file", b"below"), ("sub/../file", b"ours")):
        descriptor = box.open(f"{tree}/{path}", os.O_RDONLY)
        assert os.read(descriptor, 100) == expected
        os.close(descriptor)
    outer = f"{tree.parent}/inside-not/../inside/file"
    os.close(box.open(outer, os.O_RDONLY))


def test_links_that_stay_inside_are_followed(tree: Path) -> None:
    descriptor = Sandbox([str(tree)], []).open(f"{tree}/good", os.O_RDONLY)
    assert os.read(descriptor, 100) == b"below"
    os.close(descriptor)


def test_what_may_be_read_may_not_be_changed(tree: Path, way: str) -> None:
    box = Sandbox([str(tree)], [str(tree / "sub")])
    for flags in (os.O_WRONLY, os.O_RDWR, os.O_RDONLY | os.O_TRUNC, os.O_WRONLY | os.O_APPEND):
        with pytest.raises(PermissionError):
            box.open(f"{tree}/file", flags)
    with pytest.raises(PermissionError):
        box.open(f"{tree}/file", os.O_WRONLY | os.O_CREAT, 0o600)
    with pytest.raises(FileNotFoundError):
        box.open(f"{tree}/new", os.O_WRONLY | os.O_CREAT, 0o600)
    with pytest.raises(PermissionError):
        box.parent(f"{tree}/new")
    os.close(box.open(f"{tree}/sub/new", os.O_WRONLY | os.O_CREAT, 0o600))
    assert (tree / "file").read_text() == "ours"


@pytest.mark.parametrize(
    "path", ["x/..", "sub/.", "absolute/x", "folder/new", "../new", "root/new"]
)
def test_no_name_is_made_or_removed_outside(tree: Path, way: str, path: str) -> None:
    box = Sandbox([], [str(tree)])
    refusal(lambda: box.parent(f"{tree}/{path}")[0])


def test_pipes_and_devices_are_not_opened(tree: Path, way: str) -> None:
    """Nobody waits for the other end of a pipe."""
    box = Sandbox(["/dev"], [str(tree)])
    for path in (f"{tree}/pipe", "/dev/tty", "/dev/zero"):
        refusal(lambda at=path: box.open(at, os.O_RDONLY))


def test_a_folder_that_is_moved_away_is_still_the_one(tree: Path) -> None:
    """The folder was opened once; what gets its name later is another."""
    box = Sandbox([str(tree)], [])
    tree.rename(tree.parent / "moved")
    tree.symlink_to(tree.parent / "inside-not")
    descriptor = box.open(f"{tree}/file", os.O_RDONLY)
    assert os.read(descriptor, 100) == b"ours"
    os.close(descriptor)
    refusal(lambda: box.open(f"{tree}/secret", os.O_RDONLY))


def test_a_race_is_lost(tree: Path, way: str) -> None:
    """A folder on the path is exchanged for a link to the outside, as fast as it goes."""
    box = Sandbox([str(tree)], [])
    (tree / "trap").mkdir()
    (tree / "trap" / "secret").write_text("decoy")
    (tree / "link").symlink_to(tree.parent)
    is_over = threading.Event()

    def exchange() -> None:
        while not is_over.is_set():
            os.rename(tree / "trap", tree / "aside")
            os.rename(tree / "link", tree / "trap")
            os.rename(tree / "trap", tree / "link")
            os.rename(tree / "aside", tree / "trap")

    attacker = threading.Thread(target=exchange)
    attacker.start()
    try:
        found = set()
        for _ in range(3000):
            try:
                descriptor = box.open(f"{tree}/trap/secret", os.O_RDONLY)
            except OSError:
                continue
            found.add(os.read(descriptor, 100))
            os.close(descriptor)
    finally:
        is_over.set()
        attacker.join()
    assert found <= {b"decoy"}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SandboxProblem, match=r"cannot have the folder '.*nowhere': No such file"):
        Sandbox([str(tmp_path / "nowhere")], [])
