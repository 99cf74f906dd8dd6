"""Compiles plain Python functions with numba and LLVM.

numba is imported when something is compiled that does not come with rvx (`rvx.jit.shipped`), never
at import of this module. It does the first half of the work: types, and LLVM code of each function
by itself. It would then optimise each function with all that it calls and make machine code of it,
over and over for what many functions call, and wrap it for Python. Nobody runs those, so that half
is left out (`_first_half`): the functions that belong together are linked, optimised and made into
machine code once.
"""

from __future__ import annotations

import os
import threading
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from rvx.errors import RvxError
from rvx.jit import host, shipped, ternary
from rvx.jit.image import Image, Loaded, image_of
from rvx.jit.keys import content_key, is_foreign
from rvx.reachable import cells, is_kernel, reached, references, twin_of

Replacements = tuple[tuple[Callable[..., Any], Any], ...]
"""Pairs of a function and what stands for it in compiled code."""


class KernelError(RvxError, ValueError):
    """A function is not a kernel, for a reason that numba would not tell."""


@cache
def native(function: Callable[..., Any]) -> Any:
    """The numba dispatcher of a plain function; what it calls is compiled with it.

    Raises:
        KernelError: the function calls itself, at once or through others.
        TypeError: the argument is not a plain Python function.
    """
    return _dispatcher(function, ())


