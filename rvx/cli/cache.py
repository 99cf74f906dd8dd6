"""`rvx cache`: the folder of compiled code."""

from __future__ import annotations


def path() -> None:
    """Print where it is ($RVX_CACHE_DIR changes that)."""
    from rvx.disk import directory

    print(directory())


def show() -> None:
    """Print how much of what is in it, and the limit ($RVX_CACHE_LIMIT, in mebibytes)."""
    from rvx.disk import directory, limit_in_bytes

    folder = directory()
    total = 0
    for part in sorted(folder.iterdir()) if folder.is_dir() else []:
        size = sum(path.stat().st_size for path in part.rglob("*") if path.is_file())
        total += size
        print(f"{part.name:10} {size / 2**20:8.1f} MiB")
    print(f"{'total':10} {total / 2**20:8.1f} MiB of {limit_in_bytes() >> 20} MiB")


def clear() -> None:
    """Delete it; what is needed is compiled again."""
    import shutil

    from rvx.cli.output import say
    from rvx.disk import directory

    folder = directory()
    if folder.exists():
        shutil.rmtree(folder)
    say(f"deleted {folder}")
