"""`rvx run`: runs a source or an ELF file."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click

from rvx.cli.declare import End, Option, made_by
from rvx.cli.estimate import Retired
from rvx.cli.options import (
    BackendName,
    CoreName,
    Defines,
    Ext,
    IncludeDirs,
    Inputs,
    Json,
    March,
    Memory,
    Stack,
    TierName,
    Vlen,
    parse_size,
    parse_stack,
    parse_tier,
)
from rvx.cli.output import UsageProblem, print_json, print_table, say
from rvx.cli.shadow import Mode, check_mode, counting, print_report
from rvx.cli.trace import (
    Trace,
    TraceAfter,
    TraceCount,
    TraceFrom,
    TraceOnly,
    TraceTo,
    Wanted,
)
from rvx.errors import Exit

if TYPE_CHECKING:
    from rich.table import Table

    from rvx.analysis.cycles import Core
    from rvx.analysis.profile.profile import Places
    from rvx.analysis.shadow.engine import Shadow
    from rvx.analysis.shadow.report import Report
    from rvx.emulator import Backend, Executable, Machine, RunResult, Settings, Tier
    from rvx.emulator.board import Board
    from rvx.emulator.counts import ElementCounts
    from rvx.emulator.environment import Abi
    from rvx.emulator.interest import Interest

SCHEMA = "rvx.run/1"
ARGUMENTS = "rvx.arguments"
"""Under which name the context of the command has the program's arguments."""
PRINTED = "-"
"""The place of a profile that is printed."""
PROFILE_NAMES = (".html", ".txt", ".callgrind", ".folded", ".json")
DEFAULT_MOST = 1 << 30
"""Bytes of memory that a program may have."""


class RunCommand(click.Command):
    """A command that passes what is behind the second part of its line on to the program."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads a command line: options and files, `--`, and the program's arguments.

        A `--profile` without a file is one that is printed.

        A `--` that comes before all files says that names may begin with a hyphen, as usual.
        """
        if "--" in args:
            at = args.index("--")
            if not self._has_files(ctx, args[:at]):
                at = args.index("--", at + 1) if "--" in args[at + 1 :] else len(args)
            args, ctx.meta[ARGUMENTS] = args[:at], args[at + 1 :]
        parsed: list[str] = super().parse_args(ctx, list(_with_places(args)))
        return parsed

    def _has_files(self, ctx: click.Context, args: list[str]) -> bool:
        """Whether there is a file among the words, which may also be values of options."""
        try:
            found, rest, _ = self.make_parser(ctx).parse_args(list(args))
        except Exception:  # Whatever is wrong with it is said when it is read for good.
            return True
        files = found.get("files")  # Click has a word of its own for "none".
        return bool(isinstance(files, list | tuple) and files) or bool(rest)


def _with_places(args: list[str]) -> Iterator[str]:
    """The words of a command line, with a place behind each `--profile`.

    What stands there already is one unless it is another option, or a file that is there and whose
    name is none of a profile: that is what is to be run.
    """
    for word, following in zip(args, [*args[1:], "--"], strict=True):
        yield word
        if word == "--profile" and (
            (following.startswith("-") and following != PRINTED)
            or (not following.endswith(PROFILE_NAMES) and Path(following).is_file())
        ):
            yield PRINTED


