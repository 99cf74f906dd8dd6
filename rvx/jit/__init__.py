"""Compiles plain Python kernels, and keeps their machine code on disk by content.

Kernels and instruction bodies are written as undecorated Python functions over int64 values, so
that they can be read, stepped through and printed from. This package makes the compiled twin of
such a function:

* `Code` compiles generated functions of C signatures, and what they reach, or loads them.
* `export` and `elementwise` make functions of NumPy arrays of kernels.
* `native` gives a numba dispatcher, which is compiled in each process anew.

What is on disk is loaded without numba, which takes longer to import than most programs run. Each
file is named by a hash of everything that is reachable from its functions, so that a change in a
helper three modules away is noticed (numba's own cache looks only at the file of the outermost
function). `keys` makes the names, `compiler` and `facts` know numba and LLVM, `image` what machine
code is on disk.
"""

from rvx.jit.arrays import borrowed
from rvx.jit.code import Code, Exported, compiling, elementwise, export, from_llvm, host_key
from rvx.jit.compiler import KernelError, Replacements, callee, native
from rvx.jit.facts import UnknownCompilerError
from rvx.jit.image import Loaded, provide
from rvx.jit.keys import content_key, content_of

__all__ = [
    "Code",
    "Exported",
    "KernelError",
    "Loaded",
    "Replacements",
    "UnknownCompilerError",
    "borrowed",
    "callee",
    "compiling",
    "content_key",
    "content_of",
    "elementwise",
    "export",
    "from_llvm",
    "host_key",
    "native",
    "provide",
]