@cache
def callee(function: Callable[..., Any], replacing: Replacements = ()) -> Any:
    """The same for compiled code alone to call, which compiles a third faster.

    Args:
        function: the outermost function.
        replacing: functions that the compiled code calls others for, wherever they are reached.

    Raises:
        KernelError: the function calls itself, at once or through others.
        TypeError: the argument is not a plain Python function.
    """
    for original, stand_in in replacing:
        if function is original:
            return stand_in
    # What reaches nothing that is replaced is compiled once, whoever calls it.
    if replacing and not any(original in reached(function) for original, _ in replacing):
        return callee(function)
    return _dispatcher(function, replacing, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _dispatcher(function: Callable[..., Any], replacing: Replacements, **options: bool) -> Any:
    if not isinstance(function, types.FunctionType):
        raise TypeError(f"only a plain Python function can be compiled, not {function!r}")
    twin = twin_of(function)
    stand_in = twin.make() if twin is not None else None
    if stand_in is not None:
        return stand_in
    outer = _being_compiled.functions
    if function in outer:
        raise KernelError(f"the function '{function.__qualname__}' calls itself")
    _being_compiled.functions = (*outer, function)
    try:
        rebound = _rebound(function, replacing)
    finally:
        _being_compiled.functions = outer
    # Without the runtime (nrt) a kernel cannot allocate arrays, and needs no counting of references
    # to those it is given: that counting costs two thirds of a quire's multiply-accumulate.
    numba = supported_numba()
    checks = is_foreign(function)
    return numba.njit(rebound, error_model="numpy", _nrt=False, boundscheck=checks, **options)


class _BeingCompiled(threading.local):
    """The functions whose references this thread is compiling."""

    functions: tuple[Callable[..., Any], ...] = ()


_being_compiled = _BeingCompiled()


def supported_numba() -> Any:
    """numba, with all that rvx relies on; imported now if nobody has."""
    from rvx.jit.facts import wrapping_numba

    return wrapping_numba()


def _rebound(function: types.FunctionType, replacing: Replacements) -> types.FunctionType:
    """A copy of the function whose references lead to compiled twins."""
    namespace = dict(function.__globals__)
    stand_ins: dict[tuple[str, ...], types.ModuleType] = {}
    for chain, value in references(function).items():
        if not is_kernel(value) or chain[0] == "<closure>":
            continue
        if len(chain) == 1:
            namespace[chain[0]] = callee(value, replacing)
            continue
        parent = _stand_in(namespace, stand_ins, chain[:-1])
        setattr(parent, chain[-1], callee(value, replacing))
    closure = tuple(
        types.CellType(callee(value, replacing) if is_kernel(value) else value)
        for value in cells(function).values()
    )
    code = function.__code__
    if not is_foreign(function):
        # What is raised notes its file, which is another one in each checkout.
        code = code.replace(co_filename=f"<{function.__module__}>")
    copy = types.FunctionType(
        code, namespace, function.__name__, function.__defaults__, closure or None
    )
    copy.__qualname__ = _symbol(function, replacing)
    copy.__module__ = function.__module__
    return copy


def _symbol(function: types.FunctionType, replacing: Replacements) -> str:
    """A name that no other code has.

    Of two pieces of one name the linker takes either. numba tells closures of one factory apart by
    a number that counts up in each process, so that posit8's `add` of one run is called what
    posit16's is in another.
    """
    replaced = [(original.__qualname__, repr(stand_in)) for original, stand_in in replacing]
    return f"{function.__qualname__}_{content_key(function, extra=repr(replaced))}"


def _stand_in(
    namespace: dict[str, Any],
    made: dict[tuple[str, ...], types.ModuleType],
    path: tuple[str, ...],
) -> types.ModuleType:
    """A copy of the module at `path` of the namespace, whose functions may be replaced."""
    if path in made:
        return made[path]
    if len(path) == 1:
        original = namespace[path[0]]
    else:
        original = getattr(_stand_in(namespace, made, path[:-1]), path[-1])
    copy = types.ModuleType(original.__name__)
    copy.__dict__.update(original.__dict__)
    made[path] = copy
    if len(path) == 1:
        namespace[path[0]] = copy
    else:
        setattr(made[path[:-1]], path[-1], copy)
    return copy


# --- The first half: from Python to LLVM


@contextmanager
def _first_half() -> Iterator[None]:
    """numba stops at the LLVM code of each function by itself, for as long as this is open."""
    from numba.core.compiler_lock import global_compiler_lock
    from numba.core.registry import cpu_target

    codegen = cpu_target.target_context.codegen()
    with global_compiler_lock:
        before = codegen._library_class
        codegen._library_class = _library_class()
        # The environment of a function, which compiled code takes Python objects from, is noted in
        # its machine code, and there is none.
        codegen.set_env = lambda _name, _environment: None
        try:
            yield
        finally:
            codegen._library_class = before
            del codegen.set_env


@cache
def _library_class() -> Any:
    """numba's class for the code of a function, without the second half."""
    from numba.core.codegen import JITCodeLibrary

    class Library(JITCodeLibrary):  # type: ignore[misc]
        _all_of_it: Any = None

        def finalize(self) -> None:
            """Leaves the code as it is."""
            self._finalize_dynamic_globals()
            self._finalized = True

        def _optimize_functions(self, ll_module: Any) -> None:
            ll_module.data_layout = self._codegen._data_layout

        def _get_module_for_linking(self) -> Any:
            """With all that it calls: for numba itself, if it meets such a function later."""
            if self._all_of_it is None:
                self._all_of_it = _linked([self])
            return self._all_of_it

    return Library


def _linked(libraries: Sequence[Any]) -> Any:
    """One module of the code of some functions and of all that they call."""
    import llvmlite.binding as llvm

    codegen = libraries[0]._codegen
    whole = llvm.parse_assembly(str(codegen._create_empty_module("rvx")))
    own = _library_class()
    shared = (llvm.Linkage.external, llvm.Linkage.linkonce_odr)
    waiting, seen = list(libraries), set()
    while waiting:
        library = waiting.pop()
        if library in seen:
            continue
        seen.add(library)
        if isinstance(library, own):
            module = library._final_module.clone()
            waiting += library._linking_libraries
        else:
            module = library._get_module_for_linking().clone()
        for function in module.functions:
            # The linker may meet it again, and drops what nobody has called so far if it may.
            if not function.is_declaration and function.linkage in shared:
                function.linkage = "weak_odr"
        whole.link_in(module)
    return whole


class Unlinked:
    """The LLVM code of some functions and of all that they call, not optimised.

    Attributes:
        module: the LLVM module.
        symbols: what the functions are called there, by their own names.
    """

    def __init__(self, module: Any, symbols: Mapping[str, str]) -> None:
        self.module = module
        self.symbols = symbols


def to_llvm(
    key: str,
    source: str,
    names: Mapping[str, Any],
    arguments: Mapping[str, Sequence[str]],
    replacing: Callable[[], Replacements] = tuple,
) -> Unlinked:
    """LLVM code of generated functions.

    Args:
        key: changes whenever the functions or what they reach do.
        source: Python source that defines them.
        names: what the source may refer to; plain functions are compiled with it.
        arguments: kinds of the arguments of each function, such as int64, by its name.
        replacing: gives what it is for `callee`, which takes numba.

    Raises:
        Exception: whatever numba raises if it does not take a function.
    """
    found = shipped.find(key)
    if found is None:
        return translated(key, source, names, arguments, replacing())
    import llvmlite.binding as llvm

    text, symbols = found
    return Unlinked(llvm.parse_assembly(text), symbols)


def translated(
    key: str,
    source: str,
    names: Mapping[str, Any],
    arguments: Mapping[str, Sequence[str]],
    replacing: Replacements = (),
) -> Unlinked:
    """The same by numba."""
    numba = supported_numba()
    space: dict[str, Any] = {"int64": numba.int64, "float64": numba.float64}
    for name, value in names.items():
        space[name] = callee(value, replacing) if is_kernel(value) else value
    exec(compile(source, f"<generated {key}>", "exec"), space)
    results = {}
    with _first_half():
        for name, kinds in arguments.items():
            space[name].__qualname__ = f"{name}_{key}"
            made = numba.njit(
                space[name],
                error_model="numpy",
                _nrt=False,
                no_cpython_wrapper=True,
                no_cfunc_wrapper=True,
            )
            made.compile(tuple(getattr(numba, kind) for kind in kinds))
            (results[name],) = made.overloads.values()
        module = _linked([result.library for result in results.values()])
    symbols = {name: result.fndesc.llvm_func_name for name, result in results.items()}
    return Unlinked(module, symbols)


# --- The second half: from LLVM to machine code


@cache
def target_machine() -> Any:
    """LLVM's back end for this processor; its code may lie anywhere."""
    return _new_target_machine()


@cache
def _careful_target_machine() -> Any:
    """The same at LLVM's lowest level: slow code, in which each operand is loaded by itself.

    So what LLVM gets wrong with operands in memory (`rvx.jit.ternary`) is not in it.
    """
    return _new_target_machine(level=0)


def _new_target_machine(cpu: str | None = None, level: int = 3) -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    told, features = (os.environ.get(name) for name in host.VARIABLES)
    told = cpu or told
    if cpu or features is None:
        features = "" if told else llvm.get_host_cpu_features().flatten()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=told or llvm.get_host_cpu_name(),
        features=features,
        opt=level,
        reloc="pic",
        codemodel="small",
    )


