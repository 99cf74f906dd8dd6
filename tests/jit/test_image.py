"""Machine code that is linked here and loaded without LLVM, against what MCJIT does with it."""

from __future__ import annotations

import ctypes
from typing import Any

import llvmlite.binding as llvm
import pytest

from rvx.jit import code, compiler, image

TABLE = """
@table = internal constant [4 x i64] [i64 10, i64 20, i64 30, i64 40]
define i64 @f(i64 %x) {
  %i = and i64 %x, 3
  %p = getelementptr [4 x i64], ptr @table, i64 0, i64 %i
  %v = load i64, ptr %p
  ret i64 %v
}
"""
POINTERS = """
@a = internal constant i64 7
@b = internal constant i64 9
@both = internal constant [2 x ptr] [ptr @a, ptr @b]
define i64 @f(i64 %x) {
  %i = and i64 %x, 1
  %p = getelementptr [2 x ptr], ptr @both, i64 0, i64 %i
  %q = load ptr, ptr %p
  %v = load i64, ptr %q
  ret i64 %v
}
"""
COUNTER = """
@count = internal global i64 5
@zero = internal global i64 0
define i64 @f(i64 %x) {
  %old = load i64, ptr @count
  %z = load i64, ptr @zero
  %new = add i64 %old, %x
  %sum = add i64 %new, %z
  store i64 %sum, ptr @count
  store i64 1, ptr @zero
  ret i64 %sum
}
"""
COMMON = """
@shared = common global i64 0
define i64 @f(i64 %x) {
  %old = load i64, ptr @shared
  %new = add i64 %old, %x
  store i64 %new, ptr @shared
  ret i64 %new
}
"""
SWITCH = """
declare i64 @labs(i64)
define i64 @f(i64 %x) {
  switch i64 %x, label %other [ i64 0, label %a i64 1, label %b i64 2, label %c i64 3, label %d
    i64 4, label %e i64 5, label %g ]
a:
  %r0 = call i64 @labs(i64 -3)
  ret i64 %r0
b:
  %r1 = call i64 @labs(i64 -11)
  %s1 = mul i64 %r1, %x
  ret i64 %s1
c:
  ret i64 17
d:
  %s3 = mul i64 %x, %x
  ret i64 %s3
e:
  %s4 = sub i64 %x, 90
  ret i64 %s4
g:
  %s5 = xor i64 %x, 1234
  ret i64 %s5
other:
  %n = sub i64 0, %x
  %r2 = call i64 @labs(i64 %n)
  ret i64 %r2
}
"""
OUTSIDE = """
declare double @llvm.sin.f64(double)
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
define i64 @f(i64 %x) {
  %room = alloca [4096 x i8]
  %m = and i64 %x, 4094
  %n = or i64 %m, 1
  call void @llvm.memset.p0.i64(ptr %room, i8 3, i64 %n, i1 false)
  %d = sitofp i64 %x to double
  %s = call double @llvm.sin.f64(double %d)
  %t = fmul double %s, 1.0e9
  %r = fptosi double %t to i64
  %b = load i8, ptr %room
  %w = zext i8 %b to i64
  %z = add i64 %r, %w
  ret i64 %z
}
"""
WIDE = """
define i64 @f(i64 %x) {
  %w = sext i64 %x to i128
  %m = mul i128 %w, 170141183460469231731687303715884105
  %y = or i64 %x, 1
  %v = sext i64 %y to i128
  %q = sdiv i128 %m, %v
  %h = lshr i128 %q, 40
  %r = trunc i128 %h to i64
  ret i64 %r
}
"""
POINTER_TO_OUTSIDE = """
declare i64 @labs(i64)
@where = internal global ptr @labs
define i64 @f(i64 %x) {
  %p = load volatile ptr, ptr @where
  %r = call i64 %p(i64 %x)
  ret i64 %r
}
"""
NOBODY_HAS = "declare i64 @rvx_nobody_has_this(i64)\n" + (
    "define i64 @f(i64 %x) {\n  %r = call i64 @rvx_nobody_has_this(i64 %x)\n  ret i64 %r\n}\n"
)
MODULES = {
    "table": TABLE,
    "pointers": POINTERS,
    "written data": COUNTER,
    "common": COMMON,
    "jump table": SWITCH,
    "libm and libc": OUTSIDE,
    "address of outside": POINTER_TO_OUTSIDE,
}


