"""Regular expressions that are compiled when the first text is held against them.

Python keeps what it compiles for one process only. A start of `rvx as` defines fifty expressions,
which took a tenth of it, and an ordinary source needs a dozen.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    regex = re.compile
else:

    class regex:
        """An expression with the methods of a compiled one."""

        def __init__(self, text: str, flags: int = 0) -> None:
            self._source = (text, flags)

        def __getattr__(self, name: str) -> Any:
            """A method, which is found without a call from then on."""
            found = getattr(re.compile(*self._source), name)
            setattr(self, name, found)
            return found
