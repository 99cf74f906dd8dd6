"""What has retired, as columns: the batch that a tracer gives away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from rvx.emulator.native.retire import Kind, Retired, Write
from rvx.isa.bits import Address, Word
from rvx.isa.memory import ACCESS_ADDRESS, ACCESS_KIND, ACCESS_VALUE, ACCESS_WORDS
from rvx.records import dataclass

_UNSIGNED = (1 << 64) - 1


@dataclass(frozen=True)
class Access:
    """A load or a store.

    Attributes:
        address: of the first byte.
        size: bytes.
        value: that was loaded or stored, not negative.
    """

    address: Address
    size: int
    value: int


@dataclass(frozen=True)
class Step:
    """An instruction that has retired.

    Attributes:
        pc: its address.
        word: as it was in memory.
        size: bytes of it.
        mode: privilege mode that it ran in: 3 machine, 1 supervisor, 0 user.
        next_pc: of the instruction behind it; None if it is the last of its batch.
        writes: new values by the names of registers, CSRs and states, not negative: `x5`, `f3`,
            `v8`, `fflags`, `quire`. `vl` and `vtype` of a vector instruction are not among them.
        loads: what was loaded from memory, in order.
        stores: what was stored.
    """

    pc: Address
    word: Word
    size: int
    mode: int
    next_pc: Address | None
    writes: dict[str, int]
    loads: tuple[Access, ...]
    stores: tuple[Access, ...]


class Names:
    """Names of what keys mean.

    Args:
        csrs: by address.
        own: of registers of extensions, and of states, by the number in a key.
    """

    def __init__(self, csrs: dict[int, str], own: Sequence[str]) -> None:
        self.csrs, self.own = csrs, own

    def name(self, key: int) -> str:
        """Of a key that is no setting."""
        number, kind = key >> 4, Kind(key & 15)
        if kind == Kind.CSR:
            return self.csrs.get(number, f"csr{number:#x}")
        if kind == Kind.OWN:
            return self.own[number]
        if kind == Kind.WORD:
            return f"{self.own[number & 0xFFFF]}[{number >> 16}]"
        return f"{'xfv'[kind]}{number}"


@dataclass(frozen=True)
class Batch(Sequence[Step]):
    """Instructions that have retired, one after the other, as arrays.

    Attributes:
        records: int64, a row each: pc, word, size, mode, and where its writes and its accesses end
            (`rvx.emulator.native.retire.Retired`).
        writes: int64: key, bits and value, or where the value begins in `wide`.
        wide: words of values of more than 64 bits.
        accesses: int64: address, twice the size plus 1 for a store, value.
        names: what keys mean.
    """

    records: NDArray[np.int64]
    writes: NDArray[np.int64]
    wide: NDArray[np.int64]
    accesses: NDArray[np.int64]
    names: Names

    @property
    def pcs(self) -> NDArray[np.int64]:
        """The address of each instruction."""
        return self.records[:, Retired.PC]

    @property
    def words(self) -> NDArray[np.int64]:
        """The word of each."""
        return self.records[:, Retired.WORD]

    def __len__(self) -> int:
        return len(self.records)

    def __iter__(self) -> Iterator[Step]:
        return (self[i] for i in range(len(self)))

    def __getitem__(self, index: int) -> Step:  # type: ignore[override]
        if index < 0:
            index += len(self)
        record = self.records[index]
        before = self.records[index - 1] if index else self._none
        is_last = index + 1 == len(self)
        accesses = [
            (int(row[ACCESS_KIND]) & 1, _access(row))
            for row in self.accesses[before[Retired.ACCESSES] : record[Retired.ACCESSES]]
        ]
        return Step(
            pc=int(record[Retired.PC]),
            word=int(record[Retired.WORD]) & _UNSIGNED,
            size=int(record[Retired.SIZE]),
            mode=int(record[Retired.MODE]),
            next_pc=None if is_last else int(self.records[index + 1, Retired.PC]),
            writes={
                self.names.name(int(row[Write.KEY])): self._value(row)
                for row in self.writes[before[Retired.WRITES] : record[Retired.WRITES]]
                if row[Write.KEY] & 15 != Kind.SETTING
            },
            loads=tuple(one for is_store, one in accesses if not is_store),
            stores=tuple(one for is_store, one in accesses if is_store),
        )

    @cached_property
    def _none(self) -> NDArray[np.int64]:
        return np.zeros(Retired.END, np.int64)

    def _value(self, write: NDArray[np.int64]) -> int:
        bits = int(write[Write.BITS])
        if bits <= 64:
            return int(write[Write.VALUE]) & (1 << bits) - 1
        first = int(write[Write.VALUE])
        return int.from_bytes(self.wide[first : first + bits // 64].tobytes(), "little")

    @classmethod
    def joined(cls, batches: Sequence[Batch], names: Names) -> Batch:
        """Several batches as one."""
        if len(batches) == 1:
            return batches[0]
        if not batches:
            none = np.zeros((0, 3), np.int64)
            return cls(np.zeros((0, Retired.END), np.int64), none, none[:, 0], none, names)
        records, writes = [], []
        behind = [0, 0, 0]
        for one in batches:
            moved = one.records.copy()
            moved[:, Retired.WRITES] += behind[0]
            moved[:, Retired.ACCESSES] += behind[2]
            written = one.writes.copy()
            written[written[:, Write.BITS] > 64, Write.VALUE] += behind[1]
            records.append(moved)
            writes.append(written)
            behind = [
                behind[0] + len(one.writes),
                behind[1] + len(one.wide),
                behind[2] + len(one.accesses),
            ]
        return cls(
            np.concatenate(records),
            np.concatenate(writes),
            np.concatenate([one.wide for one in batches]),
            np.concatenate([one.accesses for one in batches]),
            names,
        )


def _access(row: NDArray[np.int64]) -> Access:
    size = int(row[ACCESS_KIND]) >> 1
    value = int(row[ACCESS_VALUE]) & (1 << 8 * size) - 1
    return Access(int(row[ACCESS_ADDRESS]) & _UNSIGNED, size, value)


assert ACCESS_WORDS == 3
