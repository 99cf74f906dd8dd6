"""What rvx relies on in numba and llvmlite beyond what they document, looked at before compiling.

Both are pinned to one version in `pyproject.toml`, as Unicorn is. Who has another one gets a
sentence instead of wrong results. `tests/jit/test_facts.py` states fact by fact what is relied on,
so that a new release says which of them it changed.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from rvx.errors import RvxError

SUPPORTED = {"numba": "0.68.1", "llvmlite": "0.50.0"}
"""The versions that all of this is tested with."""


class UnknownCompilerError(RvxError, RuntimeError):
    """The installed numba or llvmlite is not one that rvx can rely on."""


_FLAGS = "_int_arith_flags"


@cache
def wrapping_numba() -> Any:
    """numba, told that `+ - *` of int64 wrap.

    It marks them as operations that never overflow (LLVM's nsw), for the sake of array indices.
    The optimiser then derives facts which are false of words that do wrap, and kernels that are
    right when interpreted give wrong results when compiled.

    Raises:
        UnknownCompilerError: numba or llvmlite lacks something that rvx relies on.
    """
    import llvmlite
    import numba
    from numba.cpython import numbers

    missing = missing_facts()
    if missing:
        wanted = " ".join(f"{name}=={version}" for name, version in SUPPORTED.items())
        raise UnknownCompilerError(
            f"numba {numba.__version__} with llvmlite {llvmlite.__version__} {missing[0]}, so that "
            f"compiled results could be wrong; install the versions that rvx is tested with: "
            f"pip install {wanted}"
        )
    setattr(numbers, _FLAGS, lambda _result: [])
    return numba


def missing_facts() -> list[str]:
    """What the installed versions do otherwise than rvx relies on; nothing if all is well."""
    import llvmlite.binding as llvm
    from numba.core import codegen
    from numba.core.registry import cpu_target
    from numba.cpython import numbers

    found = []
    # A private function: where it is gone, or not asked, all results would be silently wrong.
    users = (numbers.int_add_impl, numbers.int_sub_impl, numbers.int_mul_impl)
    if not hasattr(numbers, _FLAGS) or any(_FLAGS not in one.__code__.co_names for one in users):
        found.append("adds integers in a way that rvx does not know")
    library = codegen.JITCodeLibrary
    parts = "finalize _optimize_functions _get_module_for_linking _finalize_dynamic_globals".split()
    if not all(callable(getattr(library, part, None)) for part in parts):
        found.append("keeps the code of functions in a way that rvx does not know")
    context = cpu_target.target_context.codegen()
    is_known = getattr(context, "_library_class", None) is library
    if not is_known or not hasattr(context, "_create_empty_module"):
        found.append("makes machine code in a way that rvx does not know")
    if not all(hasattr(llvm, name) for name in ("create_pass_builder", "ObjectFileRef")):
        found.append("optimises in a way that rvx does not know")
    return found
