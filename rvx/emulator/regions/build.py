"""From LLVM text to machine code, kept on disk by content."""

from __future__ import annotations

import ctypes
import ctypes.util
import hashlib
from collections.abc import Iterable
from functools import cache
from typing import Any

import llvmlite.binding as llvm

from rvx import disk, jit
from rvx.emulator.regions.bodies import BodyFunction


@cache
def _initialise() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    # The C library's own floating-point environment functions, under their own names.
    library = ctypes.CDLL(ctypes.util.find_library("m"))
    for name in ("feclearexcept", "fetestexcept"):
        function = ctypes.cast(getattr(library, name), ctypes.c_void_p)
        llvm.add_symbol(name, function.value)


def _machine() -> Any:
    target = llvm.Target.from_default_triple()
    return target.create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
    )


class CompiledRegion:
    """Machine code of a region; it lives as long as this object."""

    def __init__(self, engine: Any, address: int) -> None:
        self._engine = engine
        self.address = address


def compile_region(text: str, bodies: Iterable[BodyFunction]) -> CompiledRegion:
    """Compiles the text of a region with the bodies that it calls, or loads it from disk."""
    _initialise()
    ordered = sorted({body.name: body for body in bodies}.values(), key=lambda body: body.name)
    digest = hashlib.sha256(jit.content_key(extra=text).encode())
    for body in ordered:
        digest.update(body.name.encode())
    path = disk.directory() / "regions" / f"{digest.hexdigest()[:32]}.o"
    try:
        stored = path.read_bytes()
    except OSError:
        stored = b""
    module = llvm.parse_assembly("" if stored else text)
    if not stored:
        for body in ordered:
            # The function becomes private once it is linked: it has to be visible until then.
            module.link_in(llvm.parse_assembly(body.text.replace("define internal", "define", 1)))
        _keep_private(module)
        _optimise(module)
    made: list[bytes] = []
    engine = llvm.create_mcjit_compiler(module, _machine())
    engine.set_object_cache(lambda _module, data: made.append(data), lambda _module: stored or None)
    engine.finalize_object()
    address = int(engine.get_function_address("region"))
    if made and not stored:
        disk.store(path, made[0])
    return CompiledRegion(engine, address)


def _keep_private(module: Any) -> None:
    for function in module.functions:
        if not function.is_declaration and function.name != "region":
            function.linkage = "internal"


def _optimise(module: Any) -> None:
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    builder = llvm.create_pass_builder(_machine(), options)
    builder.getModulePassManager().run(module, builder)
