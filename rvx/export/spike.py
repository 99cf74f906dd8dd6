"""Extensions for Spike, the reference simulator: C++ with the bodies.

A file for each extension, which its own headers compile into a library:

    g++ -std=c++20 -O2 -shared -fPIC -I SPIKE/include xmac.cc -o libxmac.so
    spike --extlib=./libxmac.so --extension=xmac ...

What an instruction reads and writes are Spike's registers, flags and memory; registers and states
of the extension's own are members of its class, and so are its CSRs. What a body raises is an
illegal instruction there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from rvx.bodies import BodyProblem
from rvx.bodies.kinds import Array
from rvx.export.cbody import (
    ARITHMETIC,
    ERRORS,
    MEMORY_ACCESSES,
    Untranslatable,
    Writer,
    one_line,
    safe,
    states_of,
)
from rvx.export.target import Export
from rvx.isa import Extension, Instruction, Operand, RegisterFile
from rvx.isa.instruction import NUMBER
from rvx.isa.operands import ImmediateKind, RegisterKind, RoundingKind
from rvx.isa.registers import F, X

_RUNTIME = f"""\
#ifndef RVX_SPIKE
#define RVX_SPIKE
#include <cmath>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>
#include <riscv/extension.h>
#include <riscv/mmu.h>
#include <riscv/processor.h>
#include <riscv/trap.h>

namespace {{

{ERRORS}
struct rvx_hart {{ insn_t insn; int xlen; }};
typedef mmu_t rvx_memory;

[[noreturn]] inline int64_t rvx_fail(rvx_hart *hart, int64_t)
{{
    throw trap_illegal_instruction(hart->insn.bits());
}}
using std::isinf;
using std::isnan;
{ARITHMETIC}
inline reg_t rvx_address(int64_t at, rvx_hart *hart)
{{
    return hart->xlen == 32 ? (reg_t)(int64_t)(int32_t)at : (reg_t)at;
}}
inline uint64_t rvx_load(rvx_memory *mem, int64_t at, int bytes, rvx_hart *hart)
{{
    reg_t where = rvx_address(at, hart);
    switch (bytes) {{
    case 1: return mem->load<uint8_t>(where);
    case 2: return mem->load<uint16_t>(where);
    case 4: return mem->load<uint32_t>(where);
    default: return mem->load<uint64_t>(where);
    }}
}}
inline void rvx_store(rvx_memory *mem, int64_t at, int bytes, uint64_t value, rvx_hart *hart)
{{
    reg_t where = rvx_address(at, hart);
    switch (bytes) {{
    case 1: return mem->store<uint8_t>(where, (uint8_t)value);
    case 2: return mem->store<uint16_t>(where, (uint16_t)value);
    case 4: return mem->store<uint32_t>(where, (uint32_t)value);
    default: return mem->store<uint64_t>(where, value);
    }}
}}
{MEMORY_ACCESSES}
template <int XLEN, bool LOGGED> void rvx_write_x(state_t *state, unsigned number, int64_t value)
{{
    reg_t written = XLEN == 32 ? (reg_t)(int64_t)(int32_t)value : (reg_t)value;
    if (LOGGED && number)
        state->log_reg_write[number << 4] = {{{{written, 0}}}};
    state->XPR.write(number, written);
}}
template <bool LOGGED> void rvx_write_f(state_t *state, unsigned number, int64_t value)
{{
    freg_t written = {{{{(uint64_t)value, ~(uint64_t)0}}}};
    if (LOGGED)
        state->log_reg_write[number << 4 | 1] = written;
    state->FPR.write(number, written);
    state->sstatus->dirty(SSTATUS_FS);
}}
/* A CSR that is a run of bits of a state. */
class rvx_csr_t : public csr_t {{
 public:
    rvx_csr_t(processor_t *p, reg_t address, int64_t *word, int lsb, uint64_t mask)
        : csr_t(p, address), word(word), lsb(lsb), mask(mask) {{}}
    reg_t read() const noexcept override {{ return (uint64_t)*word >> lsb & mask; }}
 protected:
    bool unlogged_write(const reg_t value) noexcept override
    {{
        *word = (int64_t)(((uint64_t)*word & ~(mask << lsb)) | (value & mask) << lsb);
        return true;
    }}
 private:
    int64_t *word;
    int lsb;
    uint64_t mask;
}};

}} // namespace
#endif