@made_by(RunCommand)
def run(
    ctx: click.Context,
    files: Inputs,
    march: March = None,
    ext: Ext = None,
    vlen: Vlen = 0,
    count: Annotated[
        bool, Option("--count", help="Print executed instructions by mnemonic.")
    ] = False,
    profile: Annotated[
        list[Path] | None,
        Option(
            "--profile",
            metavar="FILE",
            help="Write where the instructions went, by function, line, loop and class: FILE.html, "
            ".txt, .json, .callgrind, .folded or .speedscope.json; without FILE, or with -, print "
            "it. Repeatable.",
        ),
    ] = None,
    roi: Annotated[
        list[str] | None,
        Option(
            "--roi",
            metavar="SYMBOL",
            help="Count, profile, estimate, trace or follow numbers only while this function is "
            "active, with all that it calls. Repeatable.",
        ),
    ] = None,
    roi_markers: Annotated[
        bool,
        Option("--roi-markers", help="Only what ROI_BEGIN and ROI_END of roi.inc enclose."),
    ] = False,
    core: CoreName = None,
    shadow: Mode = None,
    plot: Annotated[
        Path | None,
        Option("--plot", metavar="FILE", help="Also draw what --shadow finds (.svg, .png, .pdf)."),
    ] = None,
    trace: Trace = None,
    trace_from: TraceFrom = None,
    trace_to: TraceTo = None,
    trace_after: TraceAfter = 0,
    trace_count: TraceCount = None,
    trace_only: TraceOnly = None,
    include_dirs: IncludeDirs = None,
    defines: Defines = None,
    max_instructions: Annotated[
        int | None, Option("--max-instructions", min=1, help="Stop after so many.")
    ] = None,
    memory: Memory = None,
    stack: Stack = None,
    as_json: Json = False,
    backend: BackendName = "native",
    tier: TierName = "region",
    explain: Annotated[
        bool, Option("--explain", help="Say on stderr which loops were compiled, and why.")
    ] = False,
    region_code: Annotated[
        Path | None,
        Option("--region-code", metavar="FILE", help="Write the LLVM text of those loops."),
    ] = None,
    environment: Annotated[
        list[str] | None,
        Option(
            "--env",
            metavar="NAME=VALUE",
            help="A variable of the program's environment, which is empty else. Repeatable.",
        ),
    ] = None,
    readable: Annotated[
        list[str] | None,
        Option(
            "--allow-read", metavar="DIR", help="A folder that the program may read. Repeatable."
        ),
    ] = None,
    writable: Annotated[
        list[str] | None,
        Option(
            "--allow-write",
            metavar="DIR",
            help="A folder that the program may read and write. Repeatable.",
        ),
    ] = None,
    board: Annotated[
        str | None,
        Option(
            "--board",
            metavar="FILE|NAME",
            help="Memory and devices beside the program: a TOML file, or virt, sifive_u, snitch.",
        ),
    ] = None,
    abi: Annotated[
        str,
        Option("--abi", metavar="linux|rars", help="Whose calls ecall makes; rars has both."),
    ] = "linux",
    vector_agnostic: Annotated[
        str,
        Option(
            "--vector-agnostic",
            metavar="undisturbed|ones",
            help="What agnostic elements become; ones finds programs that depend on them.",
        ),
    ] = "undisturbed",
    seed: Annotated[int, Option("--seed", help="Of the random numbers that the program gets.")] = 0,
    pass_exit_code: Annotated[
        bool,
        Option("--pass-exit-code", help="End with the program's exit code, and say nothing."),
    ] = False,
) -> None:
    """Run an ELF executable until it exits, or sources and objects, which are linked first.

    What the program writes goes to stdout and stderr; with --json its standard output is part of
    the document: all of it up to 2 MiB, else its first and its last MiB. Words behind a -- that
    comes after the files are the program's arguments.
    """
    from rvx.cli.sources import Inputs as SourceInputs
    from rvx.emulator import Settings, TrapKind
    from rvx.emulator.board import load_board

    if shadow is not None:
        from rvx.analysis.shadow.engine import Shadow
        from rvx.analysis.shadow.report import report
    if profile:
        from rvx.analysis.profile import check

        for path in profile:
            if str(path) != PRINTED:
                check(path)
            elif as_json:
                raise UsageProblem("a profile is printed, or a document: give --profile FILE.json")
    wanted = Wanted(
        trace, trace_from or [], trace_to or [], trace_after, trace_count, trace_only or []
    )
    wanted.check(is_estimated=core is not None)
    if trace is not None and profile:
        raise UsageProblem("a run is traced or profiled: give --trace or --profile, not both")
    if core is not None and profile:
        raise UsageProblem("a run is estimated or profiled: give --core or --profile, not both")
    if (roi or roi_markers) and (trace_from or trace_after):
        raise UsageProblem(
            "a trace is of what --roi says, or from --trace-from or behind --trace-after on: give "
            "one of them"
        )
    if roi and roi_markers:
        raise UsageProblem("give --roi or --roi-markers, not both")
    check_mode(shadow)
    if shadow is not None and (trace is not None or profile or core is not None):
        raise UsageProblem("numbers are followed in a run of its own: give --shadow alone")
    if plot is not None:
        from rvx.analysis import plots

        if shadow is None:
            raise UsageProblem("--plot draws what --shadow finds: give --shadow float64 or exact")
        plots.check(plot)
    chosen = _core(core)
    inputs = SourceInputs.of(files, include_dirs, defines)
    most = None if memory is None else parse_size("--memory", memory)
    settings = Settings(
        arguments=ctx.meta.get(ARGUMENTS, ()),
        environment=check_environment(environment or []),
        stdin=_stdin(inputs),
        readable=readable or [],
        writable=writable or [],
        seed=seed,
    )
    traced = Retired(wanted, chosen)
    follower = None if shadow is None else Shadow(shadow)
    machine, places = _load(
        inputs,
        march,
        ext,
        vlen,
        most,
        parse_stack(stack),
        *parse_tier(backend, tier),
        settings,
        None if board is None else load_board(board),
        parse_abi(abi),
        is_quiet=as_json,
        follow_calls=bool(profile),
        wants_places=bool(profile) or chosen is not None or shadow is not None,
        fills_agnostic=_fills_agnostic(vector_agnostic),
        traced=traced,
        shadow=follower,
        roi=roi or [],
        roi_markers=roi_markers,
    )
    with traced.opened(machine.isa), counting(follower):
        result = machine.run(max_instructions)
    if trace is not None:
        say(f"wrote {traced.lines.count:,} lines to {trace}")
    part = machine.hart.interest
    if part is not None and not part.entries:
        say("note: the part of the run that was to be counted was not reached")
    # Who has pressed Ctrl-C does not wait for what is being compiled.
    if result.trap is None or result.trap.kind != TrapKind.INTERRUPTED:
        machine.hart.interim.finish()
    if profile:
        _write_profiles(machine, result, places, profile, str(inputs.files[0]))
    errors = None if follower is None else report(follower, machine, places)
    if region_code is not None:
        region_code.write_text(machine.region_code())
        say(f"wrote {region_code}")
    if explain:
        lines = [str(one) for one in machine.explain(result)]
        say("\n".join(lines) or "no loop was hot for long enough to be compiled")
    estimated = traced.estimate(machine, places)
    if as_json:
        from rvx.analysis.versions import versions

        parts = {} if estimated is None else {"estimate": estimated.to_json()}
        if errors is not None:
            parts |= {"shadow": errors.to_json()}
        print_json(to_json(result) | parts | {"versions": versions()})
    elif count:
        print_table(table(result))
        if (elements := element_table(result)) is not None:
            print_table(elements)
    if estimated is not None and not as_json:
        estimated.show()
    if errors is not None and not as_json:
        print_report(errors)
    if errors is not None and plot is not None:
        _draw(errors, plot, Path(str(inputs.files[0])).name)
    _end(result, pass_exit_code)


