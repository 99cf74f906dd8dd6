"""Bodies as portable C: the same arithmetic for tests and models outside of rvx.

A header and a file for each extension, with a function an instruction. What a body raises, and what
memory refuses, ends the call with a number.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rvx.bodies import BodyProblem
from rvx.bodies.kinds import Kind
from rvx.export.cbody import (
    ARITHMETIC,
    ERRORS,
    MEMORY_ACCESSES,
    Untranslatable,
    Writer,
    one_line,
    parameter,
    safe,
    states_of,
)
from rvx.export.target import Export
from rvx.isa import Extension, Instruction

_DECLARED = f"""\
#ifndef RVX_BODIES
#define RVX_BODIES
/* What a function gives that its body has not left by its end, else 0. */
{ERRORS}
/* Memory, where an instruction asks for it. The functions give 0, or what shall end the call, such
 * as RVX_ACCESS. Of addresses of RV32, the low 32 bits count. */
typedef struct {{
    void *context;
    int (*load)(void *context, uint64_t address, int bytes, uint64_t *value);
    int (*store)(void *context, uint64_t address, int bytes, uint64_t value);
}} rvx_memory;
#endif
"""
_RUNTIME = f"""\
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#elif defined(__GNUC__)
#pragma GCC optimize("fp-contract=off")
#endif
#include <math.h>
#include <setjmp.h>
#include <string.h>

typedef struct {{ jmp_buf jump; }} rvx_hart;

static inline int64_t rvx_fail(rvx_hart *hart, int64_t error) {{ longjmp(hart->jump, (int)error); }}
{ARITHMETIC}"""
_MEMORY = f"""\
static inline uint64_t rvx_load(rvx_memory *mem, int64_t at, int bytes, rvx_hart *hart)
{{
    uint64_t value = 0;
    int error = mem->load(mem->context, (uint64_t)at, bytes, &value);
    if (error)
        rvx_fail(hart, error);
    return value;
}}
static inline void rvx_store(
    rvx_memory *mem, int64_t at, int bytes, uint64_t value, rvx_hart *hart)
{{
    int error = mem->store(mem->context, (uint64_t)at, bytes, value);
    if (error)
        rvx_fail(hart, error);
}}
{MEMORY_ACCESSES}"""


def export(extensions: Sequence[Extension]) -> Export:
    """A header and a file of C for each extension."""
    made = Export()
    for extension in extensions:
        write_library(extension, made)
    return made


def write_library(extension: Extension, made: Export) -> list[tuple[Instruction, list[Kind]]]:
    """Adds the library of an extension; gives its instructions and the kinds of their arguments."""
    name = extension.name.lower()
    identifier = re.sub(r"\W", "_", name)
    writer = Writer(f"rvx_of_{identifier}", states_of(extension))
    declared: list[str] = []
    defined: list[str] = []
    said: list[tuple[Instruction, list[Kind]]] = []
    for instruction in extension.instructions.values():
        try:
            inner, kinds = writer.body(instruction)
        except (Untranslatable, BodyProblem) as error:
            made.left_out.append(f"{instruction.mnemonic}: {error}")
            continue
        before, head, body = _function(extension, instruction, writer, inner, kinds)
        declared += [before, f"{head};"]
        defined += [f"{head}\n{body}"]
        said.append((instruction, kinds))
    if not said:
        return []
    has_memory = any("mem" in instruction.requests for instruction, _ in said)
    doc = one_line(extension.doc)
    title = f"/* {extension.name} {extension.version}: {doc} */"
    guard = f"RVX_BODIES_{identifier.upper()}"
    made.files[f"{name}.h"] = "\n".join(
        [
            title,
            f"#ifndef {guard}",
            f"#define {guard}",
            "#include <stdint.h>",
            "#ifdef __cplusplus",
            'extern "C" {',
            "#endif",
            _DECLARED,
            *declared,
            "#ifdef __cplusplus",
            "}",
            "#endif",
            "#endif",
            "",
        ]
    )
    made.files[f"{name}.c"] = "\n".join(
        [
            title,
            f'#include "{name}.h"',
            _RUNTIME + (_MEMORY if has_memory else ""),
            *writer.parts,
            *defined,
            "",
        ]
    )
    return said


def function_name(extension: Extension, made: Instruction) -> str:
    """What an instruction is called in C: names that differ by register width say so."""
    width = f"_rv{made.xlens[0]}" if len(made.xlens) == 1 else ""
    return re.sub(r"\W", "_", f"{extension.name}_{made.mnemonic}").lower() + width


def _function(
    extension: Extension, made: Instruction, writer: Writer, inner: str, kinds: Sequence[Kind]
) -> tuple[str, str, str]:
    """What stands above a function, its head, and its body."""
    arguments = [parameter(name, kind) for name, kind in zip(made.requests, kinds, strict=True)]
    results = [f"int64_t *to_{each}" for each in made.results]
    call = f"{inner}({', '.join([*(safe(each) for each in made.requests), '&hart'])})"
    several = len(made.results) > 1
    if several:
        call = f"{writer.struct(['int64_t'] * len(made.results))} got = {call}"
    elif made.results:
        call = f"*to_{made.results[0]} = {call}"
    lines = [f"    {call};"]
    if several:
        lines += [f"    *to_{each} = got.item{i};" for i, each in enumerate(made.results)]
    name = function_name(extension, made)
    above = f"/** {made.syntax.shape}: {one_line(made.doc)} */"
    head = f"int {name}({', '.join([*arguments, *results]) or 'void'})"
    body = [
        "{",
        "    rvx_hart hart;",
        "    int raised = setjmp(hart.jump);",
        "    if (raised)",
        "        return raised;",
        *lines,
        "    return 0;",
        "}",
    ]
    return above, head, "\n".join(body)
