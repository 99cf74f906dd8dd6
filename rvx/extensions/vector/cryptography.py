"""Zvkned, Zvknha, Zvknhb, Zvkg, Zvksed and Zvksh: AES, SHA-2, GHASH, SM4 and SM3 in registers.

These work on groups of four or eight elements, such as the state of AES. Elements of a register
group lie side by side, so a group of elements is found by its first one, wherever registers end.

Source: The RISC-V Instruction Set Manual, Volume I, 20240411, chapter on vector cryptography.
"""

from __future__ import annotations

from collections.abc import Callable

from rvx.extensions.bitmanip import reverse_bits_of_bytes, reverse_bytes, rotate_left, rotate_right
from rvx.extensions.gf256 import SM4_FORWARD, doubled, make_look_up
from rvx.extensions.vector.bits import SOURCE
from rvx.extensions.zkn import (
    mixed_byte,
    mixed_byte_back,
    mixed_columns,
    substituted,
    substituted_back,
    substituted_columns,
    substituted_word,
)
from rvx.isa import Extension, Words
from rvx.isa.bits import MASK32, shift_right_logical
from rvx.isa.vector import Vector
from rvx.isa.vector.elementwise import make_body, make_dispatch
from rvx.isa.vector.legality import Legality, is_aligned, registers
from rvx.isa.vector.state import VL, group, is_ready, shifted, width
from rvx.isa.vector.unit import VectorUnit

OP_VE = "1110111"


def _extension(name: str, doc: str, base: str = "Zve32x", supersedes: str = "") -> Extension:
    return Extension(
        name,
        version="1.0",
        doc=f"Vectors: {doc}",
        source=SOURCE,
        requires=(base,),
        supersedes=supersedes.split(),
        vector_unit=VectorUnit(vlen=64, elen=64) if base == "Zve64x" else None,
    )


Zvkned = _extension("Zvkned", "AES")
Zvknha = _extension("Zvknha", "SHA-256")
Zvknhb = _extension("Zvknhb", "SHA-256 and SHA-512", "Zve64x", "Zvknha")
Zvkg = _extension("Zvkg", "GHASH, the authentication of GCM")
Zvksed = _extension("Zvksed", "SM4")
Zvksh = _extension("Zvksh", "SM3")

Step = Callable[[Words, int, Words, int, Words, int, int], None]
"""step(result, d, left, a, right, b, number): what becomes of one group of elements.

They begin at element d of the result, which holds the old ones, at a of vs2 and at b of vs1.
"""

# -- loops, and what is legal --------------------------------------------------------------


def _make_loop(step: Step, size: int, takes_first: bool) -> Callable[..., None]:
    """The loop over groups of so many elements; with `takes_first` vs2 is its first group alone."""

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
        for x in range(0, v.config[VL], size):
            at_2 = at_a if takes_first else at_a + x
            step(result, at_d + x, left, at_2, right, at_b + x, scalar)

    return loop


