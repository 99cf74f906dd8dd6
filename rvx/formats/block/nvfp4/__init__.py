"""NVFP4: 4-bit floating point with scales in two levels.

Rooms: `format` the format as a value; `rules` how libraries get there; `exact` the reference on
fractions; `array` the quantiser.
There is no kernel room: products go through the kernels of `mx` and of E4M3.
"""

from rvx.formats.block.nvfp4.format import NVFP4, Nvfp4
from rvx.formats.block.nvfp4.rules import RULES, Rule, parse_rule

__all__ = ["NVFP4", "RULES", "Nvfp4", "Rule", "parse_rule"]
