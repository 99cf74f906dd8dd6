"""What the tree of calls of any run has to say."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter

from rvx.emulator import RunResult


def check_calls(result: RunResult) -> None:
    """Holds the tree of calls, if there is one, against the exact executions of each address."""
    tree = result.calls
    if tree is None:
        return
    begins = [function.begin for function in tree.functions]
    by_address: Counter[int] = Counter()
    for address, executions in result.executions.items():
        by_address[bisect_right(begins, address) - 1] += executions
    by_frame: Counter[int] = Counter()
    for frame in tree.frames[1:]:
        by_frame[frame.function] += frame.own
    assert {n: own for n, own in by_frame.items() if own} == dict(by_address)
    assert tree.frames[0].own == 0
    assert tree.frames[0].total == result.instructions
    costs: Counter[int] = Counter()
    for call in tree.calls:
        costs[call.callee] += call.cost
    assert [costs[n] for n in range(len(tree.functions))] == tree.inclusive()
