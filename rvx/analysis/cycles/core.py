"""What a core is made of, as far as an estimate of cycles needs it; read from a TOML file.

Every table with numbers in it has a `source`: where they are published, or that they were fitted,
and to what.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from enum import IntEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rvx.analysis.keys import Keys
from rvx.errors import RvxError
from rvx.isa import Instruction
from rvx.records import dataclass
from rvx.resources import cores
from rvx.userfiles import UserFileError, read_text

MOST = 1 << 16
"""The largest number in a description."""
_DEEPEST = 8
"""Descriptions that extend one another."""


class CoreError(RvxError, ValueError):
    """A description of a core that does not exist or is not what it should be."""


class Predictor(IntEnum):
    """What fetches behind a conditional branch go on with."""

    NEVER = 0  # the next instruction
    BACKWARD = 1  # the target, if it lies before the branch
    COUNTERS = 2  # what a counter of two bits says, found by the branch's address


@dataclass(frozen=True)
class Issue:
    """How instructions are issued: in order, each as soon as its operands and its unit are ready.

    Attributes:
        width: instructions a cycle.
        waits_for_result: whether an instruction waits for an older one that writes the same
            register.
        free_states: states of extensions that nobody waits for, such as random bits.
        source: where that is published.
    """

    width: int
    waits_for_result: bool
    free_states: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Branches:
    """Cycles in which nothing is issued behind a branch or a jump.

    Attributes:
        predictor: what is fetched behind a conditional branch.
        entries: counters, where there are any.
        taken: behind a taken branch that was predicted.
        mispredicted: behind a branch that was not predicted.
        jump: behind a jump with a fixed target.
        jump_register: behind a jump to an address in a register.
        returning: behind such a jump that is a return.
        source: where that is published.
    """

    predictor: Predictor
    entries: int
    taken: int
    mispredicted: int
    jump: int
    jump_register: int
    returning: int
    source: str


@dataclass(frozen=True)
class Queue:
    """Instructions that one part of the core hands over to another, which performs them by itself.

    Attributes:
        depth: how many may wait there; of one that is not in order, how many may be unfinished.
        latency: cycles from being handed over to the earliest start.
        is_in_order: whether each starts behind the one before it, one a cycle; otherwise each
            waits for its own unit only.
        files: letters of the register files that are read there, and not where instructions are
            handed over.
        source: where that is published.
    """

    depth: int
    latency: int
    is_in_order: bool
    files: tuple[str, ...]
    source: str


@dataclass(frozen=True)
class Unit:
    """Something that instructions occupy.

    Attributes:
        ports: how many there are.
        bits: of vectors, that it takes a cycle; 0 if it takes none.
        queue: name of the queue in front of it; empty if there is none.
        chains: whether a vector instruction there begins before its operands are complete.
        source: where that is published.
    """

    ports: int
    bits: int
    queue: str
    chains: bool
    source: str


@dataclass(frozen=True)
class Streams:
    """Registers that are streams.

    Attributes:
        latency: cycles from the setup of a stream to its first element.
        source: where that is published.
    """

    latency: int
    source: str


@dataclass(frozen=True)
class Class:
    """What the instructions have in common that a table of the file is about.

    Attributes:
        name: for readers.
        mnemonics: patterns, one of which fits; any if there are none.
        kinds: classes of the registry, such as `load`; likewise.
        extensions: that declare them; likewise.
        unit: that they occupy.
        latency: cycles from the start to the earliest start of what needs the result.
        interval: cycles that each occupies its unit; of vectors, for each `bits` of the unit.
        overhead: further cycles that a vector instruction occupies its unit.
        elements: of vectors, how many the unit takes in an interval, whatever their width; 0 where
            the unit's `bits` count.
        blocks: whether nothing is issued meanwhile.
        drains: whether it is handed over only when its queue is empty.
        source: where that is published.
    """

    name: str
    mnemonics: tuple[str, ...]
    kinds: tuple[str, ...]
    extensions: tuple[str, ...]
    unit: str
    latency: int
    interval: int
    overhead: int
    elements: int
    blocks: bool
    drains: bool
    source: str

    def fits(self, made: Instruction) -> bool:
        """Whether an instruction is one of them."""
        if self.kinds and made.kind not in self.kinds:
            return False
        if self.extensions and made.extension not in self.extensions:
            return False
        return not self.mnemonics or any(fnmatchcase(made.mnemonic, one) for one in self.mnemonics)


@dataclass(frozen=True)
class Core:
    """A core.

    Attributes:
        name: under which it is found, or that of its file.
        doc: what it is, in a phrase.
        unknown: what the estimate leaves out, in sentences.
        computes: the unit whose utilisation is what tables show.
        issue: how instructions are issued.
        branches: what branches cost.
        queues: by name.
        units: by name.
        classes: the first that fits an instruction is its own.
        streams: what streams cost; None if there are none.
    """

    name: str
    doc: str
    unknown: tuple[str, ...]
    computes: str
    issue: Issue
    branches: Branches
    queues: Mapping[str, Queue]
    units: Mapping[str, Unit]
    classes: tuple[Class, ...]
    streams: Streams | None

    def class_of(self, made: Instruction) -> Class:
        """The class of an instruction; the last one takes what fits nowhere else."""
        return next(one for one in self.classes if one.fits(made))


def core_names() -> list[str]:
    """The cores that come with rvx."""
    return sorted(path.stem for path in cores().glob("*.toml"))


def load_core(name: str) -> Core:
    """Reads a core by its name, or by the path of its file.

    Raises:
        CoreError: there is no such core, or its description is not what it should be.
    """
    tables = _tables(name, ())
    return _read(name, tables)


def _path(name: str) -> Path:
    if name in core_names():
        return cores(f"{name}.toml")
    path = Path(name)
    if path.suffix == ".toml" or path.is_file():
        return path
    raise CoreError(
        f"there is no core '{name}'; known are {', '.join(core_names())}, or give the path of a "
        f"TOML file"
    )


def _tables(name: str, above: tuple[str, ...]) -> dict[str, Any]:
    """The tables of a description, on top of those that it extends."""
    path = _path(name)
    try:
        text = tomllib.loads(read_text(path))
    except UserFileError as error:
        raise CoreError(str(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise CoreError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise CoreError(f"{path} is nested too deeply to be the description of a core") from None
    base = text.pop("extends", None)
    if base is None:
        return text
    if not isinstance(base, str):
        raise CoreError(f"{path}: extends must be the name of a core or a path, not {base!r}")
    if name in above or len(above) >= _DEEPEST:
        raise CoreError(f"{path} extends itself: {' -> '.join([*above, name])}")
    beside = path.parent / base
    below = _tables(str(beside) if beside.is_file() else base, (*above, name))
    return _on_top(below, text)


def _on_top(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Tables with others on top: the own classes go first, other tables key by key."""
    made = dict(below)
    for key, value in above.items():
        old = below.get(key)
        if key == "classes" and isinstance(value, list) and isinstance(old, list):
            made[key] = [*value, *old]
        elif isinstance(value, dict) and isinstance(old, dict):
            made[key] = _on_top(old, value)
        else:
            made[key] = value
    return made


