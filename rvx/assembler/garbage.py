"""The garbage collector of Python rests while large structures are built.

Assembling makes millions of small objects that stay, and hardly one that is garbage by itself. The
collector would look at all of them again and again to find that out.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

_Arguments = ParamSpec("_Arguments")
_Result = TypeVar("_Result")


def without_collector(
    function: Callable[_Arguments, _Result],
) -> Callable[_Arguments, _Result]:
    """Makes a function run while the collector rests."""

    @wraps(function)
    def run(*arguments: _Arguments.args, **options: _Arguments.kwargs) -> _Result:
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            return function(*arguments, **options)
        finally:
            if was_enabled:
                gc.enable()

    return run
