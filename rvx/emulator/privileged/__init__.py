"""The privileged machine: modes, CSRs, traps and interrupts, as the manual's volume II has them.

The core knows none of it: words that have to do with privilege never reach it
(`rvx.emulator.gate`), and the run loop performs them here. They are few in any program, and
programs without them pay nothing.

| file | what it holds |
|---|---|
| `registers.py` | the CSRs: address, name, which bits can be written, what they hold at reset |
| `unit.py` | what instructions, traps and interrupts do to them |
"""

from rvx.emulator.privileged.registers import Mode
from rvx.emulator.privileged.unit import Cause, Privilege

__all__ = ["Cause", "Mode", "Privilege"]
