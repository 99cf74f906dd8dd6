"""Traces as text: the format of Spike's commit log, made by compiled code.

    core   0: 3 0x0000000080000012 (0x00442303) x6  0x0000000000000001 mem 0x0000000080001004

The privilege mode, pc, the word, then what was written: x, f and v registers and CSRs as Spike
writes them, registers and states of extensions by their names; then what was loaded from (its
address) and what was stored (address and value). Vector instructions have SEW, LMUL and vl in
front of that.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from typing import Any

import numpy as np

from rvx import jit
from rvx.emulator.native.pointers import int64_array, load_8, load_64, store_8, store_64
from rvx.emulator.native.retire import Kind, Retired, Write
from rvx.emulator.tracing.records import Batch, Names
from rvx.isa import Isa
from rvx.isa.memory import ACCESS_WORDS


class Page(IntEnum):
    """The words that compiled code finds everything by."""

    RECORDS = 0
    COUNT = 1
    WRITES = 2
    WIDE = 3
    ACCESSES = 4
    OUT = 5
    XLEN = 6
    FLEN = 7
    CSRS = 8  # two words for each of 4096: address and length of its name
    OWN = 9  # likewise for the names of extensions
    END = 10


_MOST_OF_LINE, _MOST_OF_WRITE, _MOST_OF_ACCESS = 64, 80, 48
_X, _F, _V, _SETTING, _CSR, _OWN, _WORD = (int(kind) for kind in Kind)
_RETIRED, _WRITE, _ACCESS = int(Retired.END), int(Write.END), ACCESS_WORDS
_PAGE = int(Page.END)
_RECORDS, _COUNT, _WRITES, _WIDE, _ACCESSES, _OUT, _XLEN, _FLEN, _CSRS, _NAMES = (
    int(part) for part in list(Page)[:-1]
)


def _digits(at: int, value: int) -> int:
    """Writes the low 32 bits as eight hexadecimal digits: a nibble a byte, all at once."""
    spread = value & 0xFFFFFFFF
    spread = (spread | spread << 16) & 0x0000FFFF0000FFFF
    spread = (spread | spread << 8) & 0x00FF00FF00FF00FF
    spread = (spread | spread << 4) & 0x0F0F0F0F0F0F0F0F
    letters = (spread + 0x0606060606060606) >> 4 & 0x0101010101010101
    text = spread + 0x3030303030303030 + letters * 39
    # The highest nibble comes first.
    text = (text & 0x00FF00FF00FF00FF) << 8 | text >> 8 & 0x00FF00FF00FF00FF
    text = (text & 0x0000FFFF0000FFFF) << 16 | text >> 16 & 0x0000FFFF0000FFFF
    store_64(at, text << 32 | text >> 32 & 0xFFFFFFFF)
    return at + 8


def _hex(at: int, value: int, digits: int) -> int:
    """Writes ` 0x` without the space, and so many digits of a value."""
    store_8(at, 0x30)
    store_8(at + 1, 0x78)
    at += 2
    if digits == 16:
        at = _digits(at, value >> 32)
        return _digits(at, value)
    if digits == 8:
        return _digits(at, value)
    for i in range(digits - 1, -1, -1):
        nibble = value >> 4 * i & 15
        store_8(at, nibble + (0x30 if nibble < 10 else 0x57))
        at += 1
    return at


def _decimal(at: int, value: int) -> int:
    if value >= 10:
        at = _decimal_tens(at, value)
    store_8(at, 0x30 + value % 10)
    return at + 1


def _decimal_tens(at: int, value: int) -> int:
    """All digits but the last."""
    scale = 10
    while value // scale >= 10:
        scale *= 10
    while scale >= 10:
        store_8(at, 0x30 + value // scale % 10)
        at += 1
        scale //= 10
    return at


def _copy(at: int, text: int, length: int) -> int:
    for i in range(length):
        store_8(at + i, load_8(text + i))
    return at + length


def _space(at: int) -> int:
    store_8(at, 0x20)
    return at + 1


def _register(at: int, letter: int, number: int) -> int:
    """Writes such as ` x5  `, the number in two places."""
    store_8(at, 0x20)
    store_8(at + 1, letter)
    end = _decimal(at + 2, number)
    if number < 10:
        end = _space(end)
    return _space(end)


def _setting(at: int, setting: int) -> int:
    """Writes such as ` e32 m2 l8`, of vtype and vl."""
    vtype = setting & 0xFFFF
    store_8(at, 0x20)
    store_8(at + 1, 0x65)
    at = _decimal(at + 2, 8 << (vtype >> 3 & 7))
    lmul = ((vtype & 7) ^ 4) - 4
    store_8(at, 0x20)
    store_8(at + 1, 0x6D)
    at += 2
    if lmul < 0:
        store_8(at, 0x66)
        at += 1
        lmul = -lmul
    at = _decimal(at, 1 << lmul)
    store_8(at, 0x20)
    store_8(at + 1, 0x6C)
    return _decimal(at + 2, setting >> 16)


def _own_name(at: int, names: int, key: int) -> int:
    """Writes the name of what an extension has, in at least three places."""
    number = key >> 4
    which = number & 0xFFFF if key & 15 == _WORD else number
    begin = _space(at)
    end = _copy(begin, load_64(names + 16 * which), load_64(names + 16 * which + 8))
    if key & 15 == _WORD:
        store_8(end, 0x5B)
        end = _decimal(end + 1, number >> 16)
        store_8(end, 0x5D)
        end += 1
    while end - begin < 3:
        end = _space(end)
    return _space(end)


def _csr_name(at: int, names: int, number: int) -> int:
    """Writes such as ` c768_mstatus `."""
    store_8(at, 0x20)
    store_8(at + 1, 0x63)
    at = _decimal(at + 2, number)
    store_8(at, 0x5F)
    at = _copy(at + 1, load_64(names + 16 * number), load_64(names + 16 * number + 8))
    return _space(at)


def _write(at: int, page: Any, write: int) -> int:
    key, bits, value = load_64(write), load_64(write + 8), load_64(write + 16)
    kind = key & 15
    if kind == _X:
        return _hex(_register(at, 0x78, key >> 4), value, page[_XLEN] >> 2)
    if kind == _F:
        return _hex(_register(at, 0x66, key >> 4), value, page[_FLEN] >> 2)
    if kind == _SETTING:
        return _setting(at, value)
    if kind == _CSR:
        return _hex(_csr_name(at, page[_CSRS], key >> 4), value, page[_XLEN] >> 2)
    at = _register(at, 0x76, key >> 4) if kind == _V else _own_name(at, page[_NAMES], key)
    if bits <= 64:
        return _hex(at, value, bits + 3 >> 2)
    words = page[_WIDE] + 8 * value
    last = (bits >> 6) - 1
    at = _hex(at, load_64(words + 8 * last), 16)
    for i in range(last - 1, -1, -1):
        word = load_64(words + 8 * i)
        at = _digits(_digits(at, word >> 32), word)
    return at


def _access(at: int, page: Any, access: int) -> int:
    store_64(at, 0x206D656D20)  # " mem ", and three bytes that are written over
    at = _hex(at + 5, load_64(access), page[_XLEN] >> 2)
    kind = load_64(access + 8)
    if kind & 1 != 0:
        at = _hex(_space(at), load_64(access + 16), kind >> 1 << 1)
    return at


def format_lines(page_at: int) -> int:
    """Writes all records; gives how many bytes that takes."""
    page = int64_array(page_at, _PAGE)
    at = page[_OUT]
    write = page[_WRITES]
    access = page[_ACCESSES]
    digits = page[_XLEN] >> 2
    for i in range(page[_COUNT]):
        record = int64_array(page[_RECORDS] + 8 * _RETIRED * i, _RETIRED)
        at = _write_head(at, record, digits)
        end = page[_WRITES] + 8 * _WRITE * record[4]
        while write < end:
            at = _write(at, page, write)
            write += 8 * _WRITE
        last = page[_ACCESSES] + 8 * _ACCESS * record[5]
        for is_store in range(2):
            one = access
            while one < last:
                if load_64(one + 8) & 1 == is_store:
                    at = _access(at, page, one)
                one += 8 * _ACCESS
        access = last
        store_8(at, 0x0A)
        at += 1
    return int(at - page[_OUT])


def _write_head(at: int, record: Any, digits: int) -> int:
    """Writes `core   0: 3 0x... (0x...)`."""
    store_64(at, 0x202020_65726F63)  # "core   "
    store_64(at + 7, 0x203A30)  # "0: "
    at += 10
    store_8(at, 0x30 + record[3])
    at = _hex(_space(at + 1), record[0], digits)
    store_8(at, 0x20)
    store_8(at + 1, 0x28)
    at = _hex(at + 2, record[1], record[2] << 1)
    store_8(at, 0x29)
    return at + 1


_SOURCE = """
def lines(page):
    return format_lines(page)
