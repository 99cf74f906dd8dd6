"""Vector instructions: the vector unit, what is legal, and instructions from element functions.

`Extension.vector` is the way in. An element function such as::

    @X.vector("vabsdiff", "vv vx", "000001")
    def vabsdiff(a, b):
        \"\"\"vd = the distance of vs2 and b.\"\"\"
        return max(a - b, b - a)

becomes an instruction for every form, with masks, register groups, tail and vstart, assembled,
disassembled and run as any other.
"""

from rvx.isa.vector.declare import Alternatives, Shape, declare, declare_unary
from rvx.isa.vector.state import Vector

__all__ = ["Alternatives", "Shape", "Vector", "declare", "declare_unary"]
