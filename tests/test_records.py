"""Classes of data against those that the standard library makes of the same annotations."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Callable
from typing import Any, ClassVar

import pytest

from rvx import records, regex

Decorate = Callable[..., Any]
OPTIONS: list[dict[str, bool]] = [
    {},
    {"frozen": True},
    {"slots": True},
    {"frozen": True, "slots": True},
    {"frozen": True, "eq": False},
    {"slots": True, "eq": False},
    {"slots": True, "unsafe_hash": True},
    {"kw_only": True},
]


def classes(decorate: Decorate, field: Any, options: dict[str, bool]) -> tuple[type, type]:
    """A class and one that derives from it."""

    @decorate(**options)
    class Point:
        """A place."""

        kinds: ClassVar[int] = 2
        x: int
        y: int = 7
        names: list[str] = field(default_factory=list)

        def __post_init__(self) -> None:
            self.names.append(f"{self.x},{self.y}")

        @property
        def total(self) -> int:
            return self.x + self.y

    @decorate(**options)
    class Named(Point):  # type: ignore[misc, valid-type]
        """A place with a name."""

        name: str = "here"
        y: int = 9

    return Point, Named


@pytest.fixture(params=OPTIONS, ids=lambda options: "-".join(options) or "plain")
def pair(request: pytest.FixtureRequest) -> tuple[tuple[type, type], tuple[type, type]]:
    options = request.param
    return (
        classes(records.dataclass, records.field, options),
        classes(dataclasses.dataclass, dataclasses.field, options),
    )


ARGUMENTS: list[tuple[tuple[Any, ...], dict[str, Any]]] = [
    ((), {}),
    ((1,), {}),
    ((), {"x": 1}),
    ((1, 2), {}),
    ((1,), {"y": 2, "names": ["a"]}),
    ((1, 2, [], 4, 5), {}),
    ((1,), {"z": 3}),
    ((), {"x": 1, "name": "there"}),
]


def outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:
        return type(error)


def test_instances_are_made_shown_and_compared_alike(pair: Any) -> None:
    shown: list[list[Any]] = []
    for each in pair:
        made = [
            outcome(lambda one=one, a=a, k=k: one(*a, **copy.deepcopy(k)))
            for one in each
            for a, k in ARGUMENTS
        ]
        found: list[Any] = [one if isinstance(one, type) else repr(one) for one in made]
        found += [one == other for one in made for other in made]
        found += [outcome(lambda one=one: isinstance(hash(one), int)) for one in made]
        found += [one.total for one in made if not isinstance(one, type)]
        found += [hasattr(one, "__dict__") for one in made]
        shown.append(found)
    assert shown[0] == shown[1]


def test_values_that_are_equal_have_one_hash() -> None:
    @records.dataclass(frozen=True)
    class One:
        """A value."""

        value: float

    assert hash(One(1)) == hash(One(1.0))
    assert One(1) in {One(1.0)}
    nan = float("nan")
    assert One(nan) == One(nan)


def test_attributes_are_set_alike(pair: Any) -> None:
    def change(made: Any, name: str) -> Any:
        setattr(made, name, 5)
        return getattr(made, name)

    def drop(made: Any) -> Any:
        del made.x
        return hasattr(made, "x")

    found = []
    for each in pair:
        for one in each:
            made = one(x=1)
            acts = [lambda made=made, name=name: change(made, name) for name in ("x", "other")]
            done = [outcome(act) for act in (*acts, lambda made=made: drop(made))]
            # The library's classes with slots refuse some of it by failing at it.
            found.append([isinstance(each, type) or each for each in done])
    assert found[:2] == found[2:]


def test_the_library_knows_them(pair: Any) -> None:
    found = []
    for each in pair:
        for one in each:
            made = one(x=1)
            told = [(f.name, f.type, f.kw_only) for f in dataclasses.fields(one)]
            changed = dataclasses.replace(made, y=3)
            found.append(
                [
                    told,
                    dataclasses.is_dataclass(made),
                    dataclasses.asdict(made),
                    repr(changed),
                    list(inspect.signature(one).parameters),
                    one.__match_args__,
                    one.__doc__,
                    one.__qualname__,
                ]
            )
    assert found[:2] == found[2:]


def test_a_class_of_the_library_may_derive_from_one() -> None:
    ours, _ = classes(records.dataclass, records.field, {"frozen": True})

    @dataclasses.dataclass(frozen=True)
    class Further(ours):  # type: ignore[misc, valid-type]
        z: int = 1

    assert repr(Further(1, names=[])).endswith("Further(x=1, y=7, names=['1,7'], z=1)")
    assert [each.name for each in dataclasses.fields(Further)] == ["x", "y", "names", "z"]
    assert [each.name for each in dataclasses.fields(ours)] == ["x", "y", "names"]
    assert records.replace(Further(1, names=[], z=2), x=3).z == 2


@records.dataclass(frozen=True, slots=True)
class Kept:
    """What is pickled has to be found by its name."""

    left: int
    right: Kept | None = None


@records.dataclass(slots=True)
class Changed:
    """The same, that can be changed."""

    value: int


def test_they_are_pickled_copied_and_replaced() -> None:
    made = Kept(1, Kept(2))
    assert pickle.loads(pickle.dumps(made)) == made
    assert copy.copy(made) == copy.deepcopy(made) == made
    assert records.replace(made, left=5) == Kept(5, Kept(2))
    assert pickle.loads(pickle.dumps(Changed(3))) == Changed(3)
    with pytest.raises(TypeError, match="other"):
        records.replace(made, other=5)


def test_what_contains_itself_is_shown() -> None:
    made = Changed(1)
    made.value = made  # type: ignore[assignment]
    assert repr(made) == "Changed(value=...)"


def test_what_records_do_not_have_is_refused() -> None:
    with pytest.raises(TypeError, match=r"Bad.names would be one \[\] for all: use field"):

        @records.dataclass
        class Bad:
            names: list[str] = []  # noqa: RUF012

    with pytest.raises(TypeError, match="has an annotation that records do not have"):

        @records.dataclass
        class Given:
            x: dataclasses.InitVar[int]

    open_, _ = classes(records.dataclass, records.field, {})
    with pytest.raises(TypeError, match="frozen all, or none"):

        @records.dataclass(frozen=True)
        class Mixed(open_):  # type: ignore[misc, valid-type]
            z: int = 1


def test_an_expression_is_compiled_when_it_is_needed() -> None:
    wrong = regex.regex("(")
    with pytest.raises(Exception, match="unterminated"):
        wrong.match("(")
    right = regex.regex("A(b+)", regex.re.IGNORECASE)
    assert "match" not in vars(right)
    found = right.match("abbc")
    assert found is not None
    assert found[1] == "bb"
    assert "match" in vars(right)
    assert right.sub("", "aBc") == "c"
    assert right.pattern == "A(b+)"
