"""rvx: declare a RISC-V instruction once, in Python; assemble, run, count and judge it."""

__version__ = "0.1.0"
