"""The cache on disk: compiled code and what else is worth keeping from one process to the next."""

from __future__ import annotations

import atexit
import os
from functools import cache
from pathlib import Path

_DEFAULT_MEBIBYTES = 1024


def directory() -> Path:
    """The folder of compiled code: `$RVX_CACHE_DIR`, else the user's cache folder."""
    configured = os.environ.get("RVX_CACHE_DIR")
    if configured:
        return Path(configured)
    import platformdirs

    return Path(platformdirs.user_cache_dir("rvx"))


class _Uses:
    declarations = False


def keep_declarations() -> None:
    """Takes shipped declarations from disk from now on, see `rvx.extensions.store`.

    It is for programs that begin and end, such as the command line: an extension from there is
    another object than the one in its module, which a user may import as well.
    """
    _Uses.declarations = True


def keeps_declarations() -> bool:
    """Whether they are taken from there."""
    return _Uses.declarations


def store(path: Path, data: bytes) -> bool:
    """Writes a file of the cache, atomically, since several processes may do so at once.

    A cache that cannot be written is no reason to fail: what would be in it is made again.

    Returns:
        Whether it was written.
    """
    import tempfile

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as handle:
            handle.write(data)
        os.replace(handle.name, path)
    except OSError:
        return False
    _trim_at_exit()
    return True


@cache
def _trim_at_exit() -> None:
    atexit.register(trim)


def limit_in_bytes() -> int:
    """Bytes that the cache may have: `$RVX_CACHE_LIMIT` mebibytes, or one gibibyte."""
    given = os.environ.get("RVX_CACHE_LIMIT", "")
    return (int(given) if given.isdecimal() else _DEFAULT_MEBIBYTES) << 20


def trim() -> int:
    """Deletes what has not been used for longest until the cache is within its limit.

    Returns:
        The bytes that are left.
    """
    limit = limit_in_bytes()
    found: list[tuple[float, int, Path]] = []
    for path in directory().rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue  # Another process has deleted it.
        if path.is_file():
            found.append((max(status.st_atime, status.st_mtime), status.st_size, path))
    total = sum(size for _, size, _ in found)
    for _, size, path in sorted(found):
        if total <= limit:
            break
        path.unlink(missing_ok=True)
        total -= size
    return total