def object_of(text: str) -> bytes:
    module = llvm.parse_assembly(text)
    machine = compiler.target_machine()
    module.triple, module.data_layout = machine.triple, str(machine.target_data)
    return bytes(machine.emit_object(module))


def called(loaded: image.Loaded | None) -> Any:
    assert loaded is not None
    function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(loaded.addresses["f"])
    function.kept = loaded  # type: ignore[attr-defined]
    return function


@pytest.mark.parametrize("text", MODULES.values(), ids=MODULES)
def test_linked_code_does_what_llvm_makes_of_it(text: str) -> None:
    data = object_of(text)
    made = image.image_of(data, ("f",), is_slow=True)
    again = image.Image.from_bytes(made.to_bytes())
    assert again == made
    assert again.is_slow
    mapped = code.mapped(again)
    assert mapped is not None
    assert mapped.is_slow
    assert data[:4] != b"\x7fELF" or data[18] != 62 or not made.is_object
    ours, mcjit = image.load(made), compiler.load_object(data, ("f",))
    numbers = [0, 1, 2, 3, 4, 5, 6, -1, 12345, -(2**40)]
    assert [called(ours)(x) for x in numbers] == [called(mcjit)(x) for x in numbers]


def test_functions_of_the_compiler_itself_are_found() -> None:
    """Division of 128 bits is a call of libgcc's; llvmlite has none to compare with."""
    wide = called(image.load(image.image_of(object_of(WIDE), ("f",))))
    for x in (1, -1, 3, 12345, -(2**40) + 1):
        product = signed(x * 170141183460469231731687303715884105, 128)
        quotient = abs(product) // abs(x) * (-1 if (product < 0) != (x < 0) else 1)
        assert wide(x) == signed((quotient & (1 << 128) - 1) >> 40, 64)


def signed(value: int, bits: int) -> int:
    return (value + (1 << bits - 1)) % (1 << bits) - (1 << bits - 1)


def test_two_of_one_image_have_their_own_data() -> None:
    made = image.image_of(object_of(COUNTER), ("f",))
    first, second = image.load(made), image.load(made)
    assert [called(first)(1), called(first)(1)] == [6, 8]
    assert called(second)(1) == 6


def test_code_that_calls_what_nobody_has_stays_an_object() -> None:
    made = image.image_of(object_of(NOBODY_HAS), ("f",))
    assert made.is_object
    assert image.Image.from_bytes(made.to_bytes()) == made


def test_an_object_is_loaded_by_llvm() -> None:
    made = image.Image(object_of(TABLE), 0, {"f": 0}, is_object=True)
    assert called(code.mapped(made))(2) == 30


def test_an_import_that_is_gone_means_to_compile_anew() -> None:
    made = image.Image(bytes(4096 + 8), 8, {"f": 0}, (), ((4096, "rvx_nobody_has_this"),))
    assert image.load(made) is None


@pytest.mark.parametrize("data", [b"", b"\x7fELF", b"\x7fELF\x02\x01" + bytes(99), b"MZ" * 50])
def test_what_is_no_object_of_ours_is_left_to_llvm(data: bytes) -> None:
    assert image.image_of(data, ("f",)).is_object


def test_code_cannot_be_written() -> None:
    loaded = image.load(image.image_of(object_of(TABLE), ("f",)))
    assert loaded is not None
    with open("/proc/self/maps", encoding="ascii") as maps:
        for line in maps:
            begin, end = (int(part, 16) for part in line.split()[0].split("-"))
            if begin <= loaded.addresses["f"] < end:
                assert line.split()[1][:3] == "r-x"
                return
    pytest.fail("the code is nowhere")
