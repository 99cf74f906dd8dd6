"""`rvx as`: takes the place of GNU as in a compiler driver."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from rvx.cli.declare import End

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rvx.isa import Isa

VARIABLE = "RVX_EXT"
"""Environment variable that lists extensions for a compiler's assembler, which gets no --ext."""


def gnu_as() -> None:
    """Stand in for GNU as: takes its flags, knows the shipped extensions as well.

    `gcc -B DIR` calls it if DIR holds a script `as` that runs `rvx as "$@"`; rvx toolchain makes
    one. Beside the flags of GNU as it takes --ext FILE|NAME, and loads what $RVX_EXT lists, with
    colons between.
    """
    raise End(stand_in([]))


def stand_in(words: Sequence[str]) -> int:
    """Assembles as GNU as does with this command line; gives the exit code."""
    from rvx.assembler.gnu_as import run
    from rvx.extensions import change_arch

    return run(words, _isa, change_arch)


def _isa(march: str, ext: Sequence[str]) -> Isa:
    """The ISA of a compiler's -march, with the user's and whatever shipped extension fits."""
    from rvx.extensions import isa_with_offers

    everywhere = [one for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]
    return isa_with_offers(march, [*everywhere, *ext])
