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
    from rvx import extensions
    from rvx.isa import Isa, IsaError

    chosen = list(extensions.isa_for(march).extensions.values())
    names = {extension.name for extension in chosen}
    xlen = extensions.isa_for(march).xlen
    offered = []
    for extension in extensions.isa_for().extensions.values():
        if extension.name.startswith("X") and names >= {*extension.requires}:
            offered.append(extension)
            names.add(extension.name)
    try:
        return Isa([*chosen, *offered], xlen)
    except IsaError:
        pass
    isa = Isa(chosen, xlen)
    for extension in offered:
        if not isa.extensions.keys() >= {*extension.requires}:
            continue
        try:
            isa = Isa([*isa.extensions.values(), extension], xlen)
        except IsaError:
            continue  # Not for this register width, or taken by what the string names.
    return isa
