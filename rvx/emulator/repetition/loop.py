"""Repetitions as one compiled function, with streams as pointers that move.

The function is `i64 region(i64 context, i64 1)`. It begins and ends at the position in the context
(`rvx.emulator.native.sequencer.Position`), at any item: it gives `DONE`, or `LEFT` before an
item that the tier below has to perform, because a stream is at its end or out of bounds, a result
is a NaN, or somebody wants to stop. Of each stream, the pointer, the repetition and the innermost
loop are local variables; outer loops move through the kernel that everybody uses.
"""

from __future__ import annotations

from rvx.emulator.context import STOP_NOW, Context, Field
from rvx.emulator.handlers.compiled import CompileError
from rvx.emulator.native.sequencer import DONE, LEFT, Position
from rvx.emulator.regions.bodies import BodyFunction, kernel_function
from rvx.emulator.regions.flow import Step
from rvx.emulator.regions.frame import Frame
from rvx.emulator.regions.select import Region
from rvx.emulator.regions.steps import StepEmitter, can_translate, sets_loops
from rvx.emulator.repetition.sequence import Sequence
from rvx.isa import Decoded, Isa, RegisterFile, streams
from rvx.isa.operands import RegisterKind

MOST_COPIES = 64
"""Items times phases of the stagger counter: LLVM takes a millisecond or more for each."""
_ADVANCE = f"""def op(ssr, at):
    body(int64_array(ssr, {streams.WORDS}), at)
    return 0
"""
_GONE = -1
"""Pointer of a stream that cannot be used: no element is there, as it is no multiple of 8."""
_LOCALS = {
    "ptr": streams.POINTER,
    "left": streams.LEFT,
    "idx": streams.INDEX,
    "reload": streams.RELOAD,
    "bound": streams.BOUND,
    "stride": streams.STRIDE,
}
_CHANGING = ("ptr", "left", "idx")