def _make_legality(
    sews: tuple[int, ...], size: int, *, has_vs1: bool, takes_first: bool, apart: str
) -> Legality:
    """The check of an instruction on groups of so many elements of these widths.

    Args:
        sews: the widths.
        size: elements of a group.
        has_vs1: whether there is an operand vs1.
        takes_first: whether vs2 is one group.
        apart: the sources that vd may not be.
    """
    widths, from_vs1, from_vs2 = sum(sews), "vs1" in apart, "vs2" in apart

    def is_legal(v: Vector, vd: int, vs2: int, vs1: int, vm: int) -> bool:
        sew, lmul = width(v), group(v)
        if not is_ready(v) or sew & widths == 0 or v.config[VL] % size != 0:
            return False
        if shifted(8 * v.vlenb, lmul) < sew * size or not is_aligned(vd, lmul):
            return False
        if takes_first:
            # One group of elements, which is more than one register where these are short.
            needed = max(1, sew * size // (8 * v.vlenb))
            if vs2 % needed != 0 or vd // registers(lmul) == vs2 // registers(lmul):
                return False
        elif not is_aligned(vs2, lmul):
            return False
        if (from_vs2 and vd == vs2) or (from_vs1 and vd == vs1):
            return False
        return not has_vs1 or is_aligned(vs1, lmul)

    return is_legal


_FOUR, _EIGHT = 4, 8


def _declare(
    extension: Extension,
    mnemonic: str,
    funct6: str,
    third: str,
    steps: dict[int, Step],
    doc: str,
    *,
    size: int = _FOUR,
    apart: str = "",
) -> None:
    """Declares an instruction.

    Args:
        extension: takes it.
        mnemonic: whole.
        funct6: six bits.
        third: `vs1`, `imm`, or what stands in their place.
        steps: what becomes of a group of elements, by SEW.
        doc: what it does.
        size: elements of a group.
        apart: the sources that vd may not be.
    """
    takes_first = mnemonic.endswith(".vs")
    right = third if third in ("vs1", "imm") else ""
    is_legal = _make_legality(
        tuple(steps),
        size,
        has_vs1=right == "vs1",
        takes_first=takes_first,
        apart=apart,
    )
    loops = {sew: _make_loop(step, size, takes_first) for sew, step in steps.items()}
    body = make_body(make_dispatch(loops, 0, 0, 0), is_legal, right=right, has_vm=False)
    written = {"imm": ", imm:u", "vs1": ", vs1"}.get(right, "")
    field = "imm[4:0]" if right == "imm" else third
    extension.instruction(
        f"{mnemonic} vd, vs2{written}",
        f"{funct6} 1 vs2 {field} 010 vd {OP_VE}",
        kind="vector",
        doc=doc,
    )(body)


# -- AES -----------------------------------------------------------------------------------


def _pair(words: Words, at: int) -> int:
    """Two words as one of 64 bits: two columns of a state."""
    return words[at] & MASK32 | words[at + 1] << 32


def _write_pair(words: Words, at: int, value: int) -> None:
    words[at] = value & MASK32
    words[at + 1] = value >> 32


def _make_round(
    turn: int, look_up: Callable[[int], int], mix: Callable[[int], int] | None, mixes_key: bool
) -> Step:
    """A round of AES.

    Args:
        turn: from which column a row comes, see `substituted_columns`.
        look_up: the S-box.
        mix: of one byte into its column; None in the last round.
        mixes_key: whether columns are mixed after the key is added.
    """

    def step(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
        low, high = _pair(result, d), _pair(result, d + 2)
        # The halves change places in the second call: a column's sources lie at distances from it.
        first = substituted_columns(low, high, turn, look_up)
        second = substituted_columns(high, low, turn, look_up)
        if mix is not None and not mixes_key:
            first, second = mixed_columns(first, mix), mixed_columns(second, mix)
        first ^= _pair(left, a)
        second ^= _pair(left, a + 2)
        if mix is not None and mixes_key:
            first, second = mixed_columns(first, mix), mixed_columns(second, mix)
        _write_pair(result, d, first)
        _write_pair(result, d + 2, second)

    return step


def _add_key(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
    for x in range(4):
        result[d + x] = result[d + x] ^ left[a + x]


def _write_sums(result: Words, d: int, old: Words, at: int, first: int) -> None:
    """Four words: each is the old one ^ the new one before it, which is `first` at the start."""
    for x in range(4):
        first ^= old[at + x] & MASK32
        result[d + x] = first


def _round_constant(number: int, one: int) -> int:
    """Of round `number`, from 1 on; `one` is 1."""
    for _ in range(number - 1):
        one = doubled(one)
    return one


def _key_128(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
    number &= 15
    if number < 1 or number > 10:
        number ^= 8
    last = left[a + 3] & MASK32
    word = substituted_word((last >> 8 | last << 24) & MASK32)
    _write_sums(result, d, left, a, word ^ _round_constant(number, (last & 0) + 1))


def _key_256(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
    number &= 15
    if number < 2 or number > 14:
        number ^= 8
    last = left[a + 3] & MASK32
    # Every other round of a key of eight words neither rotates nor has a constant.
    if number & 1 == 0:
        word = substituted_word((last >> 8 | last << 24) & MASK32)
        word ^= _round_constant(number >> 1, (last & 0) + 1)
    else:
        word = substituted_word(last)
    _write_sums(result, d, result, d, word)


for _name, _code, _round, _what in (
    (
        "vaesdm",
        "00000",
        _make_round(-1, substituted_back, mixed_byte_back, True),
        "a round of AES back",
    ),
    ("vaesdf", "00001", _make_round(-1, substituted_back, None, False), "the last round back"),
    ("vaesem", "00010", _make_round(1, substituted, mixed_byte, False), "a round of AES"),
    ("vaesef", "00011", _make_round(1, substituted, None, False), "the last round of AES"),
):
    _doc = f"vd = the states of vd after {_what}, with the keys of vs2."
    _declare(Zvkned, f"{_name}.vv", "101000", _code, {32: _round}, _doc)
    _doc = f"vd = the states of vd after {_what}, with the first key of vs2."
    _declare(Zvkned, f"{_name}.vs", "101001", _code, {32: _round}, _doc)
_declare(Zvkned, "vaesz.vs", "101001", "00111", {32: _add_key}, "vd ^= the first key of vs2.")
for _name, _funct6, _round, _what in (
    ("vaeskf1.vi", "100010", _key_128, "128 bits; vs2 holds those before"),
    ("vaeskf2.vi", "101010", _key_256, "256 bits; vs2 holds those before, vd those before them"),
):
    _doc = f"vd = the keys of round imm, of a key of {_what}."
    _declare(Zvkned, _name, _funct6, "imm", {32: _round}, _doc)


# -- SHA-2 ---------------------------------------------------------------------------------


def _make_sha2(sew: int) -> tuple[Step, Step, Step]:
    """The schedule of messages, and two rounds by the low or by the high words of vs1."""
    mask = MASK32 if sew == 32 else -1
    if sew == 32:
        sums = (2, 13, 22), (6, 11, 25)
        schedule = (7, 18, 3), (17, 19, 10)
    else:
        sums = (28, 34, 39), (14, 18, 41)
        schedule = (1, 8, 7), (19, 61, 6)
    (a0, a1, a2), (e0, e1, e2) = sums
    (s0, s1, s2), (t0, t1, t2) = schedule

    def small_0(a: int) -> int:
        last = shift_right_logical(a & mask, s2)
        return rotate_right(a, s0, sew) ^ rotate_right(a, s1, sew) ^ last

    def small_1(a: int) -> int:
        last = shift_right_logical(a & mask, t2)
        return rotate_right(a, t0, sew) ^ rotate_right(a, t1, sew) ^ last

    def big_0(a: int) -> int:
        return rotate_right(a, a0, sew) ^ rotate_right(a, a1, sew) ^ rotate_right(a, a2, sew)

    def big_1(a: int) -> int:
        return rotate_right(a, e0, sew) ^ rotate_right(a, e1, sew) ^ rotate_right(a, e2, sew)

    def messages(
        result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
    ) -> None:
        w0, w1, w2, w3 = result[d] | 0, result[d + 1] | 0, result[d + 2] | 0, result[d + 3] | 0
        w4, w9, w10, w11 = left[a] | 0, left[a + 1] | 0, left[a + 2] | 0, left[a + 3] | 0
        w12, w14, w15 = right[b] | 0, right[b + 2] | 0, right[b + 3] | 0
        w16 = small_1(w14) + w9 + small_0(w1) + w0
        w17 = small_1(w15) + w10 + small_0(w2) + w1
        result[d] = w16
        result[d + 1] = w17
        result[d + 2] = small_1(w16) + w11 + small_0(w3) + w2
        result[d + 3] = small_1(w17) + w12 + small_0(w4) + w3

    def make_rounds(first: int) -> Step:
        def rounds(
            result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
        ) -> None:
            h, g, v, u = result[d] | 0, result[d + 1] | 0, result[d + 2] | 0, result[d + 3] | 0
            f, e, s, r = left[a] | 0, left[a + 1] | 0, left[a + 2] | 0, left[a + 3] | 0
            # The state is r, s, u, v, e, f, g, h: letters a to d are taken.
            for x in range(2):
                chosen = (e & f) ^ ((e ^ -1) & g)
                sum_1 = h + big_1(e) + chosen + right[b + first + x]
                sum_2 = big_0(r) + ((r & s) ^ (r & u) ^ (s & u))
                h, g, f, e = g, f, e, v + sum_1
                v, u, s, r = u, s, r, sum_1 + sum_2
            result[d] = f
            result[d + 1] = e
            result[d + 2] = s
            result[d + 3] = r

        return rounds

    return messages, make_rounds(0), make_rounds(2)


_sha256, _sha512 = _make_sha2(32), _make_sha2(64)
for _name, _funct6, _at, _what in (
    (
        "vsha2ms.vv",
        "101101",
        0,
        "the next four words of messages, of which vd, vs2 and vs1 have 16",
    ),
    ("vsha2cl.vv", "101111", 1, "the states vd and vs2 after two rounds, by the low words of vs1"),
    ("vsha2ch.vv", "101110", 2, "the states vd and vs2 after two rounds, by the high words of vs1"),
):
    _doc = f"vd = {_what}: SHA-256"
    _steps = {32: _sha256[_at]}
    _declare(Zvknha, _name, _funct6, "vs1", _steps, f"{_doc}.", apart="vs1 vs2")
    _steps = {32: _sha256[_at], 64: _sha512[_at]}
    _doc = f"{_doc}, and with elements of 64 bits SHA-512."
    _declare(Zvknhb, _name, _funct6, "vs1", _steps, _doc, apart="vs1 vs2")


# -- GHASH ---------------------------------------------------------------------------------

_REDUCED = 0x87
"""x^128 in the field, whose polynomial is x^128 + x^7 + x^2 + x + 1."""


def _turned(word: int) -> int:
    """A word of 32 bits, zero-extended, with the bits of its bytes in the opposite order."""
    return reverse_bits_of_bytes(word & MASK32, 64)


def _multiply(result: Words, d: int, left: Words, a: int, s: tuple[int, int, int, int]) -> None:
    """Writes the product of s, turned, and of the group at a, in the field of GHASH."""
    h0, h1, h2, h3 = (
        _turned(left[a] | 0),
        _turned(left[a + 1] | 0),
        _turned(left[a + 2] | 0),
        _turned(left[a + 3] | 0),
    )
    z0, z1, z2, z3 = h0 & 0, h0 & 0, h0 & 0, h0 & 0
    for word in s:
        for place in range(32):
            if word >> place & 1:
                z0, z1, z2, z3 = z0 ^ h0, z1 ^ h1, z2 ^ h2, z3 ^ h3
            carry = h3 >> 31
            h3 = (h3 << 1 | h2 >> 31) & MASK32
            h2 = (h2 << 1 | h1 >> 31) & MASK32
            h1 = (h1 << 1 | h0 >> 31) & MASK32
            h0 = (h0 << 1) & MASK32 ^ carry * _REDUCED
    result[d] = _turned(z0)
    result[d + 1] = _turned(z1)
    result[d + 2] = _turned(z2)
    result[d + 3] = _turned(z3)


def _hash(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
    s0, s1 = _turned(result[d] ^ right[b]), _turned(result[d + 1] ^ right[b + 1])
    s2, s3 = _turned(result[d + 2] ^ right[b + 2]), _turned(result[d + 3] ^ right[b + 3])
    _multiply(result, d, left, a, (s0, s1, s2, s3))


def _product(result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int) -> None:
    s0, s1 = _turned(result[d] | 0), _turned(result[d + 1] | 0)
    s2, s3 = _turned(result[d + 2] | 0), _turned(result[d + 3] | 0)
    _multiply(result, d, left, a, (s0, s1, s2, s3))


_declare(Zvkg, "vghsh.vv", "101100", "vs1", {32: _hash}, "vd = (vd ^ vs1) * vs2, of GHASH.")
_declare(Zvkg, "vgmul.vv", "101000", "10001", {32: _product}, "vd = vd * vs2, of GHASH.")

# -- SM4 -----------------------------------------------------------------------------------

_sm4_box = make_look_up(SM4_FORWARD)


def _sm4_substituted(word: int) -> int:
    found = word & 0
    for at in (0, 8, 16, 24):
        found |= _sm4_box(word >> at) << at
    return found


def _sm4_key_constant(number: int) -> int:
    """Its bytes, from the highest, are 28 * number and the next three multiples of 7."""
    found = number & 0
    for byte in range(4):
        found = found << 8 | (4 * number + byte) * 7 & 0xFF
    return found


def _sm4_keys(
    result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
) -> None:
    k0, k1, k2, k3 = left[a] | 0, left[a + 1] | 0, left[a + 2] | 0, left[a + 3] | 0
    for x in range(4):
        s = _sm4_substituted(k1 ^ k2 ^ k3 ^ _sm4_key_constant(4 * (number & 7) + x))
        following = k0 ^ s ^ rotate_left(s, 13, 32) ^ rotate_left(s, 23, 32)
        k0, k1, k2, k3 = k1, k2, k3, following
        result[d + x] = following


def _sm4_rounds(
    result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
) -> None:
    x0, x1, x2, x3 = result[d] | 0, result[d + 1] | 0, result[d + 2] | 0, result[d + 3] | 0
    for x in range(4):
        s = _sm4_substituted(x1 ^ x2 ^ x3 ^ left[a + x])
        mixed_s = s ^ rotate_left(s, 2, 32) ^ rotate_left(s, 10, 32)
        following = x0 ^ mixed_s ^ rotate_left(s, 18, 32) ^ rotate_left(s, 24, 32)
        x0, x1, x2, x3 = x1, x2, x3, following
        result[d + x] = following


_declare(
    Zvksed, "vsm4k.vi", "100001", "imm", {32: _sm4_keys}, "vd = four keys behind those of vs2."
)
_doc = "vd = the states of vd after four rounds of SM4, with the keys of vs2."
_declare(Zvksed, "vsm4r.vv", "101000", "10000", {32: _sm4_rounds}, _doc)
_doc = "vd = the states of vd after four rounds of SM4, with the first four keys of vs2."
_declare(Zvksed, "vsm4r.vs", "101001", "10000", {32: _sm4_rounds}, _doc)

# -- SM3 -----------------------------------------------------------------------------------


def _big_endian(word: int) -> int:
    """A word of 32 bits, zero-extended, with its bytes in the opposite order."""
    return shift_right_logical(reverse_bytes(word, 64), 32)


def _sm3_message(result: Words, d: int, left: Words, a: int, right: Words, b: int, at: int) -> int:
    """Word `at` of a message: vs1 has the first eight, vs2 the next, the result those after."""
    if at < 8:
        return _big_endian(right[b + at] | 0)
    if at < 16:
        return _big_endian(left[a + at - 8] | 0)
    return _big_endian(result[d + at - 16] | 0)


def _sm3_messages(
    result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
) -> None:
    # vs1 may be vd: word x is read for the last time where word x + 16 is written over it.
    for at in range(16, 24):
        w16 = _sm3_message(result, d, left, a, right, b, at - 16)
        w13 = _sm3_message(result, d, left, a, right, b, at - 13)
        w9 = _sm3_message(result, d, left, a, right, b, at - 9)
        w6 = _sm3_message(result, d, left, a, right, b, at - 6)
        w3 = _sm3_message(result, d, left, a, right, b, at - 3)
        p = w16 ^ w9 ^ rotate_left(w3, 15, 32)
        p ^= rotate_left(p, 15, 32) ^ rotate_left(p, 23, 32)
        result[d + at - 16] = _big_endian(p ^ rotate_left(w13, 7, 32) ^ w6)


def _sm3_rounds(
    result: Words, d: int, left: Words, a: int, right: Words, b: int, number: int
) -> None:
    # The state is p, q, r, s and e, f, g, h: letters a to d are taken.
    p, q = _big_endian(result[d] | 0), _big_endian(result[d + 1] | 0)
    r, s = _big_endian(result[d + 2] | 0), _big_endian(result[d + 3] | 0)
    e, f = _big_endian(result[d + 4] | 0), _big_endian(result[d + 5] | 0)
    g, h = _big_endian(result[d + 6] | 0), _big_endian(result[d + 7] | 0)
    for x in range(2):
        word, later = _big_endian(left[a + x] | 0), _big_endian(left[a + 4 + x] | 0)
        at = 2 * number + x
        constant = p & 0
        if at < 16:
            constant |= 0x79CC4519
            majority, chosen = p ^ q ^ r, e ^ f ^ g
        else:
            constant |= 0x7A879D8A
            majority, chosen = p & q | p & r | q & r, e & f | (e ^ -1) & g
        turned = rotate_left(p, 12, 32)
        sum_1 = rotate_left(turned + e + rotate_left(constant, at, 32), 7, 32)
        t1 = majority + s + (sum_1 ^ turned) + (word ^ later)
        t2 = chosen + h + sum_1 + word
        s, r, q, p = r, rotate_left(q, 9, 32), p, t1
        h, g, f, e = (
            g,
            rotate_left(f, 19, 32),
            e,
            t2 ^ rotate_left(t2, 9, 32) ^ rotate_left(t2, 17, 32),
        )
    result[d] = _big_endian(p)
    result[d + 1] = _big_endian(q)
    result[d + 2] = _big_endian(r)
    result[d + 3] = _big_endian(s)
    result[d + 4] = _big_endian(e)
    result[d + 5] = _big_endian(f)
    result[d + 6] = _big_endian(g)
    result[d + 7] = _big_endian(h)


_doc = "vd = the next eight words of messages, of which vs1 and vs2 have 16."
_declare(Zvksh, "vsm3me.vv", "100000", "vs1", {32: _sm3_messages}, _doc, size=_EIGHT, apart="vs2")
_doc = "vd = the states of vd after the rounds 2 * imm and 2 * imm + 1, with words of vs2."
_declare(Zvksh, "vsm3c.vi", "101011", "imm", {32: _sm3_rounds}, _doc, size=_EIGHT, apart="vs2")