def _read(name: str, text: dict[str, Any]) -> Core:
    where = name if name.endswith(".toml") else f"{name}.toml"
    keys = Keys(where, text, CoreError)
    doc = keys.get("doc", str)
    unknown = _names(keys, "unknown")
    issue = _issue(keys.table("issue"))
    branches = _branches(keys.table("branches"))
    queues = {name: _queue(one) for name, one in keys.tables("queues").items()}
    units = {name: _unit(one, queues) for name, one in keys.tables("units").items()}
    computes = keys.get("computes", str)
    if computes not in units:
        raise CoreError(
            f"{where}: computes names the unit whose utilisation tables show, and there is no unit "
            f"'{computes}'; there are {', '.join(units) or 'none'}"
        )
    streams = _streams(keys.table("streams")) if "streams" in keys else None
    found = keys.get("classes", list)
    classes = tuple(
        _class(Keys(f"[[classes]] {n} of {where}", one, CoreError), units)
        for n, one in enumerate(found, 1)
    )
    keys.end()
    last = classes[-1] if classes else None
    if last is None or last.mnemonics or last.kinds or last.extensions:
        raise CoreError(
            f"{where}: the last of [[classes]] is for what fits nowhere else, and has neither "
            f"mnemonics nor kinds nor extensions"
        )
    return Core(
        Path(name).stem, doc, unknown, computes, issue, branches, queues, units, classes, streams
    )


