"""`.cfi_*`: call frame information, which becomes .eh_frame and .debug_frame."""

from __future__ import annotations

from functools import partial

from rvx.assembler.diagnostics import SourceError
from rvx.assembler.directives.registry import arguments, directive, no_arguments
from rvx.assembler.fragments.assembly import Assembly
from rvx.assembler.leb128 import encode_leb128
from rvx.assembler.model.frames import (
    DATA_ALIGNMENT,
    DEF_CFA_SP,
    PC_RELATIVE_32,
    Advance,
    Encoded,
    Frame,
    Label,
    Raw,
)
from rvx.assembler.source.grammar import parse_expression, split_operands, symbol_name

_NO_ENCODING = 0xFF
_SECTIONS = (".eh_frame", ".debug_frame")


def _register(assembly: Assembly, text: str) -> int:
    """The DWARF number of a register: x0 to x31, f0 to f31 from 32 on, CSRs from 4096 on."""
    found = assembly.isa.registers.get(text)
    if found is not None and found[0].name in ("x", "f"):
        return found[1] + (32 if found[0].name == "f" else 0)
    if text in assembly.isa.csr_names:
        return 4096 + assembly.isa.csr_names[text]
    if text.isdecimal() and len(text) < 10:
        return int(text)
    raise SourceError(
        f"'{text}' is not a register that frames can name",
        hint="valid are the x and f registers and DWARF numbers",
        text=text,
    )


def _frame(assembly: Assembly, name: str) -> Frame:
    frame = assembly.frames.current
    if frame is None:
        raise SourceError(f"{name} stands outside of a function", hint="begin with .cfi_startproc")
    return frame


def _step(assembly: Assembly, name: str, data: bytes | Label | Encoded) -> None:
    """Takes down an instruction for the current place."""
    frame = _frame(assembly, name)
    advance(assembly, frame)
    frame.steps.append(data)


def _steps(assembly: Assembly, name: str, *steps: bytes) -> None:
    """The same of instructions that depend on nothing but the text of the statement."""
    for data in steps:
        assembly.do(partial(_step, name=name, data=data))


def advance(assembly: Assembly, frame: Frame) -> None:
    """Moves on to the current place, as every directive of a frame does."""
    here = assembly.here()
    if (here.fragment, here.offset) != (frame.last.fragment, frame.last.offset):
        assembly.hidden.append(here)
        frame.steps.append(Advance(frame.last, here))
        frame.last = here


def _unsigned(number: int) -> bytes:
    return encode_leb128(number, False)


def _signed(number: int) -> bytes:
    return encode_leb128(number, True)


def _factored(offset: int) -> int:
    if offset % DATA_ALIGNMENT:
        raise SourceError(f"offset {offset} is not a multiple of 4")
    return offset // DATA_ALIGNMENT


