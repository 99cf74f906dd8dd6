"""The debugger at a terminal: reads commands, and says where the program is and what changed."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator
from functools import cached_property

from rvx.debugger import values
from rvx.debugger.expressions import condition, evaluate, location
from rvx.debugger.frames import Unwinder
from rvx.debugger.registers import Group, Register
from rvx.debugger.session import Condition, DebugProblem, Frame, Point, Session
from rvx.debugger.stepping import Stepper
from rvx.emulator.native.pauses import Hit, Watched
from rvx.emulator.rewind.timeline import Reason, Stop
from rvx.errors import RvxError
from rvx.isa.bits import Address
from rvx.records import dataclass, replace

_MOST_CHANGES = 8
"""Registers that are shown when a step has changed them."""
_MOST_STEPS = 1_000_000
_SIZES = {"b": 1, "h": 2, "w": 4, "g": 8}
_LISTED = 10
_MOST_FRAMES = 100
_WIDEST = 1024
"""Bits of a register that is shown without being asked for."""
Handler = Callable[["Terminal", str], None]


@dataclass(frozen=True)
class Command:
    """A command of the terminal.

    Attributes:
        names: what it is called, the long name first.
        usage: what stands behind it.
        help: what it does.
        run: does it.
        is_repeated: whether an empty line does it again.
        topic: under which heading the help lists it.
    """

    names: tuple[str, ...]
    usage: str
    help: str
    run: Handler
    is_repeated: bool
    topic: str


COMMANDS: dict[str, Command] = {}
"""By every name."""
_TOPICS: dict[str, list[Command]] = {}


def command(
    *names: str, usage: str = "", topic: str, is_repeated: bool = False
) -> Callable[[Handler], Handler]:
    """Enters a function in the table; its docstring is the help."""

    def enter(function: Handler) -> Handler:
        text = inspect.getdoc(function) or ""
        made = Command(names, usage, text, function, is_repeated, topic)
        COMMANDS.update(dict.fromkeys(names, made))
        _TOPICS.setdefault(topic, []).append(made)
        return function

    return enter


def find_command(name: str) -> Command:
    """The command with a name, or with the only name that begins like this.

    Raises:
        DebugProblem: there is none, or several.
    """
    if name in COMMANDS:
        return COMMANDS[name]
    found = {COMMANDS[one].names[0] for one in COMMANDS if one.startswith(name)}
    if len(found) == 1:
        return COMMANDS[found.pop()]
    if found:
        raise DebugProblem(f"'{name}' may be {', '.join(sorted(found))}")
    raise DebugProblem(f"there is no command '{name}'; help lists those that there are")


class Left(Exception):
    """The user has had enough."""


class Terminal:
    """A session at a terminal.

    Args:
        session: the program.
        say: prints a line.

    Attributes:
        session: the program.
        stepper: steps of it.
        say: prints a line.
    """

    def __init__(self, session: Session, say: Callable[[str], None]) -> None:
        self.session = session
        self.stepper = Stepper(session)
        self.say = say
        self._before: dict[str, int] = {}
        self._last = ""
        self.listed: tuple[str, int] | None = None

    @cached_property
    def unwinder(self) -> Unwinder:
        """Finds callers."""
        return Unwinder(self.session)

    def frames(self, most: int) -> tuple[list[Frame], str]:
        """The frames up to a number, and if there are no more, why."""
        found: list[Frame] = []
        for one in self.unwinder.frames():
            if isinstance(one, str):
                return found, one
            found.append(one)
            if len(found) > most:
                return found, ""
        return found, "nobody has called it"

    def select(self, number: int) -> None:
        """Looks at a frame, and says where that is.

        Raises:
            DebugProblem: there is none with this number.
        """
        if number < 0:
            raise DebugProblem(f"frames are counted from 0, not {number}")
        found, why = self.frames(number)
        if len(found) <= number:
            last = f"frame {len(found) - 1} is the outermost"
            raise DebugProblem(f"there is no frame {number}: {last}, {why}")
        self.session.selected = (number, found[number]) if number else None
        self.listed = None
        self.show_frame()

    def select_from(self, distance: int) -> None:
        """Looks at a frame that lies so many above the present one, or at the last one there is.

        Raises:
            DebugProblem: it is the last one already.
        """
        number = 0 if self.session.selected is None else self.session.selected[0]
        if distance < 0 and not number:
            raise DebugProblem("this is the innermost frame")
        found, why = self.frames(max(number + distance, 0))
        if distance > 0 and len(found) - 1 == number:
            raise DebugProblem(f"this is the outermost frame: {why}")
        self.select(len(found) - 1)

    def show_frame(self) -> None:
        """Says which frame is selected, and the line that it stands at."""
        session = self.session
        number, found = session.selected or (0, self.frames(0)[0][0])
        self.say(_frame_text(self, number, found))
        place = session.code.line_of(found.place)
        text = None if place is None else session.code.source(place)
        if place is not None and text is not None:
            self.say(f"{place.line:6}  {text.rstrip()}    ({session.code.name_of(place)})")

    def seen(self, register: Register) -> Register:
        """A register as it is in the selected frame.

        Raises:
            DebugProblem: nobody knows what it held.
        """
        value = self.session.value(register)
        return replace(register, read=lambda: value)

    def begin(self, name: str) -> None:
        """Says what is debugged, and where it stands."""
        self.say(f"{name}, RV{self.session.machine.isa.xlen}; help lists the commands")
        self.show_place()

    def obey(self, line: str) -> None:
        """Does what a line says; an empty one does the last step again.

        Raises:
            Left: it says so.
        """
        line = line.strip()
        if not line:
            line = self._last
        self._last = ""
        name, rest = _split(line)
        if not name or name.startswith("#"):
            return
        try:
            found = find_command(name)
            found.run(self, rest)
            if found.is_repeated:
                self._last = line
        except RvxError as error:
            self.say(f"error: {error}")

    def completions(self, text: str, line: str) -> list[str]:
        """Words that a word may be the beginning of."""
        if not line[: len(line) - len(text)].strip():
            return sorted(name for name in COMMANDS if name.startswith(text))
        symbols = self.session.machine.executable.symbols.by_name
        names = [*self.session.registers.names(), *symbols]
        return sorted({name for name in names if name.startswith(text)})

    def note_values(self) -> None:
        """Remembers registers, to show what the next step changes."""
        self._before = {
            one.name: one.read()
            for one in self.session.registers.all
            if one.group != Group.CSR and one.name != "pc"
        }

    def stopped(self, stop: Stop, is_step: bool = False) -> None:
        """Says why and where the program has stopped, and what a step has changed."""
        timeline = self.session.timeline
        for line in self._reasons(stop):
            self.say(line)
        if timeline.is_lost:
            timeline.is_lost = False
            self.say("what you had changed is undone: it was done later than this moment")
        if stop.reason != Reason.EXITED:
            self.show_place()
        if is_step:
            self._show_changes()
        self.listed = None

    def _reasons(self, stop: Stop) -> Iterator[str]:
        count = self.session.timeline.count
        if stop.reason == Reason.EXITED:
            how = f"exited with code {stop.exit_code}"
            if stop.signal:
                how = f"was ended by signal {stop.signal}"
            yield f"the program {how} after {count:,} instructions; it can be taken back"
        elif stop.reason == Reason.TRAP and stop.trap is not None:
            yield f"after {count:,} instructions: {stop.trap.message}"
        elif stop.reason == Reason.INTERRUPTED:
            yield f"interrupted after {count:,} instructions"
        elif stop.reason == Reason.BEGINNING:
            yield "this is the beginning of the program"
        for point in self.session.met(stop):
            yield self.of_point(point, stop)

    def of_point(self, point: Point, stop: Stop) -> str:
        """Says that a point has stopped the program, and by what."""
        count = self.session.timeline.count
        kind = "temporary breakpoint" if point.is_temporary else "breakpoint"
        problem = "" if point.condition is None else point.condition.problem
        but = f"; if {point.condition.text}: {problem}" if point.condition and problem else ""
        if point.watch is None:
            return f"{kind} {point.number}, {point.what}, after {count:,} instructions{but}"
        by = ""
        if stop.paused is not None and stop.paused.pc:
            shown = self.session.code.at(stop.paused.pc)
            by = f" by {stop.paused.pc:#x} {self.session.code.describe(stop.paused.pc)}"
            by = f"{by}  {shown.text}"
        by += but
        if point.watch.kind != Watched.CHANGED:
            return f"watchpoint {point.number}, {point.what}, is accessed{by}"
        register = self._register_of(point)
        old = int.from_bytes(point.old, "little")
        new = int.from_bytes(point.watch.value(), "little")
        if register is not None:
            text = values.show(self.session.machine, register)
            return f"watchpoint {point.number}, {point.what}, is now {text}{by}"
        return f"watchpoint {point.number}, {point.what}: {old:#x} -> {new:#x}{by}"

    def _register_of(self, point: Point) -> Register | None:
        name = "" if point.watch is None else point.watch.name
        return self.session.registers.get(name)

    def show_place(self) -> None:
        """Says where execution goes on: the line of the source, and the instruction."""
        session = self.session
        pc = session.machine.pc
        place = session.code.line_of(pc)
        if place is not None:
            text = session.code.source(place)
            if text is not None:
                self.say(f"{place.line:6}  {text.rstrip()}    ({session.code.name_of(place)})")
        self.say(self.instruction_text(pc))

    def instruction_text(self, address: Address) -> str:
        """An instruction with its address; an arrow where execution goes on."""
        session = self.session
        is_here = address == session.machine.pc
        shown = session.code.at(address)
        arrow = "=>" if is_here else "  "
        repeats = "  (repeated by the hart)" if is_here and self.stepper.is_repeating else ""
        marks = {p.address for p in session.points.values() if p.address is not None}
        star = "*" if address in marks else " "
        where = session.code.describe(address)
        return f"{arrow}{star}{address:#x} {where}  {shown.text}{repeats}"

    def _show_changes(self) -> None:
        lines = []
        for one in self.session.registers.all:
            before = self._before.get(one.name)
            if before is not None and one.read() != before:
                shown = values.show(self.session.machine, one).splitlines()[0]
                lines.append(f"     {one.name} = {shown}")
        for line in lines[:_MOST_CHANGES]:
            self.say(line)
        if len(lines) > _MOST_CHANGES:
            self.say(f"     and {len(lines) - _MOST_CHANGES} more")

    def repeat(self, text: str, step: Callable[[], Stop]) -> None:
        """Makes as many steps as a text says; a hit ends them."""
        count = evaluate(self.session, text) if text else 1
        if not 0 < count <= _MOST_STEPS:
            raise DebugProblem(f"steps are counted from 1 to {_MOST_STEPS:,}, not {count}")
        self.note_values()
        for _ in range(count):
            stop = step()
            is_range = stop.paused is not None and stop.paused.hit == Hit.RANGE
            if stop.reason != Reason.COUNT and not is_range:
                break
        self.stopped(stop, is_step=True)


def _split(line: str) -> tuple[str, str]:
    """The name of a command and what is behind it; `x/4xw` and `p/x` have the rest of the name."""
    name, _, rest = line.partition(" ")
    head, slash, tail = name.partition("/")
    return (head, f"/{tail} {rest}") if slash else (name, rest.strip())


_RUN, _BACK, _STOPS, _SEE, _CHANGE, _MORE = "Go on", "Go back", "Stop", "Look", "Change", "More"
BY_GDB = (_STOPS, _SEE)
"""Topics of the commands that GDB may pass on without losing track."""


@command("continue", "c", topic=_RUN, is_repeated=True)
def continue_(terminal: Terminal, _: str) -> None:
    """Go on until something stops the program, or Ctrl-C."""
    terminal.stopped(terminal.session.go(terminal.session.until()))


@command("step", "s", usage="[N]", topic=_RUN, is_repeated=True)
def step(terminal: Terminal, text: str) -> None:
    """Go to another line of a source, into calls and repetitions; without lines, as stepi."""
    terminal.repeat(text, terminal.stepper.line)


@command("stepi", "si", usage="[N]", topic=_RUN, is_repeated=True)
def stepi(terminal: Terminal, text: str) -> None:
    """Perform one instruction, or one of those that the hart repeats."""
    if text and not terminal.session.points:
        terminal.repeat("", lambda: _steps(terminal, text))
        return
    terminal.repeat(text, terminal.stepper.instruction)


def _steps(terminal: Terminal, text: str) -> Stop:
    """Many instructions at once, where nothing is to stop them."""
    count = evaluate(terminal.session, text)
    if count < 1:
        raise DebugProblem(f"steps are counted from 1, not {count}")
    return terminal.session.go(terminal.session.until(points=False), count)


@command("next", "n", usage="[N]", topic=_RUN, is_repeated=True)
def next_(terminal: Terminal, text: str) -> None:
    """Go to another line of a source, over calls and repetitions; without lines, as nexti."""
    terminal.repeat(text, terminal.stepper.over_line)


@command("nexti", "ni", usage="[N]", topic=_RUN, is_repeated=True)
def nexti(terminal: Terminal, text: str) -> None:
    """Perform one instruction, with all that it calls or repeats."""
    terminal.repeat(text, terminal.stepper.over_instruction)


@command("finish", "fin", topic=_RUN)
def finish(terminal: Terminal, _: str) -> None:
    """Go on until this function has returned, or that of a frame which is selected.

    Within a repetition, until it is over.
    """
    terminal.note_values()
    selected = terminal.session.selected
    if selected is None:
        terminal.stopped(terminal.stepper.out())
        return
    frames, why = terminal.frames(selected[0] + 1)
    if len(frames) == selected[0] + 1:
        raise DebugProblem(f"this is the outermost frame: {why}")
    terminal.stopped(terminal.stepper.out_of(frames[-1]))


@command("advance", "until", "u", usage="PLACE", topic=_RUN)
def advance(terminal: Terminal, text: str) -> None:
    """Go on to a place in the code."""
    session = terminal.session
    address = location(session, text)
    terminal.stopped(session.go(session.until(None, address)))


@command("goto", usage="COUNT", topic=_RUN)
def goto(terminal: Terminal, text: str) -> None:
    """Go to the moment at which so many instructions were executed, before or after this one."""
    count = evaluate(terminal.session, text)
    if count < 0:
        raise DebugProblem(f"instructions are counted from 0, not {count}")
    terminal.session.go_to(count)
    ended = terminal.session.timeline.ended
    terminal.stopped(Stop(Reason.COUNT) if ended is None else ended)


@command("run", "restart", "r", topic=_RUN)
def run(terminal: Terminal, _: str) -> None:
    """Go to the beginning, and on from there until something stops the program."""
    terminal.session.go_to(0)
    terminal.stopped(terminal.session.go(terminal.session.until()))


@command("reverse-continue", "rc", topic=_BACK, is_repeated=True)
def reverse_continue(terminal: Terminal, _: str) -> None:
    """Go back to where something would have stopped the program last, or to the beginning."""
    terminal.stopped(terminal.session.go_back(terminal.session.until()))


@command("reverse-step", "rs", usage="[N]", topic=_BACK, is_repeated=True)
def reverse_step(terminal: Terminal, text: str) -> None:
    """Go back to the beginning of a line of a source; without lines, as reverse-stepi."""
    terminal.repeat(text, terminal.stepper.back_line)


@command("reverse-next", "rn", usage="[N]", topic=_BACK, is_repeated=True)
def reverse_next(terminal: Terminal, text: str) -> None:
    """Go back to the beginning of a line, over calls; without lines, as reverse-nexti."""
    terminal.repeat(text, terminal.stepper.back_over_line)


@command("reverse-stepi", "rsi", usage="[N]", topic=_BACK, is_repeated=True)
def reverse_stepi(terminal: Terminal, text: str) -> None:
    """Take one instruction back, or one of those that the hart repeats."""
    terminal.repeat(text, terminal.stepper.back_instruction)


@command("reverse-nexti", "rni", usage="[N]", topic=_BACK, is_repeated=True)
def reverse_nexti(terminal: Terminal, text: str) -> None:
    """Take one instruction back, with the whole call that lies behind it."""
    terminal.repeat(text, terminal.stepper.back_over)


@command("break", "b", usage="[PLACE] [if EXPRESSION]", topic=_STOPS)
def break_(terminal: Terminal, text: str) -> None:
    """Stop in front of a place: a symbol, FILE:LINE, a line, *ADDRESS; else here.

    With a condition, only if it is not 0, as in `break loop if a0 == 3 and [sp+8] < 0`. Expressions
    are those of print. Comparisons take registers as signed, as blt does.
    """
    _add_breakpoint(terminal, text, is_temporary=False)


@command("tbreak", "tb", usage="[PLACE] [if EXPRESSION]", topic=_STOPS)
def tbreak(terminal: Terminal, text: str) -> None:
    """The same, once."""
    _add_breakpoint(terminal, text, is_temporary=True)


def _add_breakpoint(terminal: Terminal, text: str, *, is_temporary: bool) -> None:
    session = terminal.session
    place_text, wanted = _with_condition(session, text)
    address = location(session, place_text)
    what = place_text or f"{address:#x}"
    made = session.add_breakpoint(address, what, wanted, is_temporary=is_temporary)
    place = session.code.line_of(address)
    at = f" {session.code.name_of(place)}" if place is not None else ""
    where = session.code.describe(address)
    terminal.say(f"breakpoint {made.number} at {address:#x} {where}{at}")


@command("watch", "w", usage="REGISTER | ADDRESS[:SIZE] [if EXPRESSION]", topic=_STOPS)
def watch(terminal: Terminal, text: str) -> None:
    """Stop when it has changed: a register, a CSR, a state such as the quire, or memory.

    With a condition, only if that is not 0 behind the change, as in `watch total if [total] > 9`,
    on the way back as well.
    """
    _add_watchpoint(terminal, text, Watched.CHANGED)


@command("rwatch", usage="ADDRESS[:SIZE] [if EXPRESSION]", topic=_STOPS)
def rwatch(terminal: Terminal, text: str) -> None:
    """Stop when memory was loaded; with a condition, as watch does."""
    _add_watchpoint(terminal, text, Watched.READ)


@command("awatch", usage="ADDRESS[:SIZE] [if EXPRESSION]", topic=_STOPS)
def awatch(terminal: Terminal, text: str) -> None:
    """Stop when memory was loaded or stored; with a condition, as watch does."""
    _add_watchpoint(terminal, text, Watched.ACCESSED)


def _with_condition(session: Session, text: str) -> tuple[str, Condition | None]:
    """What stands in front of `if`, and the condition behind it, if there is one."""
    what, has_condition, expression = f" {text} ".partition(" if ")
    return what.strip(), condition(session, expression.strip()) if has_condition else None


def _add_watchpoint(terminal: Terminal, text: str, kind: Watched) -> None:
    session = terminal.session
    text, wanted = _with_condition(session, text)
    name = text.removeprefix("$")
    if not text:
        raise DebugProblem("say what to watch: a register, a state, or ADDRESS[:SIZE]")
    if name in session.registers and kind == Watched.CHANGED:
        found = session.registers[name].watchpoint()
    else:
        where, _, size = text.partition(":")
        symbol = session.machine.executable.symbols.by_name.get(where)
        usual = symbol.size if symbol is not None and 0 < symbol.size <= 64 else 0
        address = evaluate(session, where)
        length = evaluate(session, size) if size else usual or session.machine.isa.xlen // 8
        found = session.memory_watchpoint(kind, address, length)
    made = session.add(Point(0, text, watch=found, condition=wanted))
    terminal.say(f"watchpoint {made.number} on {text}, {found.size} bytes")


@command("delete", "d", usage="[NUMBER...]", topic=_STOPS)
def delete(terminal: Terminal, text: str) -> None:
    """Take breakpoints and watchpoints away; without a number all."""
    for number in _numbers(terminal, text):
        del terminal.session.points[number]


@command("condition", usage="NUMBER [EXPRESSION]", topic=_STOPS)
def condition_(terminal: Terminal, text: str) -> None:
    """Have a breakpoint or watchpoint stop only if this is not 0; without it, always again."""
    number, _, expression = text.partition(" ")
    if not number:
        raise DebugProblem("say which one: condition NUMBER [EXPRESSION]")
    (found,) = _numbers(terminal, number)
    session = terminal.session
    expression = expression.strip()
    session.points[found].condition = condition(session, expression) if expression else None
    if not expression:
        terminal.say(f"{found} stops always now")


@command("enable", usage="[NUMBER...]", topic=_STOPS)
def enable(terminal: Terminal, text: str) -> None:
    """Have them stop the program again."""
    for number in _numbers(terminal, text):
        terminal.session.points[number].is_enabled = True


@command("disable", usage="[NUMBER...]", topic=_STOPS)
def disable(terminal: Terminal, text: str) -> None:
    """Keep them, but do not stop for them."""
    for number in _numbers(terminal, text):
        terminal.session.points[number].is_enabled = False


def _numbers(terminal: Terminal, text: str) -> list[int]:
    points = terminal.session.points
    if not text:
        return [number for number in points if number > 0]
    found = []
    for word in text.split():
        if not word.isascii() or not word.isdigit() or int(word[:9]) not in points:
            known = ", ".join(str(number) for number in points if number > 0) or "none"
            raise DebugProblem(f"there is no breakpoint or watchpoint {word}; there are {known}")
        found.append(int(word[:9]))
    return found


@command("print", "p", usage="[/x|d|b] EXPRESSION [as FORMAT]", topic=_SEE)
def print_(terminal: Terminal, text: str) -> None:
    """Show a register in its format, or another one, such as `print fa0 as e4m3`; or a number."""
    session = terminal.session
    text, format_name = _format_of(text)
    if not text:
        raise DebugProblem("say what to print: a register, a symbol, an expression")
    name = text.removeprefix("$")
    if name in session.registers:
        register = terminal.seen(session.registers[name])
        is_other = session.selected is not None and register.group != Group.GENERAL
        now = "  (as it is now)" if is_other else ""
        terminal.say(f"{name} = {values.show(session.machine, register, format_name)}{now}")
        return
    value = evaluate(session, text)
    xlen = session.machine.isa.xlen
    if format_name:
        bits = value & (1 << max(xlen, value.bit_length())) - 1
        terminal.say(f"{text} = {values.lanes(session.machine, bits, xlen, format_name)}")
        return
    where = session.code.describe(value) if session.machine.memory.holds(value, 1) else ""
    terminal.say(f"{text} = {value:#x}  {value}" + (f"  {where}" if where else ""))


def _format_of(text: str) -> tuple[str, str]:
    """What is to be shown, and how."""
    format_name = ""
    if text.startswith("/"):
        format_name, _, text = text[1:].partition(" ")
    head, found, tail = f" {text} ".rpartition(" as ")
    if found:
        return head.strip(), tail.strip()
    return text.strip(), format_name


@command("registers", "regs", usage="[GROUP|NAME...]", topic=_SEE)
def registers(terminal: Terminal, text: str) -> None:
    """Show registers by name, or a group: general, float, vector, extension, state, csr, all.

    Without a name: the general ones, and of the others those that are not 0.
    """
    session = terminal.session
    everything = session.registers
    groups = {str(group): everything.of(group) for group in Group}
    if not text:
        chosen = [
            one
            for one in everything.all
            if one.group == Group.GENERAL
            or (one.group != Group.CSR and one.bits <= _WIDEST and one.read())
        ]
    else:
        chosen = []
        for word in text.replace("$", "").split():
            if word in groups:
                chosen += groups[word]
            elif word == "all":
                chosen += everything.all
            elif word in everything:
                chosen.append(everything[word])
            else:
                known = ", ".join(name for name, found in groups.items() if found)
                raise DebugProblem(f"there is no register and no group '{word}'; groups: {known}")
    width = max((len(one.name) for one in chosen), default=0)
    for one in chosen:
        try:
            shown = values.show(session.machine, terminal.seen(one))
        except DebugProblem:
            shown = "not known in this frame"
        terminal.say(f"{one.name:{width}}  {shown}")


@command("set", usage="REGISTER | [ADDRESS] = EXPRESSION", topic=_CHANGE)
def set_(terminal: Terminal, text: str) -> None:
    """Write a register, or a word of memory, as in `set [table+8] = 5`."""
    session = terminal.session
    target, equals, source = text.partition("=")
    target = target.strip().removeprefix("$")
    if not equals or not source.strip():
        raise DebugProblem("write set REGISTER = EXPRESSION, or set [ADDRESS] = EXPRESSION")
    value = evaluate(session, source)
    if target in session.registers:
        session.set_register(target, value)
    elif target.startswith("[") and target.endswith("]"):
        size = session.machine.isa.xlen // 8
        data = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
        session.set_memory(evaluate(session, target[1:-1]), data)
    else:
        raise DebugProblem(f"there is no register '{target}'; memory is written as [ADDRESS]")


@command("x", usage="[/COUNT FORMAT SIZE] ADDRESS [as FORMAT]", topic=_SEE)
def examine(terminal: Terminal, text: str) -> None:
    """Show memory as words, instructions, strings or numbers of a format.

    x/4xw table     four words of 32 bits; sizes are b, h, w and g, digits x, d, u and t
    x/8i pc         eight instructions
    x/s text        a string
    x/4 table as posit32
    """
    session = terminal.session
    how = ""
    if text.startswith("/"):
        how, _, text = text[1:].partition(" ")
    digits = "".join(ch for ch in how if ch.isdigit())
    letters = [ch for ch in how if not ch.isdigit()]
    count = int(digits[:6] or "1")
    text, format_name = _format_of(text)
    address = evaluate(session, text or "pc")
    if "i" in letters:
        _list_code(terminal, address, count)
        return
    if "s" in letters:
        for _ in range(count):
            found = _string(session, address)
            text = found.decode("utf-8", "backslashreplace")
            terminal.say(f"{address:#x} {session.code.describe(address)}  {json.dumps(text)}")
            address += len(found) + 1
        return
    size = next((_SIZES[ch] for ch in letters if ch in _SIZES), session.machine.isa.xlen // 8)
    wrong = [ch for ch in letters if ch not in _SIZES and ch not in "xduob"]
    if wrong:
        raise DebugProblem(f"'{wrong[0]}' is no format: there are x, d, u, t, i, s and b, h, w, g")
    kind = format_name or next((ch for ch in letters if ch in "xdu"), "x")
    if format_name:
        size = _size_of(session, format_name)
    line = max(16 // size, 1)
    for first in range(0, count, line):
        at = address + first * size
        cells = []
        for i in range(min(line, count - first)):
            bits = int.from_bytes(session.get_memory(at + i * size, size), "little")
            cells.append(values.lanes(session.machine, bits, 8 * size, kind))
        terminal.say(f"{at:#x} {session.code.describe(at)}  {'  '.join(cells)}")


def _size_of(session: Session, format_name: str) -> int:
    """Bytes of what is looked at as numbers of a format."""
    width = values.width_of(session.machine, format_name)
    return max(width // 8, 1)


def _string(session: Session, address: Address) -> bytes:
    found = b""
    while len(found) < 200:
        byte = session.get_memory(address + len(found), 1)
        if byte == b"\0":
            break
        found += byte
    return found


@command("list", "l", usage="[PLACE]", topic=_SEE, is_repeated=True)
def list_(terminal: Terminal, text: str) -> None:
    """Show lines of the source around a place; again, those below."""
    session = terminal.session
    if text or terminal.listed is None:
        place = session.code.line_of(location(session, text) if text else session.place)
        if place is None:
            raise DebugProblem("no line of a source is known for this place; try disassemble")
        terminal.listed = (place.file, max(place.line - _LISTED // 2, 1))
    file, first = terminal.listed
    lines = session.code.lines(file)
    if not lines:
        raise DebugProblem(f"'{file}' is not here")
    if first > len(lines):
        raise DebugProblem(f"'{file}' ends with line {len(lines)}")
    here = session.code.line_of(session.place)
    for number in range(first, min(first + _LISTED, len(lines) + 1)):
        is_here = here is not None and (here.file, here.line) == (file, number)
        terminal.say(
            f"{'=>' if is_here else '  '}{number:5}  {lines[number - 1].rstrip()}".rstrip()
        )
    terminal.listed = (file, first + _LISTED)


@command("disassemble", "dis", usage="[PLACE] [COUNT]", topic=_SEE)
def disassemble(terminal: Terminal, text: str) -> None:
    """Show instructions from a place on, or around where execution goes on."""
    words = text.split()
    count = _LISTED
    if len(words) > 1 and words[-1].isdigit():
        count = int(words.pop()[:6])
    _list_code(terminal, location(terminal.session, " ".join(words)), count)


def _list_code(terminal: Terminal, address: Address, count: int) -> None:
    for _ in range(count):
        shown = terminal.session.code.at(address)
        terminal.say(terminal.instruction_text(address))
        if not shown.size:
            return
        address += shown.size


@command("where", topic=_SEE)
def where_(terminal: Terminal, _: str) -> None:
    """Say again where the program is."""
    terminal.say(f"after {terminal.session.timeline.count:,} instructions")
    terminal.show_place()


@command("backtrace", "bt", usage="[N]", topic=_SEE)
def backtrace(terminal: Terminal, text: str) -> None:
    """Show the functions that are active, the innermost first, and where each goes on.

    The lines are those of the calls. They come from call frame information (.cfi_* in assembly),
    or else from what a function's prologue saves; where that does not lead to a caller, this says
    so. N is how many are shown at most.
    """
    most = evaluate(terminal.session, text) if text else _MOST_FRAMES
    if most < 1:
        raise DebugProblem(f"frames are counted from 1, not {most}")
    unwinder = terminal.unwinder
    if unwinder.problem:
        terminal.say(f"note: {unwinder.problem}: callers are found by prologues")
    for number, frame in enumerate(unwinder.frames()):
        if isinstance(frame, str):
            terminal.say(f"      {frame}")
        elif number == most:
            terminal.say(f"      and more: bt {10 * most} shows them")
            return
        else:
            terminal.say(_frame_text(terminal, number, frame))


def _frame_text(terminal: Terminal, number: int, frame: Frame) -> str:
    code = terminal.session.code
    place = code.line_of(frame.place)
    at = f" at {code.name_of(place)}" if place is not None else ""
    return f"#{number:<3}  {frame.pc:#x} in {code.function_name(frame.place)}{at}"


@command("frame", "f", usage="[N]", topic=_SEE)
def frame_(terminal: Terminal, text: str) -> None:
    """Look at the Nth of the frames that backtrace shows, or say which one it is.

    Integer registers are then what they were in it, where its callees have saved them, for print,
    x, registers and what else takes expressions; list and break are about its line, and finish
    goes on until it has returned. What moves the program selects the innermost frame again.
    """
    if text:
        terminal.select(evaluate(terminal.session, text))
    else:
        terminal.show_frame()


@command("up", usage="[N]", topic=_SEE, is_repeated=True)
def up(terminal: Terminal, text: str) -> None:
    """Look at the caller of the frame, or at the Nth caller."""
    terminal.select_from(evaluate(terminal.session, text) if text else 1)


@command("down", usage="[N]", topic=_SEE, is_repeated=True)
def down(terminal: Terminal, text: str) -> None:
    """Look at the function that the frame has called, or N further down."""
    terminal.select_from(-(evaluate(terminal.session, text) if text else 1))


@command("info", "i", usage="break | registers | history", topic=_SEE)
def info(terminal: Terminal, text: str) -> None:
    """List breakpoints and watchpoints, registers, or how far the history goes."""
    word, _, rest = text.partition(" ")
    session = terminal.session
    if word and "registers".startswith(word):
        registers(terminal, rest)
    elif word and "history".startswith(word):
        kept = session.timeline.snapshots
        terminal.say(
            f"after {session.timeline.count:,} instructions; the beginning can be reached, from "
            f"{len(kept)} snapshots up to {kept[-1]:,}"
        )
    elif word and ("breakpoints".startswith(word) or "watchpoints".startswith(word)):
        listed = [one for number, one in session.points.items() if number > 0]
        for point in listed:
            terminal.say(_point_text(session, point))
        if not listed:
            terminal.say("no breakpoints and no watchpoints")
    else:
        raise DebugProblem("info is for break, registers or history")


def _point_text(session: Session, point: Point) -> str:
    if point.address is not None:
        kind = "temporary" if point.is_temporary else "breakpoint"
        what = f"{point.address:#x} {session.code.describe(point.address)}"
        place = session.code.line_of(point.address)
        what += f" {session.code.name_of(place)}" if place is not None else ""
    else:
        assert point.watch is not None
        kinds = {Watched.CHANGED: "watch", Watched.READ: "rwatch", Watched.ACCESSED: "awatch"}
        kind, what = kinds[point.watch.kind], f"{point.what}, {point.watch.size} bytes"
    what += f" if {point.condition.text}" if point.condition is not None else ""
    state = "" if point.is_enabled else ", disabled"
    return f"{point.number:3}  {kind:10}  {what}, hit {point.hits} times{state}"


@command("help", "h", usage="[COMMAND]", topic=_SEE)
def help_(terminal: Terminal, text: str) -> None:
    """List the commands, or say what one does."""
    if text:
        found = find_command(text)
        terminal.say(f"{', '.join(found.names)} {found.usage}".strip())
        for line in found.help.splitlines():
            terminal.say(f"    {line}")
        return
    for topic, made in _TOPICS.items():
        terminal.say(f"{topic}:")
        for one in made:
            head = f"{', '.join(one.names[:2])} {one.usage}".strip()
            terminal.say(f"  {head:42} {one.help.splitlines()[0]}")
    terminal.say("Names may be cut short, and an empty line steps again.")


@command("quit", "q", "exit", topic=_MORE)
def quit_(_: Terminal, __: str) -> None:
    """End the debugger, and the program with it."""
    raise Left