"""


@cache
def compiled() -> Any:
    """The function that formats lines: whoever may be interrupted asks for it before a run.

    While it is compiled, for seconds on a machine that has never done it, no run can be stopped.
    """
    code = jit.Code(_SOURCE, {"lines": "int64(int64)"}, {"format_lines": format_lines})
    return code.function("lines")


class Formatter:
    """Makes lines of batches.

    Args:
        isa: of the machine.
        names: of what keys mean.
    """

    def __init__(self, isa: Isa, names: Names) -> None:
        self._page = np.zeros(_PAGE, np.int64)
        csrs = [names.csrs.get(number, f"{number:#x}") for number in range(4096)]
        self._names = [_table(csrs), _table(names.own)]
        self._page[Page.XLEN] = isa.xlen
        self._page[Page.FLEN] = 64 if "D" in isa.extensions else 32
        self._page[Page.CSRS] = self._names[0][0].ctypes.data
        self._page[Page.OWN] = self._names[1][0].ctypes.data
        self._longest = max(map(len, [*csrs, *names.own]))
        self._out = np.zeros(0, np.uint8)

    def text(self, batch: Batch) -> memoryview:
        """The lines of a batch, until the next call."""
        most = _MOST_OF_LINE * len(batch) + (_MOST_OF_WRITE + self._longest) * len(batch.writes)
        most += 16 * len(batch.wide) + _MOST_OF_ACCESS * len(batch.accesses) + 64
        if self._out.size < most:
            self._out = np.empty(most + most // 4, np.uint8)
        page = self._page
        page[Page.RECORDS], page[Page.COUNT] = batch.records.ctypes.data, len(batch)
        page[Page.WRITES], page[Page.WIDE] = batch.writes.ctypes.data, batch.wide.ctypes.data
        page[Page.ACCESSES], page[Page.OUT] = batch.accesses.ctypes.data, self._out.ctypes.data
        return self._out.data[: compiled()(page.ctypes.data)]


def _table(names: Sequence[str]) -> tuple[np.ndarray[Any, np.dtype[np.int64]], bytes]:
    """Address and length of each name, and the text that they point into."""
    encoded = [name.encode() for name in names]
    text = b"".join(encoded)
    base = np.frombuffer(text or b"\0", np.uint8).ctypes.data
    lengths = np.array([len(name) for name in encoded] or [0], np.int64)
    starts = np.cumsum(lengths) - lengths + base
    return np.ascontiguousarray(np.stack([starts, lengths], axis=1)), text