@directive(".cfi_sections")
def sections(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_sections .eh_frame, .debug_frame`: where the information goes."""
    chosen = tuple(part for part in split_operands(rest) if part)
    for part in chosen:
        if part not in _SECTIONS:
            raise SourceError(
                f"'{part}' is not a section for frames",
                hint="valid are " + ", ".join(_SECTIONS),
                text=part,
            )
    frames = assembly.frames
    if frames.used and ".eh_frame" in chosen and ".eh_frame" not in frames.sections:
        raise SourceError(
            "frames before this line do not go to .eh_frame, and later ones cannot",
            hint="write .cfi_sections in front of the first .cfi_startproc",
        )
    frames.sections = chosen


@directive(".cfi_startproc", is_repeatable=True)
def startproc(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_startproc`: a function begins."""
    if rest not in ("", "simple"):
        raise SourceError(
            f"'{rest}' makes no sense here", hint="only `simple` may follow", text=rest
        )
    assembly.do(lambda place: _begin(place, is_simple=bool(rest)))


def _begin(assembly: Assembly, *, is_simple: bool) -> None:
    if assembly.frames.current is not None:
        raise SourceError(".cfi_startproc follows another one", hint="end that with .cfi_endproc")
    frame = assembly.frames.begin(assembly.hidden_label(".L0 "))
    if not is_simple:
        frame.steps.append(DEF_CFA_SP)


@directive(".cfi_endproc", is_repeatable=True)
def endproc(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_endproc`: the function ends."""
    no_arguments(name, rest)
    assembly.do(_end)


def _end(assembly: Assembly) -> None:
    _frame(assembly, ".cfi_endproc").end = assembly.hidden_label(".L0 ")
    assembly.frames.current = None


@directive(".cfi_def_cfa", is_repeatable=True)
def def_cfa(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_def_cfa register, offset`: where the frame is."""
    parts = arguments(name, rest, 2, 2, "register, offset")
    _frame(assembly, name)
    number = _register(assembly, parts[0])
    offset = assembly.constant(parts[1], "the offset")
    if offset < 0:
        data = b"\x12" + _unsigned(number) + _signed(_factored(offset))
    else:
        data = b"\x0c" + _unsigned(number) + _unsigned(offset)
    assembly.do(lambda place: _move(place, name, offset, data))


def _move(assembly: Assembly, name: str, offset: int, data: bytes) -> None:
    """Takes down an instruction that gives the frame another offset."""
    _frame(assembly, name).offset = offset
    _step(assembly, name, data)


@directive(".cfi_def_cfa_register", is_repeatable=True)
def def_cfa_register(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_def_cfa_register register`: the frame is found from another register."""
    _frame(assembly, name)
    _steps(assembly, name, b"\x0d" + _unsigned(_register(assembly, rest)))


@directive(".cfi_def_cfa_offset", ".cfi_adjust_cfa_offset", is_repeatable=True)
def def_cfa_offset(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_def_cfa_offset offset`: the frame is at another offset."""
    _frame(assembly, name)
    number = assembly.constant(rest, "the offset")

    def move(assembly: Assembly) -> None:
        before = _frame(assembly, name).offset if name == ".cfi_adjust_cfa_offset" else 0
        offset = before + number
        is_negative = offset < 0
        data = b"\x13" + _signed(_factored(offset)) if is_negative else b"\x0e" + _unsigned(offset)
        _move(assembly, name, offset, data)

    assembly.do(move)


@directive(".cfi_offset", ".cfi_rel_offset", ".cfi_val_offset", is_repeatable=True)
def offset_(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_offset register, offset`: where a register was saved."""
    parts = arguments(name, rest, 2, 2, "register, offset")
    _frame(assembly, name)
    number = _register(assembly, parts[0])
    offset = assembly.constant(parts[1], "the offset")

    def save(assembly: Assembly) -> None:
        before = _frame(assembly, name).offset if name == ".cfi_rel_offset" else 0
        _step(assembly, name, _saved(name, number, _factored(offset - before)))

    assembly.do(save)


def _saved(name: str, number: int, factored: int) -> bytes:
    """The instruction that says where a register was saved."""
    tail = _signed(factored) if factored < 0 else _unsigned(factored)
    if name == ".cfi_val_offset":
        return (b"\x15" if factored < 0 else b"\x14") + _unsigned(number) + tail
    if factored < 0:
        return b"\x11" + _unsigned(number) + tail
    if number > 0x3F:
        return b"\x05" + _unsigned(number) + tail
    return bytes([0x80 | number]) + tail


@directive(".cfi_restore", ".cfi_undefined", ".cfi_same_value", is_repeatable=True)
def restore(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_restore register, ...`: registers have their values of before, or none."""
    _frame(assembly, name)
    for part in split_operands(rest):
        number = _register(assembly, part)
        if name == ".cfi_restore" and number <= 0x3F:
            _steps(assembly, name, bytes([0xC0 | number]))
        else:
            code = {".cfi_restore": 6, ".cfi_undefined": 7, ".cfi_same_value": 8}[name]
            _steps(assembly, name, bytes([code]) + _unsigned(number))


@directive(".cfi_register", is_repeatable=True)
def register(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_register register, other`: a register was saved in another."""
    parts = arguments(name, rest, 2, 2, "register, other")
    numbers = [_unsigned(_register(assembly, part)) for part in parts]
    _frame(assembly, name)
    _steps(assembly, name, b"\x09" + numbers[0] + numbers[1])


@directive(".cfi_remember_state", ".cfi_restore_state", is_repeatable=True)
def state(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_remember_state`: keeps all rules until `.cfi_restore_state`."""
    no_arguments(name, rest)
    assembly.do(_remember if name == ".cfi_remember_state" else _restore_state)


def _remember(assembly: Assembly) -> None:
    frame = _frame(assembly, ".cfi_remember_state")
    frame.saved_offsets.append(frame.offset)
    _step(assembly, ".cfi_remember_state", b"\x0a")


def _restore_state(assembly: Assembly) -> None:
    frame = _frame(assembly, ".cfi_restore_state")
    if not frame.saved_offsets:
        raise SourceError(".cfi_restore_state has no .cfi_remember_state before it")
    frame.offset = frame.saved_offsets.pop()
    _step(assembly, ".cfi_restore_state", b"\x0b")


@directive(".cfi_label")
def label(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_label name`: a symbol for the place in the frame information itself."""
    if not rest:
        raise SourceError(".cfi_label needs a name")
    _step(assembly, name, Label(symbol_name(rest), assembly.location))


@directive(".cfi_escape")
def escape(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_escape byte, ...`: bytes of frame information as they are."""
    parts = split_operands(rest)
    if not parts:
        raise SourceError(".cfi_escape needs bytes", hint="such as .cfi_escape 0x0a")
    data = Raw(assembly.constant(part, "a byte") & 0xFF for part in parts)
    _step(assembly, name, data)


@directive(".cfi_return_column")
def return_column(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_return_column register`: holds the return address."""
    frame = _frame(assembly, name)
    advance(assembly, frame)
    frame.return_column = _register(assembly, rest)


@directive(".cfi_signal_frame")
def signal_frame(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_signal_frame`: the function is called by a signal."""
    no_arguments(name, rest)
    frame = _frame(assembly, name)
    advance(assembly, frame)
    frame.is_signal_frame = True


@directive(".cfi_window_save", ".cfi_negate_ra_state")
def window_save(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_window_save`, `.cfi_negate_ra_state`: one opcode that other architectures define."""
    no_arguments(name, rest)
    _step(assembly, name, Raw(b"\x2d"))


@directive(".cfi_val_encoded_addr")
def val_encoded_addr(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_val_encoded_addr register, encoding, symbol`: a register holds an address."""
    parts = arguments(name, rest, 3, 3, "register, encoding, symbol")
    _frame(assembly, name)
    number = _register(assembly, parts[0])
    encoding = assembly.constant(parts[1], "the encoding")
    _check_encoding(name, encoding)
    value = assembly.evaluate(parse_expression(parts[2]))
    if value.is_constant and encoding & 0x70 == PC_RELATIVE_32 & 0x70:
        raise SourceError(
            f"{name} cannot give a number as a distance from here",
            hint="use the encoding 0x0b for a number of four bytes",
            text=parts[2],
        )
    _step(assembly, name, Encoded(number, encoding, value))


def _check_encoding(name: str, encoding: int) -> None:
    if not 0 <= encoding < 0x100 or encoding & 7 not in (0, 2, 3, 4):
        raise SourceError(
            f"{name} does not know the encoding {encoding}",
            hint="such as 0x1b: four bytes from here",
        )


@directive(".cfi_personality", ".cfi_lsda")
def personality(assembly: Assembly, name: str, rest: str) -> None:
    """`.cfi_personality encoding, symbol`, `.cfi_lsda encoding, symbol`: for exceptions."""
    parts = arguments(name, rest, 1, 2, "encoding, symbol")
    frame = _frame(assembly, name)
    encoding = assembly.constant(parts[0], "the encoding")
    if encoding == _NO_ENCODING:
        return
    if len(parts) != 2:
        raise SourceError(f"{name} needs an encoding and a symbol", hint=f"{name} 0x1b, symbol")
    _check_encoding(name, encoding)
    value = assembly.evaluate(parse_expression(parts[1]))
    if value.is_constant:
        raise SourceError(f"{name} needs the name of a symbol, not a number", text=parts[1])
    if name == ".cfi_personality":
        frame.personality = (encoding, value)
    else:
        frame.lsda = (encoding, value)