def _draw(errors: Report, path: Path, name: str) -> None:
    """Draws where errors were born, if there were some."""
    from rvx.analysis.shadow_plots import draw_report

    if not errors.erring:
        say(f"note: no picture was drawn: there is no error to show in {path}")
        return
    draw_report(errors, path, name)
    say(f"wrote {path}")


def _core(name: str | None) -> Core | None:
    if name is None:
        return None
    from rvx.analysis.cycles import load_core

    return load_core(name)


def parse_abi(name: str) -> Abi:
    """Whose calls `ecall` makes.

    Raises:
        UsageProblem: nobody's.
    """
    if name == "rars":
        return "rars"
    if name == "linux":
        return "linux"
    raise UsageProblem(f"--abi {name}: there are linux and rars")


def check_environment(variables: list[str]) -> list[str]:
    """The variables, each as NAME=VALUE.

    Raises:
        UsageProblem: one of them is not.
    """
    for variable in variables:
        if not variable.partition("=")[1] or variable.startswith("="):
            raise UsageProblem(f"--env {variable}: write NAME=VALUE")
    return variables


def _stdin(inputs: Any) -> bytes | int:
    """What the program reads: rvx's own standard input, unless a source was read from there."""
    from rvx.cli.sources import STDIN

    if STDIN in inputs.files:
        return b""
    try:
        return sys.stdin.fileno()
    except (OSError, ValueError):  # It is closed, or no file.
        return b""