def keep_only(module: Any, entries: Sequence[str]) -> None:
    """Makes everything private but some functions, so that they are inlined or dropped."""
    for one in [*module.functions, *module.global_variables]:
        if not one.is_declaration and one.name not in entries:
            one.linkage = "internal"


def optimise(module: Any, speed: int = 3) -> None:
    """Runs LLVM's passes over a module."""
    import llvmlite.binding as llvm

    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=speed)
    options.loop_vectorization = speed >= 3
    builder = llvm.create_pass_builder(target_machine(), options)
    builder.getModulePassManager().run(module, builder)


def portable_text(made: Unlinked) -> str:
    """LLVM code without what nobody calls, and optimised as far as all processors have in common.

    That leaves a fifth of the text, and less than half of the work for `optimise`.
    """
    import llvmlite.binding as llvm

    keep_only(made.module, list(made.symbols.values()))
    options = llvm.create_pipeline_tuning_options(speed_level=1)
    options.loop_vectorization = options.slp_vectorization = options.loop_unrolling = False
    builder = llvm.create_pass_builder(_new_target_machine("generic"), options)
    builder.getModulePassManager().run(made.module, builder)
    return str(made.module)


def linked(module: Any, texts: Sequence[str]) -> Any:
    """A module with others, given as text, linked to it."""
    import llvmlite.binding as llvm

    for text in texts:
        part = llvm.parse_assembly(text)
        if module is None:
            module = part
        else:
            module.link_in(part)
    return module


def to_image(module: Any, entries: tuple[str, ...], speed: int = 3) -> Image:
    """Machine code of a module, of which some functions are called from outside."""
    keep_only(module, entries)
    optimise(module, speed)
    code = target_machine().emit_object(module)
    is_slow = ternary.may_be_wrong(code)
    if is_slow:
        code = _careful_target_machine().emit_object(module)
    return image_of(code, entries, is_slow)


def load_object(data: bytes, entries: Sequence[str], is_slow: bool = False) -> Loaded | None:
    """Loads an object file with MCJIT, which knows all that numba's own code may refer to."""
    import llvmlite.binding as llvm

    supported_numba()
    from numba.core.registry import cpu_target

    # numba tells LLVM the addresses of its helpers when its target is made.
    cpu_target.target_context.codegen()
    # The engine takes the machine over, and ends it.
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _new_target_machine())
    engine.add_object_file(llvm.ObjectFileRef.from_data(data))
    engine.finalize_object()
    addresses = {name: int(engine.get_function_address(name)) for name in entries}
    return Loaded(engine, addresses, is_slow)
