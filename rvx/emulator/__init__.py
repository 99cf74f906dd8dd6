"""The emulator: Unicorn runs the base ISA, compiled Python bodies run the rest.

Importing this package imports Unicorn; numba is imported when something has to be compiled.
"""

from rvx.emulator.hart import Backend, Tier
from rvx.emulator.linux import Settings
from rvx.emulator.loader import Executable, LoadError, load_executable
from rvx.emulator.machine import Machine
from rvx.emulator.memory import MemoryLayoutError
from rvx.emulator.result import RunResult, Trap, TrapKind
from rvx.emulator.tracing.records import Batch, Step
from rvx.emulator.tracing.tracer import Tracing

__all__ = [
    "Backend",
    "Batch",
    "Executable",
    "LoadError",
    "Machine",
    "MemoryLayoutError",
    "RunResult",
    "Settings",
    "Step",
    "Tier",
    "Tracing",
    "Trap",
    "TrapKind",
    "load_executable",
]
