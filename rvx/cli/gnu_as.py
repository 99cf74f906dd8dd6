"""`rvx as`: takes the place of GNU as in a compiler driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rvx.cli.declare import End

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rvx.isa import Isa


def gnu_as() -> None:
    """Stand in for GNU as: takes its flags, knows the shipped extensions as well.

    `gcc -B DIR` calls it if DIR holds a script `as` that runs `rvx as "$@"`.
    """
    raise End(stand_in([]))


def stand_in(words: Sequence[str]) -> int:
    """Assembles as GNU as does with this command line; gives the exit code."""
    from rvx.assembler.gnu_as import run
    from rvx.extensions import change_arch

    return run(words, _isa, change_arch)


def _isa(march: str) -> Isa:
    """The ISA of a compiler's -march, with every shipped extension that needs nothing beyond it."""
    from rvx.extensions import isa_with_offers

    return isa_with_offers(march)
