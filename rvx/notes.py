"""What is to be said beside the result of a command, once, when it has ended."""

from __future__ import annotations

_kept: dict[str, None] = {}


def keep(sentence: str) -> None:
    """Remembers a sentence for the user; any thread may."""
    _kept[sentence] = None


def take() -> list[str]:
    """What was kept since the last time, each sentence once."""
    found = list(_kept)
    for sentence in found:
        del _kept[sentence]
    return found