def _load(
    inputs: Any,
    march: Any,
    ext: Any,
    vlen: int,
    most: int | None,
    stack: int,
    backend: Backend,
    tier: Tier,
    settings: Settings,
    board: Board | None,
    abi: Abi,
    *,
    is_quiet: bool,
    follow_calls: bool,
    wants_places: bool,
    fills_agnostic: bool,
    traced: Retired,
    shadow: Shadow | None,
    roi: list[str],
    roi_markers: bool,
) -> tuple[Machine, Places | None]:
    """The machine, and source lines of what rvx has assembled itself."""
    from rvx.cli.sources import ELF_MAGIC, STDIN, assembled, choose_isa, is_object, read_elf
    from rvx.emulator import Machine, load_executable
    from rvx.emulator.tracing.tracer import Tracing

    file = inputs.files[0]
    data = inputs.content(file) if len(inputs.files) == 1 else b""
    program: Any
    places: Places | None = None
    if data.startswith(ELF_MAGIC) and not is_object(data):
        program = data if file == STDIN else file
        isa = choose_isa(march, ext, read_elf(file, data), vlen)
    else:
        isa = inputs.choose_isa(march, ext, vlen)
        program = assembled(inputs, isa, march)
        if wants_places:
            from rvx.analysis.profile.profile import places_in

            places = places_in(program)
    executable = load_executable(program)
    room = room_for(executable, most, board)
    machine = Machine(
        executable,
        isa,
        memory=room,
        stack=stack,
        backend=backend,
        tier=tier,
        on_output=_writer(is_quiet),
        on_note=lambda sentence: say(f"note: {sentence}"),
        settings=settings,
        board=board,
        abi=abi,
        follow_calls=follow_calls,
        fills_agnostic=fills_agnostic,
        tracing=traced.tracing(executable, isa) if shadow is None else Tracing(),
        on_retired=traced.take if shadow is None else shadow.take,
        interest=interest_of(executable, roi) if roi else None,
        counts_marked=roi_markers,
    )
    if shadow is not None:
        shadow.attach(machine)
    return machine, places


def interest_of(executable: Executable, functions: list[str]) -> Interest:
    """The part of a run in which one of these functions is active.

    Raises:
        UsageProblem: the program has no such symbol.
    """
    from rvx.emulator.interest import Interest

    places = []
    for name in functions:
        symbol = executable.symbols.by_name.get(name)
        if symbol is None:
            known = ", ".join(sorted(executable.symbols.by_name)[:20]) or "none"
            raise UsageProblem(
                f"--roi {name}: {executable.name} has no such symbol; it has {known}"
            )
        places.append(symbol.address)
    return Interest(functions=places)


def _write_profiles(
    machine: Machine, result: RunResult, places: Places | None, paths: list[Path], name: str
) -> None:
    from rvx.analysis.profile import SHORT, profile_of, to_text, write

    found = profile_of(machine, result, places, name)
    for path in paths:
        if str(path) == PRINTED:
            for line in to_text(found, SHORT):
                print(line)
            continue
        write(found, path)
        say(f"wrote {path}")


def _fills_agnostic(choice: str) -> bool:
    """Whether agnostic elements of vectors are filled with ones.

    Raises:
        UsageProblem: it is neither that nor the usual.
    """
    if choice not in ("undisturbed", "ones"):
        raise UsageProblem(f"--vector-agnostic {choice}: there are undisturbed and ones")
    return choice == "ones"


def room_for(executable: Executable, most: int | None, board: Board | None = None) -> int:
    """Bytes for heap and stack: what the program itself leaves of the memory that it may have.

    It takes memory of the host where it is touched. Where devices may answer, or addresses end,
    soon behind the program, a part of it will do, unless somebody has said how much.

    Raises:
        UsageProblem: it leaves nothing.
    """
    from rvx.cli.output import UsageProblem
    from rvx.emulator.machine import DEFAULT_MEMORY
    from rvx.emulator.memory import HIGHEST, PAGE

    limit = DEFAULT_MOST if most is None else most
    left = (limit - executable.size) // PAGE * PAGE
    if left < PAGE:
        raise UsageProblem(
            f"{executable.name} takes {executable.size:,} bytes of memory without heap and stack, "
            f"and may have {limit:,}; give it more with --memory"
        )
    end = max((segment.end for segment in executable.segments), default=0)
    is_crowded = board is not None or end + left > HIGHEST[executable.xlen]
    return min(left, DEFAULT_MEMORY) if most is None and is_crowded else left


