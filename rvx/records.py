"""Classes that are mostly data, as `dataclasses` of the standard library makes them, at less cost.

`dataclasses.dataclass` compiles up to six methods while a class is defined, and imports `inspect`
for it, with the parser and the disassembler of Python. For the hundred classes that a start of
`rvx as` needs this was a third of that start, and for the 170 of `rvx compare` a tenth of a second.
Here all classes share their methods, but for `__init__`, which is compiled when the first instance
is made; most classes have none in most runs.

What commands import that are to begin at once, which is all but `rvx.export`, `rvx.paper` and
`rvx.udb`, takes `dataclass`, `field` and `replace` from here, unless it asks more of `field` or of
a class than they do; type checkers see those of the standard library. Its `fields`, `asdict`,
`replace` and `is_dataclass` know these classes, too, and its `dataclass` may derive from them.
"""

from __future__ import annotations

import reprlib
from operator import attrgetter
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from dataclasses import dataclass, field, replace

__all__ = ["dataclass", "field", "replace"]

_FIELDS = "__record_fields__"
_MISSING: Any = type("_Missing", (), {"__repr__": lambda self: "<made anew for each>"})()


class _Field:
    """What the body of a class says of one of its attributes.

    Attributes:
        name: of the attribute.
        annotation: its type, as text.
        default: its value where none is given.
        factory: makes that value.
        is_by_name: whether it is given by name only.
    """

    __slots__ = ("annotation", "default", "factory", "is_by_name", "name")

    def __init__(self, default: Any = _MISSING, factory: Any = _MISSING) -> None:
        self.name = self.annotation = ""
        self.default = default
        self.factory = factory
        self.is_by_name = False


def _field(*, default_factory: Callable[[], Any]) -> Any:
    """An attribute that begins with what the factory makes."""
    return _Field(factory=default_factory)


def _dataclass(
    made: type | None = None,
    *,
    frozen: bool = False,
    eq: bool = True,
    slots: bool = False,
    kw_only: bool = False,
    unsafe_hash: bool = False,
) -> Any:
    """Makes a class of its annotations; what the arguments mean, `dataclasses` says."""

    def decorate(made: type) -> type:
        return _record(made, frozen, eq, slots, kw_only, unsafe_hash)

    return decorate if made is None else decorate(made)


def _replace(instance: Any, **changes: Any) -> Any:
    """Another instance, which differs in these attributes; the class may be one of the library."""
    if _FIELDS not in vars(type(instance)):
        import dataclasses

        return dataclasses.replace(instance, **changes)
    for name in getattr(instance, _FIELDS):
        if name not in changes:
            changes[name] = getattr(instance, name)
    return instance.__class__(**changes)


def _record(
    made: type, frozen: bool, eq: bool, slots: bool, kw_only: bool, unsafe_hash: bool
) -> type:
    own = _own_fields(made, kw_only)
    bases = [base for base in made.__mro__[:0:-1] if _FIELDS in vars(base)]
    fields: dict[str, _Field] = {}
    for base in bases:
        fields |= vars(base)[_FIELDS]
    fields |= own
    if any(vars(base).get("__setattr__") is _refuse_to_set for base in bases) != (
        frozen and bases != []
    ):
        raise TypeError(f"{made.__name__} and its bases have to be frozen all, or none of them")
    added: dict[str, Any] = {
        _FIELDS: fields,
        "__match_args__": tuple(name for name, each in fields.items() if not each.is_by_name),
        "__repr__": _repr,
    }
    if eq:
        key = _key(fields)
        added["__eq__"] = _equality(key)
        if frozen or unsafe_hash:
            added["__hash__"] = lambda self: hash(key(self))
    if frozen:
        added |= {"__setattr__": _refuse_to_set, "__delattr__": _refuse_to_delete}
    body = vars(made)
    for name, value in added.items():
        if name not in body or (name == "__hash__" and body[name] is None):
            setattr(made, name, value)
    if eq and "__hash__" not in vars(made):
        made.__hash__ = None  # type: ignore[assignment]
    if slots:
        made = _with_slots(made, own, frozen)
    if "__init__" not in vars(made):
        _delay_init(made, frozen)
    for name in ("__dataclass_fields__", "__dataclass_params__"):
        setattr(made, name, _AsInLibrary(made, name, frozen))
    return made


def _own_fields(made: type, kw_only: bool) -> dict[str, _Field]:
    found = {}
    body = vars(made)
    for name, annotation in body.get("__annotations__", {}).items():
        head = str(annotation).partition("[")[0].rpartition(".")[2]
        if not isinstance(annotation, str) or head in ("InitVar", "KW_ONLY"):
            raise TypeError(f"{made.__name__}.{name} has an annotation that records do not have")
        if head == "ClassVar":
            continue
        value = body.get(name, _MISSING)
        if isinstance(value, _Field):
            delattr(made, name)
        elif value.__class__.__hash__ is None:
            raise TypeError(f"{made.__name__}.{name} would be one {value!r} for all: use field")
        one = found[name] = value if isinstance(value, _Field) else _Field(value)
        one.name, one.annotation, one.is_by_name = name, annotation, kw_only
    return found


