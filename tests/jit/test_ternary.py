"""Logic under a mask is what it says, in whatever order LLVM has its operands."""

from __future__ import annotations

import ctypes
import itertools

import llvmlite.binding as llvm
import numpy as np
import pytest

from rvx.jit import compiler, image, ternary

ORDERS = list(itertools.permutations("abc"))
TEXT = """
define void @f(ptr %out, ptr %a, ptr %b, ptr %c, ptr %mask) {{
  %la = load <16 x i32>, ptr %a, align 4
  %lb = load <16 x i32>, ptr %b, align 4
  %lc = {constant}
  %m = load i16, ptr %mask, align 2
  %lanes = bitcast i16 %m to <16 x i1>
  %yes = and <16 x i32> %l{0}, %l{1}
  %not = xor <16 x i32> %l{0}, splat (i32 -1)
  %no = and <16 x i32> %l{2}, %not
  %new = or <16 x i32> %yes, %no
  %all = select <16 x i1> %lanes, <16 x i32> %new, <16 x i32> %l{kept}
  store <16 x i32> %all, ptr %out, align 4
  ret void
}}
"""
"""Bits of the second where the first has ones, of the third where it has zeros."""
SIGNS = "bitcast <16 x i32> splat (i32 -2147483648) to <16 x i32>"
LOADED = "load <16 x i32>, ptr %c, align 4"


@pytest.mark.parametrize("kept", "abc")
@pytest.mark.parametrize("constant", [SIGNS, LOADED], ids=["signs", "loaded"])
@pytest.mark.parametrize("order", ORDERS, ids="".join)
def test_operands_in_every_order(order: tuple[str, ...], constant: str, kept: str) -> None:
    module = llvm.parse_assembly(TEXT.format(*order, constant=constant, kept=kept))
    loaded = image.load(compiler.to_image(module, ("f",)))
    assert loaded is not None
    random = np.random.default_rng(1)
    a, b, c = (random.integers(0, 1 << 32, 16, dtype=np.uint32) for _ in range(3))
    if constant is SIGNS:
        c[:] = 1 << 31
    words = {"a": a, "b": b, "c": c}
    mask = np.array([0b1010011100101101], np.uint16)
    out = np.zeros(16, np.uint32)
    pointers = [one.ctypes.data for one in (out, a, b, c, mask)]
    ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)(loaded.addresses["f"])(*pointers)
    first, second, third = (words[name] for name in order)
    lanes = (mask[0] >> np.arange(16) & 1).astype(bool)
    chosen = (first & second) | (third & ~first)
    assert (out == np.where(lanes, chosen, words[kept])).all()


def test_only_masked_logic_with_memory_is_suspected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ternary.platform, "machine", lambda: "x86_64")
    # vpternlogd zmm6{k2}, zmm4, [rbp-448], 228
    with_memory = bytes.fromhex("62f35d4a25b540feffffe4")
    with_register = bytes.fromhex("62f35d4a25f5e4")
    unmasked = bytes.fromhex("62f35d4825b540feffffe4")
    assert ternary.may_be_wrong(b"\x90" + with_memory)
    assert not ternary.may_be_wrong(with_register + unmasked)
    monkeypatch.setattr(ternary.platform, "machine", lambda: "aarch64")
    assert not ternary.may_be_wrong(with_memory)
