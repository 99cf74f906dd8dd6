"""Linux as a user program sees it: what is on its stack, and what its system calls do.

| file | what it holds |
|---|---|
| `names.py` | the names of all system calls of RISC-V |
| `table.py` | the calls that there are: number, name, function |
| `process.py` | the process: what the calls share |
| `stack.py` | what lies on the stack at the start |
| `space.py` | who has which pages: brk, mmap, mprotect |
| `sandbox.py` | which files of the host there are for the guest, and how a path is followed |
| `descriptors.py` | open files |
| `clock.py` | time, which is the count of instructions |
| `structures.py` | how structures lie in memory |
| `files.py`, `memory.py`, `times.py`, `signals.py`, `identity.py` | the calls, by subject |

A run gives the same numbers every time: the clock is the count of instructions, random numbers come
from a seed, the standard streams are pipes whatever they are on the host, and the environment is
empty unless somebody says what is in it.
"""

from rvx.emulator.linux.process import Process, Settings

__all__ = ["Process", "Settings"]
