"""Applies relocations to bytes."""

from __future__ import annotations

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.model.relocations import FIELDS, I_FIELD, S_FIELD, U_FIELD, high_part, low_part

_TLS = ("DTPMOD", "DTPREL", "TPREL")
_DATA = {"32": 4, "64": 8, "SET8": 1, "SET16": 2, "SET32": 4, "32_PCREL": 4}
_DATA |= {f"TLS_{name}{bits}": bits // 8 for name in _TLS for bits in (32, 64)}
REACHING = frozenset("CALL CALL_PLT PCREL_HI20 GOT_HI20 TLS_GOT_HI20 TLS_GD_HI20".split())
"""Those at an auipc."""
_ABSOLUTE = "ABSOLUTE_"
_LUI = 0x37
_REACH = {"BRANCH": 12, "JAL": 20, "RVC_BRANCH": 8, "RVC_JUMP": 11}


def patch(data: bytearray, at: int, kind: str, value: int, place: int, xlen: int) -> None:
    """Fills a value in.

    Args:
        data: the bytes of the section.
        at: offset of the place.
        kind: the relocation, without `R_RISCV_`; one of `REACHING` behind `ABSOLUTE_` makes the
            auipc a lui, for an address near 0 that code elsewhere cannot reach.
        value: symbol plus addend; for the LO12 kinds the number whose low part is meant.
        place: address of the place.
        xlen: 32 or 64.

    Raises:
        SourceError: the value does not fit.
    """
    if kind in ("NONE", "RELAX", "ALIGN", "TPREL_ADD"):
        return
    if kind in FIELDS:
        size = 2 if kind.startswith("RVC") else 4
        distance = _signed(value - place, xlen)
        reach = 1 << _REACH[kind]
        if not -reach <= distance < reach:
            raise SourceError(
                f"the target is {distance} bytes away; {kind} reaches {-reach} to {reach - 2}"
            )
        if distance % 2:
            raise SourceError(f"the target is {distance} bytes away, which is odd")
        _insert(data, at, size, FIELDS[kind].insert(distance), FIELDS[kind].insert(-1))
    elif kind.removeprefix(_ABSOLUTE) in REACHING:
        distance = value if kind.startswith(_ABSOLUTE) else _signed(value - place, xlen)
        _check_reach(distance, xlen)
        if kind.startswith(_ABSOLUTE):
            _insert(data, at, 1, _LUI, 0x7F)
        _insert(data, at, 4, U_FIELD.insert(high_part(distance) << 12), U_FIELD.insert(-1))
        if "CALL" in kind:
            low = low_part(distance)
            _insert(data, at + 4, 4, I_FIELD.insert(low), I_FIELD.insert(-1))
    elif kind in ("HI20", "TPREL_HI20"):
        if xlen == 64 and not -(1 << 31) <= _signed(value, 64) + 0x800 < 1 << 31:
            raise SourceError(
                f"the address {value:#x} is beyond what lui reaches",
                hint="use la, compile with -mcmodel=medany, or link to addresses below 2 GiB",
            )
        _insert(data, at, 4, U_FIELD.insert(high_part(value) << 12), U_FIELD.insert(-1))
    elif kind.endswith("LO12_I"):
        _insert(data, at, 4, I_FIELD.insert(low_part(value)), I_FIELD.insert(-1))
    elif kind.endswith("LO12_S"):
        _insert(data, at, 4, S_FIELD.insert(low_part(value)), S_FIELD.insert(-1))
    else:
        _patch_data(data, at, kind, value, place, xlen)


def _patch_data(data: bytearray, at: int, kind: str, value: int, place: int, xlen: int) -> None:
    if kind in _DATA:
        size = _DATA[kind]
        if kind == "32_PCREL":
            value -= place
        if kind == "32" and xlen == 64 and not -(1 << 31) <= _signed(value, 64) < 1 << 32:
            raise SourceError(f"the address {value:#x} does not fit 32 bits", hint="use .dword")
        data[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    elif kind in ("SET6", "SUB6"):
        old = data[at]
        low = value & 0x3F if kind == "SET6" else (old & 0x3F) - value & 0x3F
        data[at] = old & 0xC0 | low
    elif kind in ("SET_ULEB128", "SUB_ULEB128"):
        _patch_uleb128(data, at, value if kind == "SET_ULEB128" else -value, kind)
    elif kind[:3] in ("ADD", "SUB") and kind[3:].isdigit():
        size = int(kind[3:]) // 8
        old = int.from_bytes(data[at : at + size], "little")
        new = old + value if kind[0] == "A" else old - value
        data[at : at + size] = (new & (1 << 8 * size) - 1).to_bytes(size, "little")
    else:
        raise SourceError(
            f"relocation R_RISCV_{kind} is not supported by this linker",
            hint="link with riscv64-unknown-elf-ld",
        )


def _patch_uleb128(data: bytearray, at: int, value: int, kind: str) -> None:
    """Sets or lowers a number whose room is given by its continuation bits."""
    end = at
    while data[end] & 0x80:
        end += 1
    old = 0
    if kind == "SUB_ULEB128":
        for index in range(end, at - 1, -1):
            old = old << 7 | data[index] & 0x7F
    new = old + value
    for index in range(at, end + 1):
        data[index] = data[index] & 0x80 | new & 0x7F
        new >>= 7


def _insert(data: bytearray, at: int, size: int, bits: int, mask: int) -> None:
    word = int.from_bytes(data[at : at + size], "little")
    data[at : at + size] = (word & ~mask | bits).to_bytes(size, "little")


def _signed(value: int, xlen: int) -> int:
    value &= (1 << xlen) - 1
    return value - (value >> xlen - 1 << xlen)


def _check_reach(distance: int, xlen: int) -> None:
    if xlen == 64 and not -(1 << 31) - 0x800 <= distance < (1 << 31) - 0x800:
        raise SourceError(f"the target is {distance} bytes away; two instructions reach 2 GiB")