class RepeatEmitter(StepEmitter):
    """Makes the text of one repetition.

    Args:
        sequence: what is repeated.
        isa: its instructions.
        context: where the state of extensions is, relative to the context.
        is_streaming: whether streams are enabled; the function holds for this state only.

    Raises:
        CompileError: some item cannot be translated, or there are too many.
    """

    def __init__(self, sequence: Sequence, isa: Isa, context: Context, is_streaming: bool) -> None:
        frame = Frame(Region({}, (0,), 0), isa, context, 0, is_limited=False)
        super().__init__(isa, context, frame)
        self._sequence = sequence
        self._depths = range(len(sequence.blocks))
        self._is_streaming = is_streaming
        self._elements: dict[int, str] = {}
        self._appended: str | None = None
        self._kinds: dict[int, int] = {}
        self._exits: dict[int, None] = {}
        self._steps = [
            [Step(item.pc, decoded, 4) for decoded in item.phases] for item in sequence.items
        ]
        self._check()
        self._frame.has_floats = any(
            self._lower(step) is not None for phases in self._steps for step in phases
        )

    def _check(self) -> None:
        if sum(len(phases) for phases in self._steps) > MOST_COPIES:
            raise CompileError("the block of the repetition is too long with all its staggering")
        for item, phases in zip(self._sequence.items, self._steps, strict=True):
            for step in phases:
                made = step.decoded.instruction
                # A copy of a register that is a stream would not move it.
                kinds = [one.kind for one in made.operands.values()]
                has_copies = any(isinstance(one, RegisterKind) and one.has_words for one in kinds)
                if not item.is_marker and (
                    not can_translate(step, self._isa)
                    or has_copies
                    or sets_loops(made, self._isa)
                    or {"mem", "v"} & set(made.requests)
                ):
                    raise CompileError(f"'{made.mnemonic}' cannot be part of a compiled repetition")
                self._note_streams(step.decoded)

    def _note_streams(self, decoded: Decoded) -> None:
        if not self._is_streaming:
            return
        taken, appended = streams.moved(decoded)
        for stream in taken:
            self._kinds.setdefault(stream, streams.READING)
        if appended is not None and self._kinds.setdefault(appended, streams.WRITING) != (
            streams.WRITING
        ):
            raise CompileError(f"stream {appended} is both read and written")
        if any(self._kinds[stream] != streams.READING for stream in taken):
            raise CompileError(f"one of the streams {taken} is both read and written")

    def text(self) -> str:
        """The LLVM module; the functions in `bodies` have to be linked to it."""
        for index, phases in enumerate(self._steps):
            for phase, step in enumerate(phases):
                self._item(index, phase, step)
        self._set_up()
        exits = [line for index in self._exits for line in self._exit(index)]
        declared = "\n".join(self._declarations)
        return "\n".join(
            (
                "define i64 @region(i64 %context, i64 %address) nounwind"
                + (" strictfp {" if self._frame.has_floats else " {"),
                *self._frame.prologue(),
                *self._dispatch(),
                *self._lines,
                *exits,
                "done:",
                f"  store i64 {DONE}, ptr %pc.out",
                "  br label %out",
                *self._write_back(),
                *self._frame.epilogue(),
                "}",
                self._body_declarations(),
                declared,
                "declare i32 @feclearexcept(i32)\ndeclare i32 @fetestexcept(i32)"
                if self._frame.has_floats
                else "",
            )
        )

    # -- entry and exits -----------------------------------------------------------------------

    def _set_up(self) -> None:
        add = self._frame.setup.append
        parts = {"item": int(Position.ITEM)}
        for depth in self._depths:
            parts[f"n{depth}"] = Position.BEHIND + depth
            parts[f"n{depth}_end"] = Position.ITERATIONS + depth
        for name, part in parts.items():
            add(f"  %{name}.home = getelementptr i8, ptr %c, i64 {8 * (Field.POSITION + part)}")
            add(f"  %{name}.first = load i64, ptr %{name}.home")
        for depth in self._depths:
            add(f"  %n{depth} = alloca i64")
            add(f"  store i64 %n{depth}.first, ptr %n{depth}")
        for stream, kind in sorted(self._kinds.items()):
            at = 8 * (self._context.offsets[streams.STATE] + streams.mover(stream))
            self._frame.setup += [f"  %s{stream}.{name} = alloca i64" for name in _LOCALS]
            add(f"  %s{stream}.home = getelementptr i8, ptr %c, i64 {at}")
            self._frame.setup += self._load_stream(stream, kind, f"s{stream}.first")

    def _load_stream(self, stream: int, kind: int, tag: str) -> list[str]:
        """Lines that fill the local variables of a stream."""
        lines = []
        for name, word in (*_LOCALS.items(), ("active", streams.ACTIVE)):
            lines += [
                f"  %{tag}.{name}.p = getelementptr i8, ptr %s{stream}.home, i64 {8 * word}",
                f"  %{tag}.{name} = load i64, ptr %{tag}.{name}.p",
            ]
        lines += [
            f"  %{tag}.is = icmp eq i64 %{tag}.active, {kind}",
            f"  %{tag}.at = select i1 %{tag}.is, i64 %{tag}.ptr, i64 {_GONE}",
        ]
        for name in _LOCALS:
            value = f"%{tag}.at" if name == "ptr" else f"%{tag}.{name}"
            lines.append(f"  store i64 {value}, ptr %s{stream}.{name}")
        return lines

    def _dispatch(self) -> list[str]:
        """From the position to the item there, in the right phase of the stagger counter."""
        counter = f"n{self._depths[-1]}"
        cases = [
            f"i64 {8 * index + phase}, label %i{index}p{phase}"
            for index, phases in enumerate(self._steps)
            for phase in range(len(phases))
        ]
        self._exits[0] = None
        return [
            "b0:",
            f"  %phase = urem i64 %{counter}.first, {self._sequence.innermost.phases}",
            "  %item.8 = shl i64 %item.first, 3",
            "  %key = or i64 %item.8, %phase",
            f"  switch i64 %key, label %at0 [ {' '.join(cases)} ]",
        ]

    def _leave(self, index: int) -> str:
        self._exits[index] = None
        return f"%at{index}"

    def _exit(self, index: int) -> list[str]:
        return [
            f"at{index}:",
            f"  store i64 {index}, ptr %item.home",
            f"  store i64 {LEFT}, ptr %pc.out",
            "  br label %out",
        ]

    def _write_back(self) -> list[str]:
        lines = ["out:"]
        for name in (f"n{depth}" for depth in self._depths):
            lines.append(f"  %{name}.last = load i64, ptr %{name}")
            lines.append(f"  store i64 %{name}.last, ptr %{name}.home")
        for stream in sorted(self._kinds):
            lines += self._store_stream(stream, f"s{stream}.last")
        return [*lines, "  br label %leave"]

    def _store_stream(self, stream: int, tag: str) -> list[str]:
        """Lines that bring a stream's local variables home, unless it cannot be used."""
        lines = [
            f"  %{tag}.now = load i64, ptr %s{stream}.ptr",
            f"  %{tag}.is = icmp ne i64 %{tag}.now, {_GONE}",
        ]
        for name in _CHANGING:
            lines += [
                f"  %{tag}.{name}.p = getelementptr i8, ptr %s{stream}.home, "
                f"i64 {8 * _LOCALS[name]}",
                f"  %{tag}.{name}.old = load i64, ptr %{tag}.{name}.p",
                f"  %{tag}.{name}.own = load i64, ptr %s{stream}.{name}",
                f"  %{tag}.{name}.new = select i1 %{tag}.is, i64 %{tag}.{name}.own, "
                f"i64 %{tag}.{name}.old",
                f"  store i64 %{tag}.{name}.new, ptr %{tag}.{name}.p",
            ]
        return lines

    # -- items ---------------------------------------------------------------------------------

    def _item(self, index: int, phase: int, step: Step) -> None:
        add = self._lines.append
        add(f"i{index}p{phase}:")
        if not self._sequence.items[index].is_marker:
            self._perform(index, step)
        innermost = self._sequence.innermost
        for depth in reversed(self._depths):
            block = self._sequence.blocks[depth]
            if index == block.last:
                next_phase = (phase + 1) % block.phases if block is innermost else 0
                again = f"i{block.first}p{next_phase}"
                self._loop(f"n{depth}", again, self._leave(block.first))
                if depth:
                    add(f"  store i64 0, ptr %n{depth}")
        if index + 1 < len(self._sequence.items):
            stays = innermost.first <= index and index + 1 <= innermost.last
            add(f"  br label %i{index + 1}p{phase if stays else 0}")
        else:
            add("  br label %done")

    def _loop(self, counter: str, again: str, leave: str) -> None:
        """One more iteration; goes on at the label `again` unless that was the last."""
        n = self.next_unique()
        self._lines += [
            f"  %q{n}.c = load i64, ptr %{counter}",
            f"  %q{n}.d = add i64 %q{n}.c, 1",
            f"  store i64 %q{n}.d, ptr %{counter}",
            f"  %q{n}.e = icmp slt i64 %q{n}.d, %{counter}_end.first",
            f"  br i1 %q{n}.e, label %more{n}, label %over{n}",
            f"more{n}:",
            f"  %q{n}.f = load volatile i64, ptr %stop",
            f"  %q{n}.g = icmp eq i64 %q{n}.f, {int(STOP_NOW)}",
            f"  br i1 %q{n}.g, label {leave}, label %{again}",
            f"over{n}:",
        ]

    def _perform(self, index: int, step: Step) -> None:
        taken, appended = streams.moved(step.decoded) if self._is_streaming else ((), None)
        self._elements = {stream: self._element(index, stream) for stream in taken}
        room = "" if appended is None else self._pointer(index, appended, "write")
        self._appended = None
        self._instruction(step, lambda: self._leave(index))
        self._elements = {}
        for stream in taken:
            self._move(stream)
        if appended is not None:
            assert self._appended is not None
            n = self.next_unique()
            self._lines += [
                f"  %q{n}.p = inttoptr i64 {room} to ptr",
                f"  store i64 {self._appended}, ptr %q{n}.p, align 1",
            ]
            self._move(appended)

    def _pointer(self, index: int, stream: int, run: str) -> str:
        """The host address of a stream's next element; leaves if there is none."""
        n = self.next_unique()
        self._lines.append(f"  %q{n}.p = load i64, ptr %s{stream}.ptr")
        address = self._check_range(f"%q{n}.p", (run, "stack"), lambda: self._leave(index))
        self._lines.append(f"  %q{n}.h = add i64 {address}, %bias")
        return f"%q{n}.h"

    def _element(self, index: int, stream: int) -> str:
        host = self._pointer(index, stream, "read")
        n = self.next_unique()
        self._lines += [
            f"  %q{n}.p = inttoptr i64 {host} to ptr",
            f"  %q{n}.x = load i64, ptr %q{n}.p, align 1",
        ]
        return f"%q{n}.x"

    def _move(self, stream: int) -> None:
        """Moves a stream by one element: rvx.isa.streams.advance."""
        n, s = self.next_unique(), f"%s{stream}"
        advance = self._advance()
        at = 8 * self._context.offsets[streams.STATE]
        self._lines += [
            f"  %q{n}.l = load i64, ptr {s}.left",
            f"  %q{n}.r = icmp sgt i64 %q{n}.l, 0",
            f"  br i1 %q{n}.r, label %rep{n}, label %step{n}",
            f"rep{n}:",
            f"  %q{n}.k = sub i64 %q{n}.l, 1",
            f"  store i64 %q{n}.k, ptr {s}.left",
            f"  br label %moved{n}",
            f"step{n}:",
            f"  %q{n}.i = load i64, ptr {s}.idx",
            f"  %q{n}.b = load i64, ptr {s}.bound",
            f"  %q{n}.t = icmp slt i64 %q{n}.i, %q{n}.b",
            f"  br i1 %q{n}.t, label %next{n}, label %wrap{n}",
            f"next{n}:",
            f"  %q{n}.j = add i64 %q{n}.i, 1",
            f"  store i64 %q{n}.j, ptr {s}.idx",
            f"  %q{n}.o = load i64, ptr {s}.ptr",
            f"  %q{n}.d = load i64, ptr {s}.stride",
            f"  %q{n}.a = add i64 %q{n}.o, %q{n}.d",
            f"  store i64 %q{n}.a, ptr {s}.ptr",
            f"  %q{n}.w = load i64, ptr {s}.reload",
            f"  store i64 %q{n}.w, ptr {s}.left",
            f"  br label %moved{n}",
            f"wrap{n}:",
            *self._store_stream(stream, f"q{n}.w"),
            f"  %q{n}.u = add i64 %context, {at}",
            f"  %q{n}.v = call i32 @{advance.name}(ptr %result, ptr null, i64 %q{n}.u, "
            f"i64 {streams.mover(stream)})",
            *self._load_stream(stream, self._kinds[stream], f"q{n}.f"),
            f"  br label %moved{n}",
            f"moved{n}:",
        ]

    def _advance(self) -> BodyFunction:
        function = self.bodies.get(("", None))
        if function is None:
            function = kernel_function(streams.advance, _ADVANCE, self._isa.xlen)
            self.bodies["", None] = function
        return function

    # -- registers -----------------------------------------------------------------------------

    def _register_value(self, file: RegisterFile, number: int) -> str:
        if file.name == "f" and number in self._elements:
            return self._elements[number]
        return super()._register_value(file, number)

    def _write(self, file: RegisterFile, number: int, value: str) -> None:
        if file.name == "f" and self._kinds.get(number) == streams.WRITING:
            self._appended = value
            return
        super()._write(file, number, value)
