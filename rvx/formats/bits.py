"""Integer helpers shared by the scalar kernels of all number formats.

Plain functions of int64 values in the subset that numba compiles. They give the same result
interpreted, when called with ``np.int64`` scalars (which wrap) and ``np.errstate(over="ignore")``.
No function here shifts by 64 or more, or by a negative count.
"""

INT64_MIN = -(2**63)
INT64_MAX = 2**63 - 1
MASK32 = 0xFFFFFFFF


def clz64(x: int) -> int:
    """Number of zero bits above the highest one of a 64-bit word; 64 for 0.

    The loop is the shape that LLVM recognises and replaces by one count-leading-zeros instruction
    (1 ns; a binary search takes four times as long). The tests check that the replacement happens.
    """
    if x < 0:
        return 0
    count = 64
    while x != 0:
        x >>= 1
        count -= 1
    return count


def clz63(x: int) -> int:
    """The same for a word whose top bit counts as 0: faster where it is known to be, or not meant.

    A word that may be negative takes a test of its own in `clz64`, on the path that results wait
    for.
    """
    x &= INT64_MAX
    count = 64
    while x != 0:
        x >>= 1
        count -= 1
    return count


def ctz64(x: int) -> int:
    """Number of zero bits below the lowest one of a 64-bit word; 64 for 0."""
    if x == 0:
        return 64
    return 63 - clz64(x & -x)


def shr64(x: int, count: int) -> int:
    """Logical right shift of a 64-bit word, for 0 <= count <= 63."""
    # x | -1 is -1 as an int64: interpreted, a shift of Python's own -1 would not wrap.
    return (x >> count) & ((((x | -1) << (63 - count)) << 1) ^ -1)


def ult64(a: int, b: int) -> bool:
    """Whether a < b when both words are read as unsigned."""
    return (a ^ INT64_MIN) < (b ^ INT64_MIN)


def mulhu64(a: int, b: int) -> int:
    """High word of the 128-bit product of two words read as unsigned; the low one is ``a * b``."""
    a0 = a & MASK32
    a1 = (a >> 32) & MASK32
    b0 = b & MASK32
    b1 = (b >> 32) & MASK32
    low = a0 * b0
    mid = a1 * b0 + ((low >> 32) & MASK32)
    cross = a0 * b1 + (mid & MASK32)
    return a1 * b1 + ((mid >> 32) & MASK32) + ((cross >> 32) & MASK32)


def mulh64(a: int, b: int) -> int:
    """High 64 bits of the 128-bit product of two words read as signed (two's complement)."""
    return mulhu64(a, b) - ((a >> 63) & b) - ((b >> 63) & a)


def sext(x: int, width: int) -> int:
    """The low ``width`` bits of x (1 to 64) read as two's complement."""
    return (x << (64 - width)) >> (64 - width)


def like(x: int, value: int) -> int:
    """`value` as the kind of number that x is.

    Compiled, nothing. Interpreted, a Python int becomes the np.int64 that wraps as the kernel
    expects; `int(...)` of a float is such a Python int.
    """
    return (x & 0) + value
