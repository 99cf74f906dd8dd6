"""What an export is."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Export:
    """Files for another tool.

    Attributes:
        files: text by file name.
        left_out: what the target cannot say, a sentence each, with the reason.
    """

    files: dict[str, str] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
