"""`rvx as`: takes the place of GNU as in a compiler driver."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING

from rvx.cli.ending import begin, ended

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rvx.isa import Isa

VARIABLE = "RVX_EXT"
"""Environment variable that lists extensions for a compiler's assembler, which gets no --ext."""


def gnu_as() -> None:
    """Stand in for GNU as: takes its flags, knows the shipped extensions as well.

    `gcc -B DIR` calls it if DIR holds a script `as` that runs `rvx as "$@"`; rvx toolchain makes
    one. Beside the flags of GNU as it takes --ext FILE|NAME, and loads what $RVX_EXT lists, with
    colons between.
    """
    from rvx.cli.declare import End

    raise End(stand_in([]))


def is_stand_in(words: Sequence[str]) -> bool:
    """Whether a command line is one of GNU as, and not a question for help."""
    return words[:1] == ["as"] and words[1:] not in ([], ["-h"], ["--help"])


def main() -> None:
    """Entry point where `is_stand_in` holds: a compiler calls it for each source, so it is quick.

    It knows nothing of Click, and leaves without taking apart what it has made, object by object,
    which would be a tenth of its time.
    """
    gc.disable()  # the process ends before there is any garbage to speak of
    begin()
    words, kept = sys.argv[1:], list[object]()
    code = ended(words, lambda: stand_in(words[1:], kept.append))
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def stand_in(words: Sequence[str], keep: Callable[[object], None] = lambda made: None) -> int:
    """Assembles as GNU as does with this command line; gives the exit code.

    Args:
        words: the arguments.
        keep: gets what was made.
    """
    from rvx.assembler.gnu_as import run
    from rvx.extensions import change_arch

    return run(words, _isa, change_arch, keep)


def _isa(march: str, ext: Sequence[str]) -> Isa:
    """The ISA of a compiler's -march, with the user's and whatever shipped extension fits."""
    from rvx.extensions import isa_with_offers

    everywhere = [one for one in os.environ.get(VARIABLE, "").split(os.pathsep) if one]
    return isa_with_offers(march, [*everywhere, *ext])
