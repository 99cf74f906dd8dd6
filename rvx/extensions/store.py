"""Declarations as data: what extensions declare, kept on disk for the next start.

To declare a thousand instructions takes several times as long as to run a short program: modules
are imported, syntax and patterns are read, everything is compared with everything. What comes out
is plain data, except for the bodies. So an ISA that was made once of shipped extensions is pickled;
its instructions import the module of their body when somebody asks for it, or for their meaning.

A file of the store is named by the sources of everything that declarations are made of, as Python
names its own bytecode: by size and time of change of each.
"""

from __future__ import annotations

import importlib
import io
import os
import pickle
import sys
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from rvx import disk
from rvx.isa import Instruction
from rvx.isa.instruction import Body
from rvx.isa.real import Meaning
from rvx.isa.registers import F, RegisterFile, V, X

Declared = TypeVar("Declared")
Origin = tuple[str, str, str]
"""Where an instruction is declared: module, variable with its extension, key within that."""

_FORMAT = "3"
_PACKED = "packed"
_LATE = ("syntax", "pattern", "operands", "doc")
"""Most of an instruction. None has a default, which would be found where it is not read yet."""
_HEAD = 8
"""Bytes of the checksum and of the length of the key, in front of both."""
_PACKAGE = Path(__file__).resolve().parent.parent
_SOURCES = ("bodies", "extensions", "formats", "isa")
_REGISTERS = {file.name: file for file in (X, F, V)}
"""Files of registers that are told from others by identity."""


class StoredInstruction(Instruction):
    """An instruction whose syntax and pattern are read when somebody asks for the first of them.

    An ISA has hundreds of instructions and a program a few dozen. The module of its body is
    imported when that is asked for.

    Attributes:
        origin: where it is declared; not there if it has no body.
    """

    origin: Origin

    def __getattr__(self, name: str) -> Any:
        """What has not been read yet: everything that has no default."""
        packed = vars(self).pop(_PACKED, None)
        if packed is None:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        vars(self).update(_Unpickler(io.BytesIO(packed)).load())
        return getattr(self, name)

    @cached_property
    def body(self) -> Any:
        """The body that it is declared with."""
        return self._declared().body

    @cached_property
    def real(self) -> Meaning | None:
        """Its meaning in real numbers, which is made of functions as the body is."""
        return self._declared().real if "origin" in vars(self) else None

    def _declared(self) -> Instruction:
        module, variable, key = self.origin
        extension = getattr(importlib.import_module(module), variable)
        declared: Instruction = extension.instructions[key]
        return declared

    @property
    def has_body(self) -> bool:
        """Whether it has one, which is known without it."""
        return "origin" in vars(self) or self.body is not None

    @property
    def has_own_body(self) -> bool:
        """Whether its body is one of rvx itself, as all that are stored are."""
        return "origin" in vars(self)


def _restored(state: dict[str, Any]) -> StoredInstruction:
    made = StoredInstruction.__new__(StoredInstruction)
    vars(made).update(state)
    return made


def _proxy(values: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(values)


class _Pickler(pickle.Pickler):
    """Pickles declarations; bodies become where they are declared.

    Args:
        file: to write to.
        origins: where each body is declared.
    """

    def __init__(self, file: io.BytesIO, origins: Mapping[Body, Origin]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._origins = origins

    def persistent_id(self, obj: Any) -> str | None:
        """The name of a file of registers that is told from others by identity."""
        is_one = isinstance(obj, RegisterFile) and _REGISTERS.get(obj.name) is obj
        return obj.name if is_one else None

    def reducer_override(self, obj: Any) -> Any:
        """How to make an instruction, or a mapping that cannot be written, again."""
        if isinstance(obj, Instruction):
            obj.syntax  # noqa: B018  # so that all of it is read
            state = dict(vars(obj))
            state.pop("real", None)
            # It is one of the operands, which are written by themselves: a copy would be another.
            state.pop("target", None)
            if isinstance(obj, StoredInstruction) and "origin" in state:
                state.pop("body", None)
            elif state["body"] is not None:
                state["origin"] = self._origins[state.pop("body")]
            late = {name: state.pop(name) for name in _LATE}
            file = io.BytesIO()
            _Pickler(file, self._origins).dump(late)
            return _restored, ({**state, _PACKED: file.getvalue()},)
        if isinstance(obj, MappingProxyType):
            return _proxy, (dict(obj),)
        return NotImplemented


class _Unpickler(pickle.Unpickler):
    def persistent_load(self, pid: str) -> RegisterFile:
        return _REGISTERS[pid]


def stored(key: str, make: Callable[[], Declared], origins: Callable[[], Any]) -> Declared:
    """Declarations from disk, or made now and kept.

    Args:
        key: what they are made of, besides the sources of rvx.
        make: makes them.
        origins: gives where instructions are declared, if they are made now.
    """
    whole = f"{_fingerprint()}{key}".encode()
    # A checksum names the file, and the whole key stands in it: to load a digest takes longer.
    path = disk.directory() / "declared" / f"{zlib.crc32(whole):08x}"
    # Who asks again gets the same ISA, as of the variants of a kernel: it does not change.
    found: Declared | None = _known.get((path, whole)) or _read(path, whole)
    if found is not None:
        _known[path, whole] = found
        return found
    made = make()
    file = io.BytesIO()
    _Pickler(file, origins()).dump(made)
    data = len(whole).to_bytes(4, "little") + whole + file.getvalue()
    disk.store(path, zlib.crc32(data).to_bytes(4, "little") + data)
    return made


_known: dict[tuple[Path, bytes], Any] = {}


def _read(path: Path, whole: bytes) -> Any:
    """What a file holds; None if there is none, a damaged one, or one of another key."""
    try:
        data = memoryview(path.read_bytes())
    except OSError:
        return None
    end = _HEAD + len(whole)
    is_sound = zlib.crc32(data[4:]).to_bytes(4, "little") == data[:4]
    is_ours = data[4:_HEAD] == len(whole).to_bytes(4, "little") and data[_HEAD:end] == whole
    return _Unpickler(io.BytesIO(data[end:])).load() if is_sound and is_ours else None


@cache
def _fingerprint() -> str:
    """Changes whenever a source does that declarations are made of."""
    files = (f"{path} {status}" for name in _SOURCES for path, status in _files(_PACKAGE / name))
    return "\n".join([f"{_FORMAT} {sys.version} {_PACKAGE}", *sorted(files), ""])


def _files(folder: Path) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(Path(entry.path))
            elif entry.name.endswith(".py"):
                status = entry.stat()
                yield entry.path, f"{status.st_size} {status.st_mtime_ns}"
