"""Linux as a user program sees it: what is on its stack, and what its system calls do.

| file | what it holds |
|---|---|
| `names.py` | the names of all system calls of RISC-V |
| `table.py` | the calls that there are: number, name, function |
| `process.py` | the process: what the calls share |
| `stack.py` | what lies on the stack at the start |
| `space.py` | who has which pages: brk, mmap, mprotect |
| `shared.py` | memory that is shared with files |
| `sandbox.py` | which files of the host there are for the guest, and how a path is followed |
| `scratch.py` | the folder of temporary files |
| `proc.py` | what /proc tells a program about itself |
| `descriptors.py`, `pipes.py` | open files; pipes and others that are within the process |
| `clock.py`, `timers.py` | time, which is the count of instructions; what interrupts at a time |
| `signals.py`, `frame.py` | signals on their way; what a handler finds on its stack |
| `structures.py` | how structures lie in memory |
| `file_calls.py`, `memory_calls.py`, ... | the calls, by subject |

A run gives the same numbers every time: the clock is the count of instructions, random numbers come
from a seed, the standard streams are pipes whatever they are on the host, and the environment is
empty unless somebody says what is in it.
"""

from rvx.emulator.linux.process import Process, Settings

__all__ = ["Process", "Settings"]
