"""What is in the trees of an operation: registers, variables, and its text for messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass

from rvx.udb.syntax import (
    Assignment,
    Binary,
    Call,
    Cast,
    Choice,
    Concatenation,
    CsrCall,
    CsrValue,
    Declaration,
    Element,
    Expression,
    Member,
    Name,
    Number,
    Replication,
    Slice,
    Statement,
    Text,
    Unary,
)


def register_of(node: Expression) -> Expression | None:
    """The number of the x register that this is."""
    if isinstance(node, Element) and node.value == Name("X"):
        return node.index
    return None


def walk(nodes: Sequence[object]) -> Iterator[object]:
    """Everything in statements and expressions."""
    for node in nodes:
        if isinstance(node, tuple):
            yield from walk(node)
        elif is_dataclass(node):
            yield node
            yield from walk([getattr(node, each.name) for each in fields(node)])


def registers_of(operation: Sequence[Statement]) -> Iterator[Expression]:
    """The numbers of all registers that are read or written."""
    for each in walk(operation):
        if isinstance(each, Element) and (index := register_of(each)) is not None:
            yield index


def reads(node: object) -> Iterator[bool]:
    """True for each register that is read."""
    if isinstance(node, Assignment) and (index := register_of(node.target)) is not None:
        parts: list[object] = [index, node.value]
    else:
        parts = [node]
    for each in walk(parts):
        if isinstance(each, Element) and register_of(each) is not None:
            yield True


def assigned_in(statements: Sequence[Statement]) -> dict[str, int]:
    """How often each variable is set in the text; a part of it counts as more than once."""
    found: dict[str, int] = {}
    for each in walk(statements):
        if isinstance(each, Declaration):
            for name in each.names:
                found[name] = found.get(name, 0) + 1
        elif isinstance(each, Assignment):
            target = each.target
            while isinstance(target, Element | Slice):
                target = target.value
            if isinstance(target, Name):
                found[target.name] = found.get(target.name, 0) + 2
    return found


def beyond(node: object) -> str:
    """Why something is not for bodies."""
    match node:
        case CsrValue(csr=csr) | CsrCall(csr=csr):
            return f"it uses the CSR {csr}"
        case Call(function="direct_csr_lookup" | "csr_sw_read" | "csr_sw_write"):
            return "it uses a CSR by its number"
        case Call(function=name):
            return f"it calls {name}()"
        case Text():
            return "it uses a text"
        case Member(enumeration=enumeration, name=name):
            return f"it uses {enumeration}::{name}"
    return f"it has something that rvx does not read: {text_of(node)}"


def text_of(node: object) -> str:
    """An expression as IDL, for messages."""
    match node:
        case Number(value=value):
            return str(value)
        case Name(name=name):
            return name
        case Unary(op=op, value=value):
            return f"{op}{text_of(value)}"
        case Binary(op=op, left=left, right=right):
            return f"({text_of(left)} {op} {text_of(right)})"
        case Choice(test=test, then=then, otherwise=otherwise):
            return f"({text_of(test)} ? {text_of(then)} : {text_of(otherwise)})"
        case Element(value=value, index=index):
            return f"{text_of(value)}[{text_of(index)}]"
        case Slice(value=value, high=high, low=low):
            return f"{text_of(value)}[{text_of(high)}:{text_of(low)}]"
        case Call(function=name, arguments=arguments):
            return f"{name}({', '.join(text_of(each) for each in arguments)})"
        case CsrValue(csr=csr, field=part):
            return f"CSR[{csr}]" + (f".{part}" if part else "")
        case Concatenation(parts=parts):
            return "{" + ", ".join(text_of(each) for each in parts) + "}"
        case Replication(count=count, value=value):
            return f"{{{text_of(count)}{{{text_of(value)}}}}}"
        case Cast(function=name, value=value):
            return f"{name}({text_of(value)})"
    return type(node).__name__
