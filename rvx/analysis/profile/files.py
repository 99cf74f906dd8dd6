"""Profiles as files; the end of the name says which form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from rvx.analysis.profile.callgrind import to_callgrind
from rvx.analysis.profile.document import to_json
from rvx.analysis.profile.listing import to_text
from rvx.analysis.profile.page import to_html
from rvx.analysis.profile.profile import Profile
from rvx.analysis.profile.stacks import to_folded, to_speedscope
from rvx.errors import RvxError


class ProfileProblem(RvxError, ValueError):
    """A profile cannot be written like that; the sentence says why."""


def _json(profile: Profile) -> Iterator[str]:
    from rvx.analysis.versions import versions

    yield json.dumps(to_json(profile) | {"versions": versions()}, indent=2)


def _speedscope(profile: Profile) -> Iterator[str]:
    yield json.dumps(to_speedscope(profile))


FORMATS: dict[str, Callable[[Profile], Iterable[str]]] = {
    ".html": to_html,
    ".txt": to_text,
    ".callgrind": to_callgrind,
    ".folded": to_folded,
    ".speedscope.json": _speedscope,
    ".json": _json,
}
"""Lines of a file by the end of its name; the first that fits holds."""


def check(path: Path) -> None:
    """Says whether a profile may be written there.

    Raises:
        ProfileProblem: the name says no format, or there is no such folder.
    """
    if not any(path.name.endswith(end) for end in FORMATS):
        raise ProfileProblem(f"{path}: the name of a profile ends with one of {', '.join(FORMATS)}")
    if not path.parent.is_dir():
        raise ProfileProblem(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise ProfileProblem(f"{path}: this is a folder")


def write(profile: Profile, path: Path) -> None:
    """Writes a profile in the format that its name ends with.

    Raises:
        ProfileProblem: see `check`.
        OSError: it cannot be written.
    """
    check(path)
    lines = next(make for end, make in FORMATS.items() if path.name.endswith(end))
    path.write_text("".join(f"{line}\n" for line in lines(profile)), "utf-8")
