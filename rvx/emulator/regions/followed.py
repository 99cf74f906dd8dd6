"""Who called whom, within regions: what a region says to the tree of calls, and what it need not.

A region has a call in it for every call, return and jump to another function, to the function that
the hook on blocks uses (`arrive`). That takes longer than a short function. But most calls are of
functions that call nobody themselves, and all that such a call changes in the tree is two sums of
its edge: how often it came back, and what was executed until then. So a region keeps these two sums
in local variables where it holds such a function as a whole, and hands them on (`returned`) before
the function around the call is left, which is the next thing that changes what they belong to.

Such a short call is open from the jump that makes it to the return that finds its link. Whatever
leaves the region in between comes by `epilogue`, which opens it in the tree, with the number of
instructions at which it began; so does a return to anywhere else, which is left to the tier below.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping

from rvx.emulator.calls import Calls
from rvx.emulator.native.calls import Leaves, Record
from rvx.emulator.regions.flow import Block, ends_block, is_plain_return
from rvx.isa.bits import Address
from rvx.isa.instruction import BRANCH
from rvx.records import dataclass

_NO_LINK = -1
"""What no address is that execution can go to."""
_MOST_HANDED_ON = 64
"""Places times sums of a function up to which it has short calls: each place hands on each sum."""


@dataclass(frozen=True)
class ShortCall:
    """A call that stays within a region until it has come back.

    Attributes:
        site: address of the instruction that calls.
        target: where it leads.
        link: where it returns to.
        function: the number of the function that it stands in.
    """

    site: Address
    target: Address
    link: Address
    function: int

    @property
    def number(self) -> str:
        """The local variable that counts its returns."""
        return f"%short{self.link:x}.number"

    @property
    def spent(self) -> str:
        """The local variable that sums up what it has executed."""
        return f"%short{self.link:x}.spent"


class Followed:
    """What follows calls in one region.

    Args:
        blocks: of the region.
        calls: says how blocks end.
        goals: where blocks of the region lead.
        kept: "volatile " where sums are to stay in memory.
    """

    def __init__(
        self,
        blocks: Mapping[Address, Block],
        calls: Calls,
        goals: Callable[[Block], list[Address]],
        kept: str,
    ) -> None:
        self._kept = kept
        self._blocks = blocks
        self._functions = {
            start: calls.function_at(block.steps[-1].pc) for start, block in blocks.items()
        }
        self._leaves = {
            start: calls.leaves(last.decoded, last.pc, last.size)
            for start, last in ((block.start, block.steps[-1]) for block in blocks.values())
        }
        self.sums_up = any(self._leaves.values())
        """Whether instructions are added up block by block, since some block may end a function."""
        self._falls: dict[str, Address] = {}
        self.short = self._short_calls(calls, goals)
        """The short calls, by where they return to."""

    def _short_calls(
        self, calls: Calls, goals: Callable[[Block], list[Address]]
    ) -> dict[Address, ShortCall]:
        blocks = self._blocks
        if any(calls.function_at(start) != n for start, n in self._functions.items()):
            return {}  # Execution may come to another function within a block.
        found: dict[Address, ShortCall] = {}
        known: dict[Address, bool] = {}
        links = Counter(block.end for block in blocks.values() if block.is_call)
        for block in blocks.values():
            target, link = block.target, block.end
            is_usual = block.is_call and links[link] == 1 and target != link
            if not is_usual or target is None or target not in blocks or link not in blocks:
                continue
            if target not in known:
                known[target] = self._calls_nobody(target, goals)
            if known[target]:
                function = self._functions[block.start]
                found[link] = ShortCall(block.steps[-1].pc, target, link, function)
        sums = Counter(call.function for call in found.values())
        places = Counter(
            self._functions[start]
            for start, block in blocks.items()
            if self._leaves[start] and block.end not in found
        )
        return {
            link: call
            for link, call in found.items()
            if sums[call.function] * places[call.function] <= _MOST_HANDED_ON
        }

    def _calls_nobody(self, target: Address, goals: Callable[[Block], list[Address]]) -> bool:
        """Whether what begins there only goes on in its function, returns, or leaves the region."""
        reached, waiting = {target}, [target]
        while waiting:
            block = self._blocks[waiting.pop()]
            if self._returns(block):
                continue
            if self._leaves[block.start]:
                return False
            fresh = {one for one in goals(block) if one in self._blocks} - reached
            reached |= fresh
            waiting += fresh
        return True

    def _returns(self, block: Block) -> bool:
        """Whether a block ends in a plain return: one that does nothing else, as cm.popret does."""
        is_return = self._leaves[block.start] == Leaves.RETURN
        return is_return and is_plain_return(block.steps[-1])

    # -- around the blocks -------------------------------------------------------------------

    def prologue(self) -> list[str]:
        """Fetches what is known of the tree; all local variables begin with it."""
        lines = ["  %calls.total = inttoptr i64 %calls to ptr"]
        for name, place in (("arrive", Record.ARRIVE), ("returned", Record.RETURNED)):
            lines += [
                f"  %calls.{name} = getelementptr i64, ptr %calls.total, i64 {int(place)}",
                f"  %{name} = load ptr, ptr %calls.{name}",
            ]
        lines += ["  %total = alloca i64", "  %total.first = load i64, ptr %calls.total"]
        lines.append("  store i64 %total.first, ptr %total")
        for name in self._falls:
            lines += [f"  {name} = alloca i64", f"  store i64 0, ptr {name}"]
        if self.short:
            first = {"%short.link": _NO_LINK, "%short.total": 0, "%short.is": 0}
            for call in self.short.values():
                first |= {call.number: 0, call.spent: 0}
            for name, value in first.items():
                lines += [f"  {name} = alloca i64", f"  store i64 {value}, ptr {name}"]
        return lines

    def epilogue(self) -> list[str]:
        """Brings the tree up to date; `%n` with the start of a block is its executions."""
        lines = []
        for call in self.short.values():
            lines += self._hand_on(call, f"leave{call.link:x}")
        if self.short:
            cases = " ".join(f"i64 {link}, label %open{link:x}" for link in self.short)
            lines += [
                "  %short.open = load i64, ptr %short.link",
                "  %short.begun = load i64, ptr %short.total",
                f"  switch i64 %short.open, label %closed [ {cases} ]",
            ]
            for link, call in self.short.items():
                lines += [
                    f"open{link:x}:",
                    *_arrive("%short.begun", Leaves.CALL, call.site, link, str(call.target)),
                    "  br label %closed",
                ]
            lines.append("closed:")
        lines.append("  %total.last = load i64, ptr %total")
        last = "%total.last"
        for start, block in () if self.sums_up else self._blocks.items():
            lines += [
                f"  %t{start:x}.m = mul i64 %n{start:x}, {len(block.steps)}",
                f"  %t{start:x}.a = add i64 {last}, %t{start:x}.m",
            ]
            last = f"%t{start:x}.a"
        return [*lines, f"  store i64 {last}, ptr %calls.total", *self._counted_falls()]

    def _counted_falls(self) -> list[str]:
        """Adds the branches that were not taken to what is known of them."""
        lines = [
            f"  %falls.p = getelementptr i64, ptr %calls.total, i64 {int(Record.FALLS)}",
            "  %falls = load i64, ptr %falls.p",
        ]
        for name, at in self._falls.items():
            lines += [
                f"  {name}.i = add i64 %falls, {4 * at}",
                f"  {name}.t = inttoptr i64 {name}.i to ptr",
                f"  {name}.o = load i64, ptr {name}.t",
                f"  {name}.v = load i64, ptr {name}",
                f"  {name}.n = add i64 {name}.o, {name}.v",
                f"  store i64 {name}.n, ptr {name}.t",
            ]
        return lines

    def _hand_on(self, call: ShortCall, tag: str) -> list[str]:
        """Hands on what is known of a short call, if anything is."""
        return [
            f"  %n{tag} = load {self._kept}i64, ptr {call.number}",
            f"  %s{tag} = load {self._kept}i64, ptr {call.spent}",
            f"  %none{tag} = icmp eq i64 %n{tag}, 0",
            f"  br i1 %none{tag}, label %handed{tag}, label %hand{tag}",
            f"hand{tag}:",
            f"  call void %returned(i64 %calls, i64 {call.site}, i64 {call.target}, "
            f"i64 %n{tag}, i64 %s{tag})",
            f"  store {self._kept}i64 0, ptr {call.number}",
            f"  store {self._kept}i64 0, ptr {call.spent}",
            f"  br label %handed{tag}",
            f"handed{tag}:",
        ]

    # -- within blocks -----------------------------------------------------------------------

    def begin(self, block: Block) -> list[str]:
        """A block is executed."""
        return moved("%total", f"%total{block.start:x}", len(block.steps)) if self.sums_up else []

    def end(self, block: Block, leave: Callable[[], str]) -> list[str]:
        """A block ends, and `next` says where execution goes on, if its last instruction does.

        Args:
            block: the block.
            leave: gives a label where the region is left before the last instruction of it.
        """
        leaves, tag = self._leaves[block.start], f"e{block.start:x}"
        if not leaves:
            return []
        total = [f"  %total.{tag} = load i64, ptr %total"]
        if block.end in self.short:
            return [
                *total,
                f"  store i64 %total.{tag}, ptr %short.total",
                f"  store i64 {block.end}, ptr %short.link",
            ]
        lines = [*total]
        if is_jump := ends_block(block.steps[-1]):
            lines.append(f"  %to.{tag} = load i64, ptr %next")
        if self.short and self._returns(block):
            lines += [
                f"  %link.{tag} = load i64, ptr %short.link",
                f"  %is.{tag} = icmp eq i64 %link.{tag}, %to.{tag}",
                f"  %none.{tag} = icmp eq i64 %link.{tag}, {_NO_LINK}",
                f"  br i1 %is.{tag}, label %back.{tag}, label %not.{tag}",
                f"not.{tag}:",
                f"  br i1 %none.{tag}, label %long.{tag}, label {leave()}",
                f"back.{tag}:",
                f"  store i64 {_NO_LINK}, ptr %short.link",
                "  store i64 1, ptr %short.is",
                f"  br label %gone.{tag}",
                f"long.{tag}:",
            ]
        for call in self.short.values():
            if call.function == self._functions[block.start]:
                lines += self._hand_on(call, f"{tag}.{call.link:x}")
        target = f"%to.{tag}" if is_jump else str(block.end)
        lines += _arrive(f"%total.{tag}", leaves, block.steps[-1].pc, block.end, target)
        if self.short and block.is_return:
            lines.append("  store i64 0, ptr %short.is")
            if self._returns(block):
                lines += [f"  br label %gone.{tag}", f"gone.{tag}:"]
        return lines

    def returning(self, goal: Address, goal_label: str, tag: str) -> tuple[str, list[str]]:
        """A label, and lines for it, on the way from a return to a goal.

        Args:
            goal: where execution goes on.
            goal_label: the label for that.
            tag: makes names unique.
        """
        call = self.short.get(goal)
        if call is None:
            return goal_label, []
        name = f"back{tag}.{goal:x}"
        return f"%{name}", [
            f"{name}:",
            f"  %{name}.is = load i64, ptr %short.is",
            f"  %{name}.number = load {self._kept}i64, ptr {call.number}",
            f"  %{name}.more = add i64 %{name}.number, %{name}.is",
            f"  store {self._kept}i64 %{name}.more, ptr {call.number}",
            f"  %{name}.now = load i64, ptr %total",
            f"  %{name}.begun = load i64, ptr %short.total",
            f"  %{name}.took = sub i64 %{name}.now, %{name}.begun",
            f"  %{name}.does = mul i64 %{name}.took, %{name}.is",
            f"  %{name}.spent = load {self._kept}i64, ptr {call.spent}",
            f"  %{name}.sum = add i64 %{name}.spent, %{name}.does",
            f"  store {self._kept}i64 %{name}.sum, ptr {call.spent}",
            f"  br label {goal_label}",
        ]

    def not_taken(self, block: Block, goal_label: str) -> tuple[str, list[str]]:
        """A label, and lines for it, on the way from a block whose branch was not taken."""
        if block.steps[-1].decoded.instruction.kind != BRANCH:
            return goal_label, []
        name = f"untaken{block.start:x}"
        self._falls[f"%fall{block.end:x}"] = block.end
        lines = moved(f"%fall{block.end:x}", f"%{name}.from", 1)
        return f"%{name}", [f"{name}:", *lines, f"  br label {goal_label}"]


def _arrive(total: str, leaves: Leaves, site: Address, link: Address, target: str) -> list[str]:
    """Has the tree follow execution to a target; see `native.calls.arrive_at`."""
    return [
        f"  store i64 {total}, ptr %calls.total",
        f"  call void %arrive(i64 %calls, i64 {int(leaves)}, i64 {site}, i64 {link}, i64 {target})",
    ]


def moved(variable: str, name: str, distance: int) -> list[str]:
    """Adds a number to a local variable."""
    return [
        f"  {name}.old = load i64, ptr {variable}",
        f"  {name}.new = add i64 {name}.old, {distance}",
        f"  store i64 {name}.new, ptr {variable}",
    ]
