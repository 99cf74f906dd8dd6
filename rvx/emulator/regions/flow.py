"""The control flow of executed code: blocks, their edges, and the loops among them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping

from rvx.emulator.memory import GuestMemory
from rvx.isa import Decoded, Isa
from rvx.isa.bits import Address, Word, word_size
from rvx.isa.loops import LAST_SIZE
from rvx.isa.memory import EXECUTABLE, PAGE_SHIFT, WRITABLE
from rvx.records import dataclass, field, replace

_RETURN_REGISTERS = (1, 5)
_RESTORING_RETURNS = ("cm.popret", "cm.popretz")
_NEVER_GO_ON = ("jal", "jalr", "cm.jt", "cm.jalt", *_RESTORING_RETURNS)
"""Jumps: what stands behind them is not where they lead."""
VECTOR_WEIGHT = 64
"""For how many other instructions a vector instruction counts when regions are chosen.

Outside of regions it goes over its elements one by one, and is interpreted at first.
"""


@dataclass(frozen=True)
class Step:
    """One instruction of a block, compressed ones expanded.

    Attributes:
        pc: its address.
        decoded: what it is.
        size: how many bytes it has in memory.
        loops: where the hardware loops begin that end with it.
    """

    pc: Address
    decoded: Decoded
    size: int
    loops: tuple[Address, ...] = ()


@dataclass
class Block:
    """A straight run of instructions that is entered at its first one only.

    Attributes:
        start: address of the first instruction.
        steps: its instructions.
        executions: how often it was entered, when it was looked at.
        successors: addresses where it may go on, as far as they are known.
        is_call: whether it ends in a call; `after_call` is where that call returns to.
        is_return: whether it ends in a return: it goes on where some call came from.
    """

    start: Address
    steps: list[Step]
    executions: int
    successors: list[Address] = field(default_factory=list)
    is_call: bool = False
    is_return: bool = False

    @property
    def end(self) -> Address:
        """The address after the last instruction."""
        last = self.steps[-1]
        return last.pc + last.size

    def holds(self, addresses: Collection[Address]) -> bool:
        """Whether one of its instructions is at one of these addresses."""
        return bool(addresses) and any(step.pc in addresses for step in self.steps)

    @property
    def target(self) -> Address | None:
        """Where its last instruction branches or jumps to, if that is fixed."""
        before = self.steps[-2] if len(self.steps) > 1 else None
        return target_of(self.steps[-1], before)

    @property
    def weight(self) -> int:
        """Executed instructions, those of vectors for as many as they do the work of."""
        vectors = sum("v" in step.decoded.instruction.requests for step in self.steps)
        return self.executions * (len(self.steps) + (VECTOR_WEIGHT - 1) * vectors)


class Executions:
    """How often each address was executed, from runs of equally often executed halfwords."""

    def __init__(self, runs: Iterable[tuple[Address, Address, int]]) -> None:
        self.runs = list(runs)
        self._starts = [start for start, _, _ in self.runs]

    def at(self, address: Address) -> int:
        """Executions of the instruction at an address."""
        index = bisect_right(self._starts, address) - 1
        if index < 0:
            return 0
        start, end, count = self.runs[index]
        return count if start <= address < end else 0


def executed_blocks(
    isa: Isa,
    memory: GuestMemory,
    executions: Executions,
    loops: Mapping[Address, tuple[Address, ...]] | None = None,
    avoided: Collection[Address] = (),
) -> dict[Address, Block]:
    """All blocks of code that was executed and that cannot be written, by their start.

    Args:
        isa: what words mean.
        memory: where they are.
        executions: of them.
        loops: where hardware loops begin, by the address behind them.
        avoided: addresses of instructions that belong to no block.
    """
    steps = _executed_steps(isa, memory, executions)
    for address in avoided:
        steps.pop(address, None)
    for end, starts in (loops or {}).items():
        last = steps.get(end - LAST_SIZE)
        if last is not None:
            steps[last.pc] = replace(last, loops=starts)
    leaders = _leaders(steps)
    blocks: dict[Address, Block] = {}
    current: Block | None = None
    for pc, step in steps.items():
        if current is None or pc in leaders or pc != current.end:
            current = Block(pc, [], executions.at(pc))
            blocks[pc] = current
        current.steps.append(step)
        if ends_block(step):
            current = None
    for block in blocks.values():
        _connect(block, blocks)
    _connect_returns(blocks)
    return blocks


def blocks_from(
    isa: Isa, memory: GuestMemory, outline: Iterable[tuple[Address, int]]
) -> dict[Address, Block] | None:
    """The blocks that begin at these addresses with so many instructions, executions unknown.

    Gives None if memory does not hold such blocks, or holds them where it can be written.
    """
    blocks: dict[Address, Block] = {}
    for start, length in outline:
        block = Block(start, [], 0)
        address = start
        for _ in range(length):
            step = _step_at(isa, memory, address)
            if step is None or (block.steps and ends_block(block.steps[-1])):
                return None
            block.steps.append(step)
            address += step.size
        if not block.steps:
            return None
        blocks[start] = block
    for block in blocks.values():
        _connect(block, blocks)
    _connect_returns(blocks)
    return blocks


def _step_at(isa: Isa, memory: GuestMemory, address: Address) -> Step | None:
    word = memory.word(address)
    if word is None or not _is_fixed_code(memory, address):
        return None
    decoded = isa.decode(word)
    return None if decoded is None else Step(address, decoded.expanded, word_size(word))


def _is_fixed_code(memory: GuestMemory, address: Address) -> bool:
    page = memory.pages[address - memory.base >> PAGE_SHIFT]
    return bool(page & EXECUTABLE and not page & WRITABLE)


def _executed_steps(isa: Isa, memory: GuestMemory, executions: Executions) -> dict[Address, Step]:
    known: dict[Word, Decoded | None] = {}
    steps: dict[Address, Step] = {}
    for start, end, _ in executions.runs:
        address = start
        while address < end:
            word = memory.word(address) or 0
            size = word_size(word)
            if word not in known:
                found = isa.decode(word)
                known[word] = found.expanded if found else None
            decoded = known[word]
            if decoded is not None and _is_fixed_code(memory, address):
                steps[address] = Step(address, decoded, size)
            address += size
    return dict(sorted(steps.items()))


def ends_block(step: Step) -> bool:
    """Whether execution may go on elsewhere than at the next instruction."""
    return bool(step.loops) or "next_pc" in step.decoded.instruction.requests


def target_of(step: Step, before: Step | None) -> Address | None:
    """Where a branch or jump leads, if that is fixed.

    Args:
        step: the branch or jump.
        before: the instruction in front of it: with auipc there, jalr is a far jump or call.
    """
    values = step.decoded.values
    operand = step.decoded.instruction.target
    if operand is not None:
        return step.pc + values[operand.name]
    if before is None or step.decoded.instruction.mnemonic != "jalr":
        return None
    base = before.decoded.values
    if before.decoded.instruction.mnemonic != "auipc" or base["rd"] != values["rs1"]:
        return None
    upper = (base["imm"] << 12 & 0xFFFFFFFF ^ 0x80000000) - 0x80000000
    return before.pc + upper + values["imm"] & ~1


def _leaders(steps: Mapping[Address, Step]) -> set[Address]:
    leaders: set[Address] = set()
    before: Step | None = None
    for step in steps.values():
        if ends_block(step):
            leaders.add(step.pc + step.size)
            leaders.update(step.loops)
            follows = before is not None and before.pc + before.size == step.pc
            target = target_of(step, before if follows else None)
            if target is not None:
                leaders.add(target)
        before = step
    return leaders


def is_return(step: Step) -> bool:
    """Whether this is a return: `ret`, or one that restores registers as well."""
    return is_plain_return(step) or step.decoded.instruction.mnemonic in _RESTORING_RETURNS


def is_plain_return(step: Step) -> bool:
    """Whether this is `ret`: a jump to the return address that keeps none itself."""
    values = step.decoded.values
    return (
        step.decoded.instruction.mnemonic == "jalr"
        and values["rd"] == 0
        and values["rs1"] in _RETURN_REGISTERS
    )


def is_call(step: Step) -> bool:
    """Whether this keeps the address after it as a return address."""
    mnemonic = step.decoded.instruction.mnemonic
    return mnemonic == "cm.jalt" or (
        mnemonic in ("jal", "jalr") and step.decoded.values["rd"] in _RETURN_REGISTERS
    )


def _connect(block: Block, blocks: Mapping[Address, Block]) -> None:
    last = block.steps[-1]
    after = last.pc + last.size
    reached: list[Address] = []
    if not ends_block(last):
        reached.append(after)
    else:
        mnemonic = last.decoded.instruction.mnemonic
        target = block.target
        if target is not None:
            reached.append(target)
        if mnemonic not in _NEVER_GO_ON:
            reached.append(after)
        reached += [start for start in last.loops if start not in reached]
        block.is_call = is_call(last)
        block.is_return = block.target is None and is_return(last)
    block.successors = [address for address in reached if address in blocks]


def _connect_returns(blocks: Mapping[Address, Block]) -> None:
    """Returns go on after every call that is known: which one is seen when it runs.

    All of them share one list. A large program has thousands of both: who follows the edges has to
    look at one return only.
    """
    after_calls = [b.end for b in blocks.values() if b.is_call and b.end in blocks]
    for block in blocks.values():
        if block.is_return:
            block.successors = after_calls


def components(
    nodes: Iterable[Address], successors: Callable[[Address], Iterable[Address]]
) -> list[list[Address]]:
    """Strongly connected components (Tarjan), without recursion."""
    index: dict[Address, int] = {}
    low: dict[Address, int] = {}
    on_stack: set[Address] = set()
    stack: list[Address] = []
    found: list[list[Address]] = []
    inside = set(nodes)
    for root in inside:
        if root in index:
            continue
        work = [(root, iter([s for s in successors(root) if s in inside]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            step = next(edges, None)
            if step is None:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[node])
                if low[node] == index[node]:
                    component = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        component.append(member)
                        if member == node:
                            break
                    found.append(component)
            elif step not in index:
                index[step] = low[step] = len(index)
                stack.append(step)
                on_stack.add(step)
                work.append((step, iter([s for s in successors(step) if s in inside])))
            elif step in on_stack:
                low[node] = min(low[node], index[step])
    return found