def _writer(is_quiet: bool) -> Any:
    """Passes the guest's output on; quietly, only what it says on standard error."""

    def write(descriptor: int, data: bytes) -> None:
        if descriptor == 1 and is_quiet:
            return
        stream = sys.stdout if descriptor == 1 else sys.stderr
        stream.buffer.write(data)
        stream.flush()

    return write


def to_json(result: RunResult) -> dict[str, Any]:
    """The document of the schema rvx.run/1, without the versions."""
    trap = result.trap
    return {
        "schema": SCHEMA,
        "exit_code": result.exit_code,
        "instructions": result.instructions,
        "custom_instructions": result.custom_instructions,
        "fetched": result.fetched,
        "by_mnemonic": dict(result.by_mnemonic),
        "fetched_by_mnemonic": dict(result.fetched_by_mnemonic),
        "by_kind": dict(result.by_kind),
        "elements": {name: element_document(found) for name, found in result.elements.items()},
        "seconds": result.seconds,
        "output": result.output.decode("utf-8", "replace"),
        "output_bytes": result.output_size,
        "trap": None
        if trap is None
        else {"kind": str(trap.kind), "pc": trap.pc, "message": trap.message},
    }


def element_document(counts: ElementCounts) -> dict[str, Any]:
    """What a vector instruction worked on."""
    return {
        "active": counts.active,
        "masked_off": counts.masked_off,
        "capacity": counts.capacity,
        "utilisation": counts.utilisation,
        "bytes": counts.bytes,
        "macs": counts.macs,
    }


def element_table(result: RunResult) -> Table | None:
    """Elements of vector instructions by mnemonic; None if there were none."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    if not result.elements:
        return None
    found = Table(box=SIMPLE_HEAD)
    found.add_column("vector instruction")
    for name in ("elements", "masked off", "of VLMAX", "bytes", "MACs"):
        found.add_column(name, justify="right")
    for mnemonic, one in result.elements.items():
        cells = [f"{number:,}" for number in (one.active, one.masked_off, one.bytes, one.macs)]
        found.add_row(mnemonic, *cells[:2], f"{one.utilisation:.1%}", *cells[2:])
    return found


def table(result: RunResult) -> Table:
    """Executed instructions by mnemonic, the most frequent first; fetched ones if they differ."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    found = Table(box=SIMPLE_HEAD)
    found.add_column("mnemonic")
    found.add_column("executed", justify="right")
    found.add_column("share", justify="right")
    repeats = result.fetched != result.instructions
    if repeats:
        found.add_column("fetched", justify="right")
    for mnemonic, executed in result.by_mnemonic.items():
        cells = [mnemonic, f"{executed:,}", f"{executed / result.instructions:.1%}"]
        found.add_row(*cells, *([f"{result.fetched_by_mnemonic[mnemonic]:,}"] if repeats else []))
    found.add_section()
    total = f"{result.instructions:,}"
    found.add_row("total", total, "", *([f"{result.fetched:,}"] if repeats else []))
    found.add_row("of these custom", f"{result.custom_instructions:,}", "")
    return found


def _end(result: RunResult, pass_exit_code: bool) -> None:
    """Ends with the exit code that the outcome stands for."""
    import signal

    from rvx.emulator import TrapKind

    if result.trap is not None:
        say(f"error: {result.trap.message}")
        codes = {TrapKind.LIMIT: Exit.LIMIT, TrapKind.INTERRUPTED: Exit.INTERRUPTED}
        raise End(codes.get(result.trap.kind, Exit.TRAP))
    if pass_exit_code:
        raise End(result.exit_code or 0)
    if result.ended_by:
        name = signal.strsignal(result.ended_by) or "unknown"
        say(f"error: the program was ended by signal {result.ended_by} ({name})")
        raise End(Exit.FAILED)
    if result.exit_code:
        say(f"error: the program exited with code {result.exit_code}")
        raise End(Exit.FAILED)
