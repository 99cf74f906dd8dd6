"""The order of the fast tier; see `tests/daily.py`."""

from __future__ import annotations

from tests.daily import in_turn, nearness

TESTS = [
    "tests/isa/test_pattern.py",
    "tests/udb/test_import.py",
    "tests/export/test_idl.py",
    "tests/export/test_c.py",
    "tests/formats/posit/test_scalar.py",
]


def test_tests_that_mirror_a_change_are_near() -> None:
    assert nearness("tests/export/test_idl.py", ["rvx/export/idl.py"]) == 2
    assert nearness("tests/export/test_c.py", ["docs/a.md", "rvx/export/idl.py"]) == 1
    assert nearness("tests/udb/test_import.py", ["rvx/export/idl.py"]) == 0
    assert nearness("tests/udb/test_import.py", ["tests/udb/test_import.py"]) == 2
    assert nearness("tests/udb/test_import.py", []) == 0


def test_they_come_first() -> None:
    order = in_turn(TESTS, ["rvx/export/idl.py"], "2026-01-01")
    assert order[:2] == ["tests/export/test_idl.py", "tests/export/test_c.py"]
    assert sorted(order) == sorted(TESTS)


def test_the_others_are_drawn_anew_each_day() -> None:
    orders = {tuple(in_turn(TESTS, [], f"2026-01-{day:02}")) for day in range(1, 29)}
    assert len(orders) > 10
    assert in_turn(TESTS, [], "2026-01-01") == in_turn(TESTS, [], "2026-01-01")