namespace {{
"""


_FLOAT_CSRS = (1, 2, 3)
"""fflags, frm and fcsr."""


def export(extensions: Sequence[Extension]) -> Export:
    """A file of C++ for each extension."""
    made = Export()
    for extension in extensions:
        writer = Writer(f"rvx_of_{_identifier(extension.name)}", states_of(extension))
        functions: list[str] = []
        chosen: list[Instruction] = []
        for instruction in extension.instructions.values():
            try:
                functions.append(_Function(extension, instruction, writer).written())
                chosen.append(instruction)
            except (Untranslatable, BodyProblem) as error:
                made.left_out.append(f"{instruction.mnemonic}: {error}")
        if not chosen:
            continue
        counting = [csr.name for csr in extension.csrs.values() if csr.counts]
        made.left_out += [
            f"{name}: a CSR that counts, which Spike does itself" for name in counting
        ]
        made.files[f"{extension.name.lower()}.cc"] = "\n".join(
            [
                f"// {extension.name} {extension.version} for Spike: {one_line(extension.doc)}",
                _RUNTIME,
                *_class(extension),
                *writer.parts,
                *functions,
                *_table(extension, chosen),
                "",
            ]
        )
    return made


def _identifier(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()


def _class(extension: Extension) -> list[str]:
    """The extension with its states and registers."""
    name = _identifier(extension.name)
    members, resets = [], []
    for state in extension.states.values():
        members.append(f"    mutable int64_t state_{state.name}[{state.words}];")
        resets.append(f"        std::memset(state_{state.name}, 0, sizeof state_{state.name});")
        resets += [
            f"        state_{state.name}[{word}] = {_number(value)};" for word, value in state.reset
        ]
    for file in extension.register_files.values():
        members.append(f"    int64_t file_{file.name}[{file.count}][{file.words}];")
        resets.append(f"        std::memset(file_{file.name}, 0, sizeof file_{file.name});")
    csrs = [
        f"        {_csr_condition(csr.xlens)}csrs.push_back(std::make_shared<rvx_csr_t>(&proc, "
        f"{csr.address:#x}, &state_{csr.state}[{csr.word}], {csr.lsb}, {_number(csr.mask)}));"
        for csr in extension.csrs.values()
        if csr.state in _own_states(extension) and not csr.counts
    ]
    return [
        f"struct {name}_t : public extension_t {{",
        *members,
        f"    {name}_t() {{ clear(); }}",
        "    void clear()",
        "    {",
        *resets,
        "    }",
        f'    const char *name() const override {{ return "{name}"; }}',
        "    std::vector<insn_desc_t> get_instructions(const processor_t &) override;",
        "    std::vector<disasm_insn_t *> get_disasms(const processor_t *) override { return {}; }",
        "    std::vector<csr_t_p> get_csrs(processor_t &proc) const override",
        "    {",
        "        std::vector<csr_t_p> csrs;",
        "        (void)proc;",
        *csrs,
        "        return csrs;",
        "    }",
        "    void reset(processor_t &) override { clear(); }",
        "};",
    ]


def _own_states(extension: Extension) -> list[str]:
    """States that are the extension's alone: fcsr with further bits is Spike's, without these."""
    shared = {csr.state for csr in extension.csrs.values() if csr.address in _FLOAT_CSRS}
    return [name for name in extension.states if name not in shared]


def _csr_condition(xlens: tuple[int, ...]) -> str:
    return "" if len(xlens) > 1 else f"if (proc.get_xlen() == {xlens[0]}) "


def _number(value: int) -> str:
    return f"(int64_t)UINT64_C({value & (1 << 64) - 1:#x})"


def _table(extension: Extension, chosen: Sequence[Instruction]) -> list[str]:
    """Where Spike finds the functions: the strictest pattern first, since it takes the first."""
    name = _identifier(extension.name)
    ordered = sorted(chosen, key=lambda made: -made.pattern.mask.bit_count())
    rows = []
    for made in ordered:
        at = {
            xlen: [
                f"{_name(extension, made)}<{xlen}, {logged}>"
                if xlen in made.xlens
                else "::illegal_instruction"
                for logged in ("false", "true")
            ]
            for xlen in (32, 64)
        }
        columns = [
            f"{made.pattern.match:#x}",
            f"{made.pattern.mask:#x}",
            *(at[xlen][logged] for logged in (0, 1) for xlen in (32, 64, 32, 64)),
        ]
        rows.append(f"        {{{', '.join(columns)}}},")
    return [
        f"std::vector<insn_desc_t> {name}_t::get_instructions(const processor_t &proc)",
        "{",
        "    /* Spike asks for CSRs when it resets a hart, before --extension adds this. */",
        "    processor_t &hart = const_cast<processor_t &>(proc);",
        "    for (csr_t_p csr : get_csrs(hart))",
        "        hart.get_state()->add_csr(csr->address, csr);",
        "    return {",
        *rows,
        "    };",
        "}",
        "",
        "} // namespace",
        "",
        f"REGISTER_EXTENSION({name}, []() {{ return new {name}_t; }})",
    ]


def _name(extension: Extension, made: Instruction) -> str:
    width = f"_rv{made.xlens[0]}" if len(made.xlens) == 1 else ""
    return f"{_identifier(extension.name)}_{_identifier(made.mnemonic)}{width}"


class _Function:
    """The function of one instruction: what it reads, the body, what it writes."""

    def __init__(self, extension: Extension, made: Instruction, writer: Writer) -> None:
        self.extension = extension
        self.made = made
        self.inner, kinds = writer.body(made)
        self.kinds = dict(zip(made.requests, kinds, strict=True))
        self.after: list[str] = []
        self.states: Mapping[str, int] = writer.states

    def written(self) -> str:
        """The function in C++."""
        made = self.made
        numbers = [
            f"    unsigned n_{name} = (unsigned)({_field(operand)});"
            for name, operand in made.operands.items()
            if isinstance(operand.kind, RegisterKind)
            and (name in made.writes or name in made.requests or name + NUMBER in made.requests)
        ]
        given = [line for name in made.requests for line in self._given(name)]
        # Arrays are registers that the body has changed where they are.
        stores = [line for name in made.writes for line in self._stored(name)]
        call = f"{self.inner}({', '.join([*(safe(name) for name in made.requests), '&hart'])})"
        results = ""
        if len(made.results) == 1:
            results = "int64_t got = "
        elif made.results:
            results = "auto got = "
        uses_floats = {"fflags", "frm"} & set(made.requests) or any(
            isinstance(operand.kind, RegisterKind) and operand.kind.file is F
            for operand in made.operands.values()
        )
        checks = [
            f"    if ((insn.bits() & {mask:#x}) == {match:#x})\n"
            "        return ::illegal_instruction(p, insn, pc);"
            for operand in made.operands.values()
            for mask, match in operand.reserved
        ]
        if uses_floats:
            checks.append(
                "    if (!state->sstatus->enabled(SSTATUS_FS))\n"
                "        return ::illegal_instruction(p, insn, pc);"
            )
        name = _identifier(self.extension.name)
        return "\n".join(
            [
                f"/* {made.syntax.shape}: {one_line(made.doc)} */",
                "template <int XLEN, bool LOGGED>",
                f"reg_t {_name(self.extension, made)}(processor_t *p, insn_t insn, reg_t pc)",
                "{",
                "    state_t *state = p->get_state();",
                f'    auto *own = static_cast<{name}_t *>(p->get_extension("{name}"));',
                "    rvx_hart hart = {insn, XLEN};",
                f"    reg_t next = pc + {made.size};",
                "    (void)state, (void)own;",
                *checks,
                *numbers,
                *given,
                f"    {results}{call};",
                *stores,
                *self.after,
                "    return next;",
                "}",
            ]
        )

    def _given(self, name: str) -> list[str]:
        """The lines that give the body what it asks for by a name."""
        made, variable = self.made, safe(name)
        operand = made.operands.get(name)
        if operand is not None:
            return self._operand(name, operand)
        if name.endswith(NUMBER) and name.removesuffix(NUMBER) in made.operands:
            return [f"    int64_t {variable} = n_{name.removesuffix(NUMBER)};"]
        if name in self.states:
            if name not in _own_states(self.extension):
                raise Untranslatable(f"its body works on '{name}', which Spike keeps itself")
            return [f"    int64_t *{variable} = own->state_{name};"]
        if name == "fflags":
            self.after += [
                f"    if ({variable}[0])",
                f"        state->fflags->write(state->fflags->read() | ({variable}[0] & 31));",
            ]
            return [f"    int64_t {variable}[1] = {{0}};"]
        if name == "next_pc":
            self.after.append(
                f"    next = XLEN == 32 ? (reg_t)(int64_t)(int32_t){variable}[0] "
                f": (reg_t){variable}[0];"
            )
            return [f"    int64_t {variable}[1] = {{(int64_t)next}};"]
        known = {
            "frm": "(int64_t)state->frm->read()",
            "pc": "XLEN == 32 ? (int64_t)(uint32_t)pc : (int64_t)pc",
            "xlen": "XLEN",
        }
        if name == "mem":
            return [f"    rvx_memory *{variable} = p->get_mmu();"]
        if name not in known:
            raise Untranslatable(f"its body asks for '{name}', which Spike's instructions have not")
        lines = [f"    int64_t {variable} = {known[name]};"]
        if name == "frm":
            lines += self._checked_mode(variable)
        return lines

    def _checked_mode(self, variable: str) -> list[str]:
        return [
            f"    if ({variable} > {self.made.last_rounding_mode})",
            "        return ::illegal_instruction(p, insn, pc);",
        ]

    def _operand(self, name: str, operand: Operand) -> list[str]:
        kind, variable = operand.kind, safe(name)
        if isinstance(kind, RoundingKind):
            return [
                f"    int64_t {variable} = {_field(operand)};",
                f"    if ({variable} == 7)",
                f"        {variable} = (int64_t)state->frm->read();",
                *self._checked_mode(variable),
            ]
        if isinstance(kind, ImmediateKind):
            return [f"    int64_t {variable} = {_immediate(operand, kind)};"]
        if not isinstance(kind, RegisterKind):
            return [f"    int64_t {variable} = {_field(operand)};"]
        if isinstance(self.kinds[name], Array):
            if kind.file.words > 1:
                lines = [f"    int64_t {variable}[{kind.file.words}];"]
                where = f"own->file_{kind.file.name}[n_{name}]"
                return [*lines, f"    std::memcpy({variable}, {where}, sizeof {variable});"]
            values = ", ".join(
                self._read(kind, f"{_member(name, kind, i)}") for i in range(kind.group)
            )
            return [f"    int64_t {variable}[{kind.group}] = {{{values}}};"]
        return [f"    int64_t {variable} = {self._read(kind, f'n_{name}')};"]

    def _read(self, kind: RegisterKind, number: str) -> str:
        file = kind.file
        if file is X:
            return f"(int64_t)state->XPR[{number}]"
        if file is F:
            return f"(int64_t)state->FPR[{number}].v[0]"
        mask = "" if file.bits >= 64 else f" & {_number((1 << file.bits) - 1)}"
        return f"{self._own(file)}[{number}][0]{mask}"

    def _own(self, file: RegisterFile) -> str:
        if file.name not in self.extension.register_files:
            raise Untranslatable(f"its registers '{file.name}' are those of another extension")
        return f"own->file_{file.name}"

    def _stored(self, name: str) -> list[str]:
        kind = self.made.operands[name].kind
        assert isinstance(kind, RegisterKind)
        if name in self.made.results:
            place = f".item{self.made.results.index(name)}" if len(self.made.results) > 1 else ""
            return [self._write(kind, f"n_{name}", f"got{place}")]
        if kind.file.words > 1:
            where = f"{self._own(kind.file)}[n_{name}]"
            return [f"    std::memcpy({where}, {safe(name)}, sizeof {safe(name)});"]
        return [
            self._write(kind, _member(name, kind, i), f"{safe(name)}[{i}]")
            for i in range(kind.group)
        ]

    def _write(self, kind: RegisterKind, number: str, value: str) -> str:
        if kind.file is X:
            return f"    rvx_write_x<XLEN, LOGGED>(state, {number}, {value});"
        if kind.file is F:
            return f"    rvx_write_f<LOGGED>(state, {number}, {value});"
        return f"    {self._own(kind.file)}[{number}][0] = {value};"


def _member(name: str, kind: RegisterKind, place: int) -> str:
    """A register of a group; all of those that begin with x0 are x0."""
    if kind.file is X:
        return f"(n_{name} ? n_{name} + {place} : 0)"
    return f"n_{name} + {place}"


def _field(operand: Operand) -> str:
    """The value that a word holds of an operand, without sign."""
    parts = [
        f"(int64_t)(insn.bits() >> {piece.word_lsb} & {(1 << piece.bits) - 1:#x})"
        + (f" << {piece.value_lsb}" if piece.value_lsb else "")
        for piece in operand.field.pieces
    ]
    value = " | ".join(parts) or "0"
    kind = operand.kind
    if isinstance(kind, RegisterKind) and kind.is_indexed:
        listed = ", ".join(map(str, kind.numbers))
        return f"((const int[]){{{listed}}})[{value}]"
    return value


def _immediate(operand: Operand, kind: ImmediateKind) -> str:
    value = f"({_field(operand)})"
    if kind.signed:
        sign = 1 << operand.field.width - 1
        value = f"(({value} ^ {sign:#x}) - {sign:#x})"
    if kind.wrap:
        value = f"({value} & {(1 << kind.wrap) - 1:#x})"
    return f"{value} + {kind.bias}" if kind.bias else value