def _with_slots(made: type, own: dict[str, _Field], frozen: bool) -> type:
    """The same class with slots: these can only be said when a class is made."""
    inherited = {name for base in made.__mro__[1:] for name in getattr(base, "__slots__", ())}
    body = {k: v for k, v in vars(made).items() if k not in (*own, "__dict__", "__weakref__")}
    body["__slots__"] = tuple(name for name in own if name not in inherited)
    if frozen:
        # Without them pickle and copy would set the attributes one by one.
        body.setdefault("__getstate__", _get_state)
        body.setdefault("__setstate__", _set_state)
    again = type(made)(made.__name__, made.__bases__, body)
    again.__qualname__ = made.__qualname__
    return again


# --- Methods


def _delay_init(made: type, frozen: bool) -> None:
    def __init__(self: Any, *arguments: Any, **named: Any) -> None:
        _compile_init(made, frozen)(self, *arguments, **named)

    made.__init__ = __init__  # type: ignore[misc]
    made.__signature__ = _Signature(made, frozen)  # type: ignore[attr-defined]


def _compile_init(made: type, frozen: bool) -> Any:
    """Compiles `__init__` and puts it in its place."""
    fields: dict[str, _Field] = vars(made)[_FIELDS]
    known: dict[str, Any] = {"__name__": made.__module__, "_missing": _MISSING}
    known["_set"] = object.__setattr__
    heads, lines = [], []
    # Those that are given by name only stand behind all others.
    for each in sorted(fields.values(), key=lambda each: each.is_by_name):
        name, head, value = each.name, each.name, each.name
        if each.factory is not _MISSING:
            known[f"_make_{name}"] = each.factory
            head = f"{name}=_missing"
            value = f"_make_{name}() if {name} is _missing else {name}"
        elif each.default is not _MISSING:
            known[f"_default_{name}"] = each.default
            head = f"{name}=_default_{name}"
        if each.is_by_name and "*" not in heads:
            heads.append("*")
        heads.append(head)
        lines.append(f"_set(self, {name!r}, {value})" if frozen else f"self.{name} = {value}")
    if hasattr(made, "__post_init__"):
        lines.append("self.__post_init__()")
    body = "\n  ".join(lines) or "pass"
    exec(f"def __init__({', '.join(['self', *heads])}):\n  {body}", known)
    init = known["__init__"]
    init.__qualname__ = f"{made.__qualname__}.__init__"
    init.__annotations__ = {each.name: each.annotation for each in fields.values()}
    made.__init__ = init  # type: ignore[misc]
    return init


def _key(fields: dict[str, _Field]) -> Callable[[Any], tuple[Any, ...]]:
    """Gives what is compared, as a tuple."""
    if len(fields) > 1:
        return attrgetter(*fields)
    return lambda instance: tuple(getattr(instance, name) for name in fields)


def _equality(key: Callable[[Any], tuple[Any, ...]]) -> Callable[[Any, Any], bool]:
    def __eq__(self: Any, other: Any) -> bool:
        return key(self) == key(other) if other.__class__ is self.__class__ else NotImplemented

    return __eq__


@reprlib.recursive_repr()
def _repr(self: Any) -> str:
    values = ", ".join(f"{name}={getattr(self, name)!r}" for name in getattr(self, _FIELDS))
    return f"{self.__class__.__qualname__}({values})"


def _refuse_to_set(self: Any, name: str, value: Any) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_to_delete(self: Any, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in getattr(self, _FIELDS)]


def _set_state(self: Any, state: list[Any]) -> None:
    for name, value in zip(getattr(self, _FIELDS), state, strict=True):
        object.__setattr__(self, name, value)


# --- What somebody may ask a class for


class _Signature:
    """The signature of a class whose `__init__` is not there yet."""

    def __init__(self, made: type, frozen: bool) -> None:
        self._made, self._frozen = made, frozen

    def __get__(self, instance: Any, owner: type) -> Any:
        import inspect

        whole = inspect.signature(_compile_init(self._made, self._frozen))
        return whole.replace(parameters=list(whole.parameters.values())[1:])


class _AsInLibrary:
    """An attribute that `dataclasses` looks for in classes of its own, made when it does."""

    def __init__(self, made: type, name: str, frozen: bool) -> None:
        self._made, self._name, self._frozen = made, name, frozen

    def __get__(self, instance: Any, owner: type) -> Any:
        import dataclasses

        body: dict[str, Any] = {"__annotations__": {}}
        for each in vars(self._made)[_FIELDS].values():
            body["__annotations__"][each.name] = each.annotation
            if each.factory is not _MISSING:
                made: Any = dataclasses.field(default_factory=each.factory)
            elif each.default is not _MISSING:
                made = dataclasses.field(default=each.default)
            else:
                made = dataclasses.field()
            made.kw_only = each.is_by_name
            body[each.name] = made
        twin: Any = type("_Twin", (), body)
        found = getattr(dataclasses.dataclass(init=False, frozen=self._frozen)(twin), self._name)
        setattr(self._made, self._name, found)
        return found


if not TYPE_CHECKING:
    dataclass, field, replace = _dataclass, _field, _replace
