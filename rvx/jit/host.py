"""The processor that code is compiled for, told without asking a compiler."""

from __future__ import annotations

import os
import platform
from functools import cache

_WANTED = ("vendor_id", "cpu family", "model", "model name", "stepping", "flags", "Features")
"""Lines of /proc/cpuinfo that say what a processor can do; others change from one second on."""

VARIABLES = ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")
"""With these the environment says what to compile for: numba knows them, too."""


def is_told() -> bool:
    """Whether the environment names another processor than this one to compile for."""
    return any(os.environ.get(name) for name in VARIABLES)


@cache
def description() -> str:
    """Changes when the processor does, or what numba is told about it.

    LLVM derives the name and the features of a processor from what this holds. It takes longer to
    import LLVM and ask than to run a short program.
    """
    told = [os.environ.get(name, "") for name in VARIABLES]
    lines = _first_processor()
    if not lines:
        import llvmlite.binding as llvm

        lines = [llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()]
    return "|".join([platform.machine(), *told, *lines])


@cache
def features() -> frozenset[str]:
    """The names of what the processor can do, as Linux or else LLVM spells them."""
    for line in _first_processor():
        name, _, value = line.partition(":")
        if name.strip() in ("flags", "Features"):
            return frozenset(value.split())
    import llvmlite.binding as llvm

    return frozenset(name for name, has in llvm.get_host_cpu_features().items() if has)


@cache
def _first_processor() -> list[str]:
    """Lines about the first processor; none where there is no such file."""
    found = []
    try:
        with open("/proc/cpuinfo", encoding="latin-1") as file:
            for line in file:
                if not line.strip():
                    break
                if line.partition(":")[0].strip() in _WANTED:
                    found.append(line.strip())
    except OSError:
        return []
    return found
