"""Who called whom, compiled: the tree of calls that the hook on blocks keeps while it counts.

A node of the tree is a function reached by one chain of callers. A call to a function that is in
the chain already goes back to its node, so that recursion makes no new ones (the calling context
tree of Ammons, Ball and Larus, 1997). What leads from a node to another is an edge, one for each
place of a call and each target. An edge has two costs. What its calls have spent is noted whenever
one comes back: so what leads to a node less what leads away from it was executed in the node
itself, and no event has to charge anybody. The other cost is noted only where the function was not
active before already: so the costs of all calls of a function are what was executed while it was
active, however it calls itself.

Blocks that cannot leave their function cost one addition more than counting does. All others end
with a call, a return, or a jump that may lead elsewhere; after one of them the hook looks where
execution has arrived. A return is one where the address is that of a call which is still open, so
that `longjmp`, and code that throws return addresses away, end what they leave.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

from rvx.emulator.native.pointers import int64_array, load_32, load_64, store_64


class Record(IntEnum):
    """Position of each word of the record at `Field.CALLS`."""

    TOTAL = 0  # instructions executed, the whole of the block that has begun last included
    ARRIVE = 1  # address of `arrive`, for regions
    RETURNED = 2  # address of `returned`, for regions
    NODE = 3  # address of the present node
    TOP = 4  # address behind the last open call
    STACK = 5  # where open calls begin
    STACK_END = 6
    PENDING = 7  # how the last block ends, until it is known where that led
    SITE = 8  # address of its last instruction
    LINK = 9  # and the one behind it
    PLANS = 10  # as below; of an empty table where the next block needs a look
    KNOWN_PLANS = 11  # what is known of blocks, see `Plan`; biased, as are the next two
    BLOCKS = 12
    FUNCTIONS = 13  # int32 for every halfword of code
    CLASSIFY = 14  # callback: looks at a block for the first time
    SLOW = 15  # address of the hook for blocks that need more
    NO_PLANS = 16
    NODES = 17  # where nodes begin; the first is the root
    NODES_TOP = 18  # behind the last node
    NODES_END = 19
    EDGES = 20
    EDGES_TOP = 21
    EDGES_END = 22
    HASH = 23
    HASH_MASK = 24
    LOST = 25  # open calls that there was no room for
    FOLDED = 26  # 1 if contexts were left out for want of room
    ACTIVE = 27  # open calls of every function
    NEXT = 28  # the address behind the last block; 0 where nobody knows how it was left
    FALLS = 29  # arrivals from the block in front, for every halfword of code; biased
    END = 30


class Node(IntEnum):
    """Position of each word of a node."""

    FUNCTION = 0
    PARENT = 1  # address, 0 for the root
    MOVED = 2  # instructions of its own that edges do not say; see `_spend`
    FIRST = 3  # its first child, 0 if there is none
    NEXT = 4  # the next child of its parent
    LAST_EDGE = 5  # the edge that was taken last
    END = 6


class Edge(IntEnum):
    """Position of each word of an edge."""

    NODE = 0
    SITE = 1
    TARGET = 2
    TO = 3  # address of the node that it leads to
    CALLS = 4
    COST = 5  # instructions executed until those came back whose function was not active before
    SPENT = 6  # the same of all of its calls
    IS_JUMP = 7
    END = 8


class Open(IntEnum):
    """Position of each word of an open call on the stack."""

    LINK = 0  # where it returns to, or `JUMPED`
    NODE = 1  # the node that it came from
    EDGE = 2
    TOTAL = 3  # when it began
    END = 4


class Leaves(IntEnum):
    """How a block ends."""

    NOWHERE = 0  # in its own function
    CALL = 1
    RETURN = 2
    LOOK = 3  # nobody knows where: perhaps in another function
    JUMP = 4  # to an address in a register


class Plan(IntEnum):
    """First bit of each part of the word that says what is known of a block."""

    SIZE = 0  # in bytes
    LENGTH = 16  # instructions
    LEAVES = 32
    LAST = 40  # from its begin to its last instruction, in bytes


JUMPED = -1
RESERVED = 1 << 16
"""Edges and nodes that are kept for what hangs from the root when all others are taken."""
_MOST_SEARCHED = 4096

_TOTAL, _NODE = int(Record.TOTAL), int(Record.NODE)
_TOP, _STACK, _STACK_END = int(Record.TOP), int(Record.STACK), int(Record.STACK_END)
_FUNCTIONS, _LOST, _FOLDED = int(Record.FUNCTIONS), int(Record.LOST), int(Record.FOLDED)
_NODES, _NODES_TOP, _NODES_END = (
    int(Record.NODES),
    int(Record.NODES_TOP),
    int(Record.NODES_END),
)
_EDGES_TOP, _EDGES_END = int(Record.EDGES_TOP), int(Record.EDGES_END)
_ACTIVE = int(Record.ACTIVE)
_NEXT_BLOCK, _FALLS = int(Record.NEXT), int(Record.FALLS)
_HASH, _HASH_MASK, _RECORD = int(Record.HASH), int(Record.HASH_MASK), int(Record.END)
_FUNCTION, _PARENT, _MOVED = 8 * Node.FUNCTION, 8 * Node.PARENT, 8 * Node.MOVED
_FIRST, _NEXT, _LAST_EDGE = 8 * Node.FIRST, 8 * Node.NEXT, 8 * Node.LAST_EDGE
_NODE_BYTES, _EDGE_BYTES, _OPEN_BYTES = 8 * Node.END, 8 * Edge.END, 8 * Open.END
_E_NODE, _E_SITE, _E_TARGET, _E_TO = 8 * Edge.NODE, 8 * Edge.SITE, 8 * Edge.TARGET, 8 * Edge.TO
_E_CALLS, _E_COST, _E_SPENT = 8 * Edge.CALLS, 8 * Edge.COST, 8 * Edge.SPENT
_E_IS_JUMP = 8 * Edge.IS_JUMP
_O_LINK, _O_NODE, _O_EDGE, _O_TOTAL = (8 * part for part in range(int(Open.END)))
_CALL, _RETURN, _JUMP = int(Leaves.CALL), int(Leaves.RETURN), int(Leaves.JUMP)
_JUMPED, _RESERVED = JUMPED, RESERVED


def arrive_at(record: int, leaves: int, site: int, link: int, target: int) -> None:
    """Execution has gone from a block that may leave its function to a target.

    Args:
        record: address of the record.
        leaves: how the block ends, see `Leaves`.
        site: address of its last instruction.
        link: the address behind it.
        target: where execution goes on.
    """
    calls = int64_array(record, _RECORD)
    function = load_32(calls[_FUNCTIONS] + (target << 1))
    if leaves == _CALL and target != link:  # That only puts an address into a register.
        _go(calls, site, target, function, link)
        return
    if leaves == _RETURN and _has_returned(calls, target):
        return
    if leaves == _JUMP and _is_last_link(calls, target):
        _has_returned(calls, target)
        return
    if function == load_64(calls[_NODE] + _FUNCTION):
        return
    if leaves == _JUMP and _has_returned(calls, target):
        return
    # A jump to another function: back to one that this call came by, or on to a new one.
    at = calls[_TOP]
    while at > calls[_STACK] and load_64(at - _OPEN_BYTES + _O_LINK) == _JUMPED:
        at -= _OPEN_BYTES
        if load_64(load_64(at + _O_NODE) + _FUNCTION) == function:
            _close(calls, at)
            return
    if leaves in (_RETURN, _JUMP):
        for _ in range(_MOST_SEARCHED):  # As longjmp does: to a function that is still active.
            if at <= calls[_STACK]:
                break
            at -= _OPEN_BYTES
            if load_64(load_64(at + _O_NODE) + _FUNCTION) == function:
                _close(calls, at)
                return
    _go(calls, site, target, function, _JUMPED)


def note_arrival(record: int, address: int, size: int) -> None:
    """A block begins: notes whether execution has come there from the instruction in front.

    That is how often a branch was not taken. The core begins a block behind every branch.

    Args:
        record: address of the record.
        address: of the block.
        size: its bytes.
    """
    at = record + 8 * _NEXT_BLOCK
    if load_64(at) == address:
        slot = load_64(record + 8 * _FALLS) + (address << 2)
        store_64(slot, load_64(slot) + 1)
    store_64(at, address + size)


def _is_last_link(calls: Any, target: int) -> bool:
    """Whether the last call returns there."""
    at = calls[_TOP] - _OPEN_BYTES
    while at >= calls[_STACK] and load_64(at + _O_LINK) == _JUMPED:
        at -= _OPEN_BYTES
    return at >= calls[_STACK] and load_64(at + _O_LINK) == target


def _active(calls: Any, edge: int) -> int:
    """Address of how many calls are open of the function that an edge leads to."""
    return calls[_ACTIVE] + 8 * load_64(load_64(edge + _E_TO) + _FUNCTION)


def _has_returned(calls: Any, target: int) -> bool:
    """Closes the call that returns to this address, with all that were begun in it."""
    if calls[_LOST] > 0:
        calls[_LOST] -= 1
        return True
    at = calls[_TOP]
    for _ in range(_MOST_SEARCHED):
        if at <= calls[_STACK]:
            return False
        at -= _OPEN_BYTES
        if load_64(at + _O_LINK) == target:
            _close(calls, at)
            return True
    return False


def _close(calls: Any, begin: int) -> None:
    """Closes all open calls from one on."""
    total = calls[_TOTAL]
    at = calls[_TOP]
    while at > begin:
        at -= _OPEN_BYTES
        edge = load_64(at + _O_EDGE)
        active = _active(calls, edge)
        left = load_64(active) - 1
        store_64(active, left)
        _spend(load_64(at + _O_NODE), edge, total - load_64(at + _O_TOTAL), left == 0)
    calls[_TOP] = begin
    calls[_NODE] = load_64(begin + _O_NODE)


def _spend(node: int, edge: int, spent: int, is_outermost: bool) -> None:
    """Calls from a node have come back, which took an edge and executed so many instructions."""
    store_64(edge + _E_SPENT, load_64(edge + _E_SPENT) + spent)
    if is_outermost:
        store_64(edge + _E_COST, load_64(edge + _E_COST) + spent)
    said = load_64(edge + _E_NODE)
    if said != node:  # For want of room the edge is said to lead away from the root.
        store_64(node + _MOVED, load_64(node + _MOVED) - spent)
        store_64(said + _MOVED, load_64(said + _MOVED) + spent)


def return_calls(record: int, site: int, target: int, number: int, spent: int) -> None:
    """Calls from one place in the present node to a target that nobody has said anything of yet.

    Args:
        record: address of the record.
        site: where they were made.
        target: where they led to.
        number: how many have come back.
        spent: what they have executed.
    """
    calls = int64_array(record, _RECORD)
    edge = _edge_from_here(calls, site, target, load_32(calls[_FUNCTIONS] + (target << 1)), 0)
    store_64(edge + _E_CALLS, load_64(edge + _E_CALLS) + number)
    _spend(calls[_NODE], edge, spent, load_64(_active(calls, edge)) == 0)


def _edge_from_here(calls: Any, site: int, target: int, function: int, is_jump: int) -> int:
    """The edge that a call from the present node takes; mostly the one that was taken last."""
    node = calls[_NODE]
    edge = load_64(node + _LAST_EDGE)
    if edge == 0 or load_64(edge + _E_SITE) != site or load_64(edge + _E_TARGET) != target:
        edge = _edge(calls, node, site, target, function, is_jump)
        store_64(node + _LAST_EDGE, edge)
    return edge


def _go(calls: Any, site: int, target: int, function: int, link: int) -> None:
    """Goes to a function by a call, or by a jump."""
    edge = _edge_from_here(calls, site, target, function, 1 if link == _JUMPED else 0)
    store_64(edge + _E_CALLS, load_64(edge + _E_CALLS) + 1)
    top = calls[_TOP]
    if top < calls[_STACK_END]:
        store_64(top + _O_LINK, link)
        store_64(top + _O_NODE, calls[_NODE])
        store_64(top + _O_EDGE, edge)
        store_64(top + _O_TOTAL, calls[_TOTAL])
        calls[_TOP] = top + _OPEN_BYTES
        active = _active(calls, edge)
        store_64(active, load_64(active) + 1)
        calls[_NODE] = load_64(edge + _E_TO)
    elif link != _JUMPED:
        calls[_LOST] += 1
        calls[_FOLDED] = 1


def _edge(calls: Any, node: int, site: int, target: int, function: int, is_jump: int) -> int:
    """The edge of a call, which is made when it is met for the first time."""
    mask = calls[_HASH_MASK]
    slot = (node * 31 + site * 0x9E3779B1 + target * 0x85EBCA6B >> 9) & mask
    while True:
        edge = load_64(calls[_HASH] + 8 * slot)
        if edge == 0:
            break
        if (
            load_64(edge + _E_NODE) == node
            and load_64(edge + _E_SITE) == site
            and load_64(edge + _E_TARGET) == target
        ):
            return edge
        slot = (slot + 1) & mask
    root = calls[_NODES]
    to = _destination(calls, node, function)
    edge = calls[_EDGES_TOP]
    if edge >= calls[_EDGES_END]:
        # Nothing is left even of what is kept for the root: calls are told apart no more.
        calls[_FOLDED] = 1
        return edge - _EDGE_BYTES
    if node != root and (to == 0 or edge >= calls[_EDGES_END] - _RESERVED * _EDGE_BYTES):
        calls[_FOLDED] = 1
        return _edge_of_root(calls, site, target, function, is_jump)
    calls[_EDGES_TOP] = edge + _EDGE_BYTES
    store_64(edge + _E_NODE, node)
    store_64(edge + _E_SITE, site)
    store_64(edge + _E_TARGET, target)
    store_64(edge + _E_TO, to)
    store_64(edge + _E_IS_JUMP, is_jump)
    store_64(calls[_HASH] + 8 * slot, edge)
    return edge


def _edge_of_root(calls: Any, site: int, target: int, function: int, is_jump: int) -> int:
    """An edge from the root, where there is no room for one from where execution is."""
    edge = calls[_EDGES_TOP] - _EDGE_BYTES
    root = calls[_NODES]
    at = root + _FIRST
    while load_64(at) != 0 and load_64(load_64(at) + _FUNCTION) != function:
        at = load_64(at) + _NEXT
    to = load_64(at)
    if to == 0:
        to = _new_node(calls, root, function)
        if to == 0:
            return edge
    mask = calls[_HASH_MASK]
    slot = (root * 31 + site * 0x9E3779B1 + target * 0x85EBCA6B >> 9) & mask
    while load_64(calls[_HASH] + 8 * slot) != 0:
        edge = load_64(calls[_HASH] + 8 * slot)
        if (
            load_64(edge + _E_NODE) == root
            and load_64(edge + _E_SITE) == site
            and load_64(edge + _E_TARGET) == target
        ):
            return edge
        slot = (slot + 1) & mask
    edge = calls[_EDGES_TOP]
    calls[_EDGES_TOP] = edge + _EDGE_BYTES
    store_64(edge + _E_NODE, root)
    store_64(edge + _E_SITE, site)
    store_64(edge + _E_TARGET, target)
    store_64(edge + _E_TO, to)
    store_64(edge + _E_IS_JUMP, is_jump)
    store_64(calls[_HASH] + 8 * slot, edge)
    return edge


def _destination(calls: Any, node: int, function: int) -> int:
    """The node of a function called from one: on the chain to it, or below it; 0 without room."""
    at = node
    while at != 0:
        if load_64(at + _FUNCTION) == function:
            return at
        at = load_64(at + _PARENT)
    at = load_64(node + _FIRST)
    while at != 0:
        if load_64(at + _FUNCTION) == function:
            return at
        at = load_64(at + _NEXT)
    if node != calls[_NODES] and calls[_NODES_TOP] >= calls[_NODES_END] - _RESERVED * _NODE_BYTES:
        return 0
    return _new_node(calls, node, function)


def _new_node(calls: Any, parent: int, function: int) -> int:
    made = calls[_NODES_TOP]
    if made >= calls[_NODES_END]:
        return 0
    calls[_NODES_TOP] = made + _NODE_BYTES
    store_64(made + _FUNCTION, function)
    store_64(made + _PARENT, parent)
    store_64(made + _NEXT, load_64(parent + _FIRST))
    store_64(parent + _FIRST, made)
    return made
