"""What is wrong with a body, in a sentence."""

from __future__ import annotations

from rvx.isa import IsaError


class BodyProblem(IsaError):
    """A body holds something that cannot mean the same interpreted and compiled."""
