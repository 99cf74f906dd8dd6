"""Instructions that work element by element: from a function of elements to the body.

An element function takes element bits and gives element bits. From it and the widths of result and
operands come the loop over the elements, a choice of that loop by SEW, the check of what is legal,
and the body, which is what an instruction of any other extension has as well.

The text of dispatch and body is generated, since both differ between instructions by nothing but
names and widths; the loop, where the meaning is, is an ordinary function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from rvx.isa.bits import Words
from rvx.isa.errors import DeclarationError
from rvx.isa.vector.legality import Legality
from rvx.isa.vector.plan import (
    Arithmetic,
    Element,
    Loop,
    Scalar,
    loop_of,
    with_loop,
    with_plan,
    with_result,
    with_runs,
)
from rvx.isa.vector.state import (
    VL,
    Vector,
    is_active,
    is_alternative,
    refuse,
    rounding,
    width,
)

PARAMETERS = ("d", "a", "b", "m", "sew", "mode", "flags")
"""What an element function may ask for:

* `d`: the old element of the result, `a`: that of vs2, `b`: that of vs1, or the scalar;
* `m`: the bit of v0, where the mask is an operand;
* `sew`: SEW in bits;
* `mode`: the rounding mode: vxrm, or frm where the elements are of a float format;
* `flags`: what is raised: the words of `Vector.config`, or fflags where elements are floats.
"""

SEWS = (8, 16, 32, 64)


def adapted(function: Element) -> Element:
    """The element function with all of `PARAMETERS`, in their order.

    Raises:
        DeclarationError: it asks for something else.
    """
    code = function.__code__
    asked = code.co_varnames[: code.co_argcount]
    if asked == PARAMETERS:
        return function
    for name in asked:
        if name not in PARAMETERS:
            raise DeclarationError(
                f"the element function '{function.__name__}' asks for '{name}'; it may ask for "
                f"{', '.join(PARAMETERS)}"
            )
    text = f"def element({', '.join(PARAMETERS)}):\n    return function({', '.join(asked)})\n"
    made: Element = generated(text, "element", {"function": function})
    return made


def generated(text: str, name: str, names: Mapping[str, Any]) -> Any:
    """A function from its text, which may refer to these names."""
    namespace: dict[str, Any] = {"__name__": __name__, **names}
    exec(compile(text, f"<{name} of a vector instruction>", "exec"), namespace)
    return namespace[name]


def make_loop(
    element: Element,
    sew: int,
    scalar_of: Scalar | None,
    *,
    makes_mask: bool = False,
    takes_mask: bool = False,
    words: int = 0,
) -> Callable[..., None]:
    """The loop over the elements of one SEW.

    Args:
        element: the function of elements, with all of `PARAMETERS`.
        sew: in bits.
        scalar_of: makes the element of a scalar operand; None where the operand is a vector.
        makes_mask: whether the result is a bit of a mask.
        takes_mask: whether v0 is an operand: no element is skipped then.
        words: how many arrays `flags` holds besides the flags, see `plan.Loop`.
    """
    has_scalar = scalar_of is not None

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        b = 0
        if has_scalar:
            b = scalar_of(scalar)  # type: ignore[misc]
        mask = vd * v.vlenb
        for x in range(v.config[VL]):
            m = 0
            if vm == 0:
                m = is_active(v, x)
                if m == 0 and not takes_mask:
                    continue
            if not has_scalar:
                b = right[at_b + x] | 0
            if makes_mask:
                bit = 1 << (x & 7)
                at = mask + (x >> 3)
                old = v.e8[at] & (bit ^ -1)
                if element(old, left[at_a + x] | 0, b, m, sew, mode, flags):
                    old |= bit
                v.e8[at] = old
            else:
                result[at_d + x] = element(
                    result[at_d + x] | 0, left[at_a + x] | 0, b, m, sew, mode, flags
                )

    made = Loop(element, sew, scalar_of, makes_mask, takes_mask, words=words)
    return with_loop(loop, made)


def same(d: int) -> int:
    """What a reduction of no elements does to vs1[0], mostly."""
    return d


def make_reduction_loop(
    element: Element, sew: int, of_none: Element, words: int = 0
) -> Callable[..., None]:
    """The loop that combines the active elements of one SEW, one after the other.

    Args:
        element: combines d, the result so far, with a, an element.
        sew: in bits.
        of_none: what becomes of vs1[0] if no element is active.
        words: how many arrays `flags` holds besides the flags.
    """

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        total = right[at_b] | 0
        is_empty = True
        for x in range(v.config[VL]):
            if vm == 0 and is_active(v, x) == 0:
                continue
            is_empty = False
            total = element(total, left[at_a + x] | 0, 0, 0, sew, mode, flags)
        if v.config[VL] > 0:
            if is_empty:
                total = of_none(total, 0, 0, 0, sew, mode, flags)
            result[at_d] = total

    return with_loop(loop, Loop(element, sew, of_none=of_none, words=words))


PARTIAL = 8
"""How many results a reduction in any order is made of, see `make_unordered_loop`."""


def make_unordered_loop(element: Element, sew: int) -> Callable[..., None]:
    """The loop of a reduction in any order; it takes the one that hardware with lanes takes.

    Element x belongs to lane x mod 8. Each lane combines its active elements one after the other,
    then neighbours are combined, (0, 1), (2, 3) and so on, as a tree; vs1[0] is combined with the
    whole at last. Lanes without an active element take no part.

    Args:
        element: combines d and a, two elements or results.
        sew: in bits.
    """

    def lane(
        v: Vector, left: Words, at_a: int, first: int, vm: int, mode: int, flags: Words
    ) -> tuple[int, int]:
        total, some = 0, 0
        for x in range(first, v.config[VL], PARTIAL):
            if vm == 0 and is_active(v, x) == 0:
                continue
            value = left[at_a + x] | 0
            total = value if some == 0 else element(total, value, 0, 0, sew, mode, flags)
            some = 1
        return total, some

    def pair(a: int, some_a: int, b: int, some_b: int, mode: int, flags: Words) -> tuple[int, int]:
        if some_b == 0:
            return a, some_a
        if some_a == 0:
            return b, some_b
        return element(a, b, 0, 0, sew, mode, flags), 1

    def half(
        v: Vector, left: Words, at_a: int, first: int, vm: int, mode: int, flags: Words
    ) -> tuple[int, int]:
        a, some_a = lane(v, left, at_a, first, vm, mode, flags)
        b, some_b = lane(v, left, at_a, first + 1, vm, mode, flags)
        c, some_c = lane(v, left, at_a, first + 2, vm, mode, flags)
        d, some_d = lane(v, left, at_a, first + 3, vm, mode, flags)
        a, some_a = pair(a, some_a, b, some_b, mode, flags)
        c, some_c = pair(c, some_c, d, some_d, mode, flags)
        return pair(a, some_a, c, some_c, mode, flags)

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        if v.config[VL] > 0:
            a, some_a = half(v, left, at_a, 0, vm, mode, flags)
            b, some_b = half(v, left, at_a, PARTIAL // 2, vm, mode, flags)
            a, some_a = pair(a, some_a, b, some_b, mode, flags)
            total, _ = pair(right[at_b] | 0, 1, a, some_a, mode, flags)
            result[at_d] = total

    return loop


def make_alternatives(
    usual: Callable[..., None], other: Callable[..., None]
) -> Callable[..., None]:
    """The loop of one SEW whose formats altfmt chooses.

    Args:
        usual: the loop without altfmt.
        other: with it.
    """

    def loop(
        v: Vector,
        result: Words,
        left: Words,
        right: Words,
        vd: int,
        at_d: int,
        at_a: int,
        at_b: int,
        scalar: int,
        vm: int,
        mode: int,
        flags: Words,
    ) -> None:
        if is_alternative(v):
            other(v, result, left, right, vd, at_d, at_a, at_b, scalar, vm, mode, flags)
        else:
            usual(v, result, left, right, vd, at_d, at_a, at_b, scalar, vm, mode, flags)

    return loop


def make_dispatch(
    loops: Mapping[int, Callable[..., None]], wider_d: int, wider_2: int, wider_1: int
) -> Callable[..., None]:
    """Calls the loop for the present SEW with the registers as elements of the right widths.

    Args:
        loops: by SEW.
        wider_d: binary logarithm of EEW / SEW for the result.
        wider_2: for vs2.
        wider_1: for vs1.
    """

    @cache
    def only(chosen: int) -> Any:
        return _dispatch({chosen: loops[chosen]}, wider) if chosen in loops else None

    wider = (wider_d, wider_2, wider_1)
    run = _dispatch(loops, wider)
    _RUNS[run] = (loops, wider)
    return with_runs(run, only)


_RUNS: dict[Callable[..., None], tuple[Mapping[int, Any], tuple[int, int, int]]] = {}
"""What the functions that choose a loop were made of."""


def _dispatch(loops: Mapping[int, Callable[..., None]], wider: tuple[int, int, int]) -> Any:
    lines = [
        "def run(v, vd, vs2, vs1, scalar, vm, mode, flags):\n",
        "    sew = width(v)\n",
        "    n = v.vlenb\n",
    ]
    names: dict[str, Any] = {"width": width}
    for sew, loop in loops.items():
        d, a, b = (_times(sew, by) for by in wider)
        if not all(8 <= eew <= 64 for eew in (d, a, b)):
            continue
        names[f"loop_{sew}"] = loop
        places = ", ".join(
            f"{register} * n >> {SEWS.index(eew)}"
            for register, eew in (("vd", d), ("vs2", a), ("vs1", b))
        )
        lines.append(
            f"    if sew == {sew}:\n"
            f"        loop_{sew}(v, v.e{d}, v.e{a}, v.e{b}, vd, {places},\n"
            f"            scalar, vm, mode, flags)\n"
        )
    return generated("".join(lines), "run", names)


def _times(sew: int, wider: int) -> int:
    return sew << wider if wider >= 0 else sew >> -wider


def make_body(
    run: Callable[..., None],
    is_legal: Legality,
    *,
    left: bool = True,
    right: str = "",
    has_vm: bool = True,
    vm: int = 1,
    has_floats: bool = False,
    has_vd: bool = True,
    words: Sequence[str] = (),
    result: str = "",
) -> Callable[..., Any]:
    """The body of an instruction.

    Args:
        run: does it, see `make_dispatch`.
        is_legal: whether it may be done.
        left: whether there is an operand vs2.
        right: name of the third operand: `vs1`, `rs1`, `imm`, or empty.
        has_vm: whether the mask is a choice of whoever writes the instruction.
        vm: what it is otherwise.
        has_floats: whether elements are floats, so that frm counts and fflags are raised.
        has_vd: whether there is a result in a vector register.
        words: arrays that functions of elements get behind the flags, by the names by which the
            body asks for them.
        result: what is written, see `plan.with_result`; empty if the loops say it.
    """
    asked = [*(["vd"] if has_vd else []), *(["vs2"] if left else []), *([right] if right else [])]
    asked += [*(["vm"] if has_vm else []), *(["frm", "fflags"] if has_floats else [])]
    vd = "vd" if has_vd else "0"
    vs2, vs1 = "vs2" if left else "0", "vs1" if right == "vs1" else "0"
    scalar = right if right in ("rs1", "imm") else "0"
    mask = "vm" if has_vm else str(vm)
    refused = "frm > 4 or " if has_floats else ""
    mode, flags = ("frm", "fflags") if has_floats else ("rounding(v)", "v.config")
    passed = f"({', '.join((flags, *words))})" if words else flags
    text = (
        f"def body({', '.join(dict.fromkeys((*asked, 'v', 'fault', *words)))}):\n"
        f"    if {refused}not is_legal(v, {vd}, {vs2}, {vs1}, {mask}):\n"
        f"        refuse(fault)\n"
        f"        return\n"
        f"    run(v, {vd}, {vs2}, {vs1}, {scalar}, {mask}, {mode}, {passed})\n"
    )
    names = {"is_legal": is_legal, "refuse": refuse, "run": run, "rounding": rounding}
    made: Callable[..., Any] = generated(text, "body", names)
    loops, wider = _RUNS.get(run, ({}, (0, 0, 0)))
    known = {sew: known for sew, loop in loops.items() if (known := loop_of(loop)) is not None}
    if any(loop.makes_mask for loop in known.values()):
        result = "mask"
    elif any(loop.of_none is not None for loop in known.values()):
        result = "one"
    with_result(made, result or "group", wider[0])
    if not known:
        return made
    return with_plan(made, Arithmetic(known, wider, is_legal, left, right, has_vm, vm, has_floats))