def _issue(keys: Keys) -> Issue:
    made = Issue(
        _number(keys, "width", 1, 1),
        keys.get("waits_for_result", bool, False),
        _names(keys, "free_states"),
        keys.get("source", str),
    )
    keys.end()
    return made


def _branches(keys: Keys) -> Branches:
    predictors = [one.name.lower() for one in Predictor]
    predictor = keys.get("predictor", str)
    if predictor not in predictors:
        raise CoreError(
            f"{keys.where}: predictor must be {' or '.join(predictors)}, not '{predictor}'"
        )
    chosen = Predictor[predictor.upper()]
    entries = _number(keys, "entries", 1, 1)
    if entries & entries - 1:
        raise CoreError(f"{keys.where}: entries must be a power of two, not {entries}")
    jump_register = _number(keys, "jump_register")
    made = Branches(
        chosen,
        entries,
        _number(keys, "taken", 0),
        _number(keys, "mispredicted"),
        _number(keys, "jump"),
        jump_register,
        _number(keys, "returning", jump_register),
        keys.get("source", str),
    )
    keys.end()
    return made


def _queue(keys: Keys) -> Queue:
    made = Queue(
        _number(keys, "depth", least=1),
        _number(keys, "latency"),
        keys.get("in_order", bool, True),
        _names(keys, "files"),
        keys.get("source", str),
    )
    keys.end()
    return made


def _unit(keys: Keys, queues: Mapping[str, Queue]) -> Unit:
    made = Unit(
        _number(keys, "ports", 1, 1),
        _number(keys, "bits", 0),
        keys.get("queue", str, ""),
        keys.get("chains", bool, False),
        keys.get("source", str),
    )
    keys.end()
    if made.queue and made.queue not in queues:
        known = ", ".join(queues) or "none"
        raise CoreError(f"{keys.where}: there is no queue '{made.queue}'; there are {known}")
    return made


def _streams(keys: Keys) -> Streams:
    made = Streams(_number(keys, "latency"), keys.get("source", str))
    keys.end()
    return made


def _class(keys: Keys, units: Mapping[str, Unit]) -> Class:
    name = keys.get("name", str)
    keys = keys.named(f"class '{name}'")
    keys.get("name", str)
    latency = _number(keys, "latency", least=1)
    made = Class(
        name,
        _names(keys, "mnemonics"),
        _names(keys, "kinds"),
        _names(keys, "extensions"),
        keys.get("unit", str),
        latency,
        _number(keys, "interval", 1, 1),
        _number(keys, "overhead", 0),
        _number(keys, "elements", 0),
        keys.get("blocks", bool, False),
        keys.get("drains", bool, False),
        keys.get("source", str),
    )
    keys.end()
    if made.unit not in units:
        known = ", ".join(units) or "none"
        raise CoreError(f"{keys.where}: there is no unit '{made.unit}'; there are {known}")
    return made


def _number(keys: Keys, key: str, default: int | None = None, least: int = 0) -> int:
    value = keys.get(key, int, default)
    if not least <= value <= MOST:
        raise CoreError(f"{keys.where}: {key} must be {least} to {MOST}, not {value}")
    return value


def _names(keys: Keys, key: str) -> tuple[str, ...]:
    found = keys.get(key, list, [])
    if not all(isinstance(one, str) for one in found):
        raise CoreError(f"{keys.where}: {key} must be a list of texts, not {found!r}")
    return tuple(found)
