"""Traces of `rvx run`: what its options mean, and the file that lines go to."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, cast

from rvx.cli import complete
from rvx.cli.declare import Option
from rvx.cli.output import UsageProblem

if TYPE_CHECKING:
    from rvx.emulator import Executable
    from rvx.emulator.tracing.records import Batch
    from rvx.emulator.tracing.tracer import Tracing
    from rvx.isa import Isa

Trace = Annotated[
    Path | None,
    Option(
        "--trace",
        metavar="FILE",
        help="Write every instruction, and what it has changed, as Spike's commit log does; "
        "compressed to FILE.zst or FILE.gz, - is stdout.",
    ),
]
TraceFrom = Annotated[
    list[str] | None,
    Option(
        "--trace-from",
        metavar="SYMBOL|ADDRESS",
        help="Trace from there on, as often as it is reached. Repeatable.",
    ),
]
TraceTo = Annotated[
    list[str] | None,
    Option("--trace-to", metavar="SYMBOL|ADDRESS", help="No longer from there on. Repeatable."),
]
TraceAfter = Annotated[
    int, Option("--trace-after", min=0, metavar="N", help="Leave out the first N instructions.")
]
TraceCount = Annotated[
    int | None,
    Option("--trace-count", min=1, metavar="N", help="Trace N instructions and no more."),
]
TraceOnly = Annotated[
    list[str] | None,
    Option(
        "--trace-only",
        metavar="NAME",
        help="A mnemonic, an extension, or a function of the program; nothing else then. "
        "Repeatable.",
        complete=complete.mnemonics,
    ),
]


@dataclass(frozen=True)
class Wanted:
    """What the command line says about a trace.

    Attributes:
        file: where it goes; None if there is none.
        begins: symbols or addresses.
        ends: likewise.
        after: instructions that are left out.
        count: instructions at most.
        only: names.
    """

    file: Path | None
    begins: Sequence[str]
    ends: Sequence[str]
    after: int
    count: int | None
    only: Sequence[str]

    def check(self, *, is_estimated: bool = False) -> None:
        """Checks what can be seen without a program.

        Args:
            is_estimated: whether cycles are, of what would be traced.

        Raises:
            UsageProblem: options need others, or exclude them.
        """
        if self.file is None and not is_estimated:
            if self.begins or self.ends or self.after or self.count or self.only:
                raise UsageProblem("the options --trace-... need a --trace FILE, or a --core")
            return
        if is_estimated and self.only:
            raise UsageProblem("give --trace-only or --core: cycles are those of all instructions")
        if self.begins and self.after:
            raise UsageProblem("give --trace-from or --trace-after, not both")
        if self.ends and not self.begins:
            raise UsageProblem("--trace-to needs a --trace-from")
        if both := sorted({*self.begins} & {*self.ends}):
            raise UsageProblem(f"the trace would both begin and end at {both[0]}")
        if self.file is not None and self.file.suffix == ".zst":
            _zstandard()

    def tracing(self, executable: Executable, isa: Isa) -> Tracing:
        """What is traced of a program.

        Raises:
            UsageProblem: a name means nothing in it.
        """
        from rvx.emulator.tracing.tracer import Tracing

        functions = {name for name in self.only if name in executable.symbols.by_name}
        known = {*isa.instructions, *isa.extensions}
        for name in self.only:
            if name not in functions and name not in known:
                raise UsageProblem(
                    f"--trace-only {name}: that is no instruction and no extension of this ISA, "
                    f"and no symbol of the program"
                )
        return Tracing(
            begins_at=[_address(executable, "--trace-from", text) for text in self.begins],
            ends_at=[_address(executable, "--trace-to", text) for text in self.ends],
            after=self.after,
            most=self.count,
            only=[name for name in self.only if name not in functions],
            within=[_extent(executable, name) for name in functions],
        )


def _extent(executable: Executable, name: str) -> tuple[int, int]:
    """Where a function lies: as its symbol says, else up to the next one."""
    symbol = executable.symbols.by_name[name]
    if symbol.size:
        return symbol.address, symbol.address + symbol.size
    behind = [at for at in executable.symbols.addresses if at > symbol.address]
    return symbol.address, behind[0] if behind else symbol.address + 2


def _address(executable: Executable, option: str, text: str) -> int:
    found = executable.symbols.by_name.get(text)
    if found is not None:
        return found.address
    try:
        address = int(text, 16) if text.lower().startswith("0x") else None
    except ValueError:
        address = None
    if address is None:
        known = ", ".join(sorted(executable.symbols.by_name)[:10]) or "none"
        raise UsageProblem(
            f"{option} {text}: write a symbol of the program, which has {known}, or an address "
            f"such as 0x10000"
        )
    if address & 1 or not 0 <= address < 1 << executable.xlen:
        raise UsageProblem(f"{option} {text}: no instruction is at such an address")
    return address


def _zstandard() -> Any:
    try:
        import zstandard
    except ImportError:
        raise UsageProblem(
            "traces in .zst need the package zstandard: pip install 'rvx-emulator[trace]', or "
            "write to a file in .gz"
        ) from None
    return zstandard


@contextmanager
def writing(path: Path) -> Iterator[IO[bytes]]:
    """A file for lines of a trace, compressed as its name says."""
    if str(path) == "-":
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
    elif path.suffix == ".zst":
        with path.open("wb") as file, _zstandard().ZstdCompressor().stream_writer(file) as out:
            yield out
    elif path.suffix == ".gz":
        import gzip

        with gzip.open(path, "wb", compresslevel=1) as packed:
            yield cast("IO[bytes]", packed)
    else:
        with path.open("wb") as out:
            yield out


@contextmanager
def reading(path: Path) -> Iterator[IO[bytes]]:
    """The lines of a trace, whatever it is compressed with.

    Raises:
        UsageProblem: it is damaged, or needs a package that is not there.
    """
    if str(path) == "-":
        yield sys.stdin.buffer
        return
    with path.open("rb") as file:
        magic = file.read(4)
        file.seek(0)
        if magic == b"\x28\xb5\x2f\xfd":
            import io

            zstandard = _zstandard()
            try:
                with zstandard.ZstdDecompressor().stream_reader(file) as out:
                    yield io.BufferedReader(out, 1 << 20)
            except zstandard.ZstdError as error:
                raise UsageProblem(f"'{path}' is damaged: {error}") from None
        elif magic[:2] == b"\x1f\x8b":
            import gzip
            import zlib

            try:
                with gzip.open(file) as out:
                    yield out  # type: ignore[misc]
            except (EOFError, zlib.error, gzip.BadGzipFile) as error:
                raise UsageProblem(f"'{path}' is damaged: {error}") from None
        else:
            yield file


class Lines:
    """The lines of a traced run, on their way to a file.

    Args:
        wanted: where they go.

    Attributes:
        wanted: the same.
        count: how many were written.
    """

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.count = 0
        self._out: IO[bytes] | None = None
        self._isa: Isa | None = None
        self._formatter: Any = None

    @contextmanager
    def opened(self, isa: Isa) -> Iterator[None]:
        """Takes lines of a machine meanwhile."""
        self._isa = isa
        if self.wanted.file is None:
            yield
            return
        from rvx.emulator.tracing.text import compiled

        compiled()
        with writing(self.wanted.file) as self._out:
            yield

    def write(self, batch: Batch) -> None:
        """Writes a batch."""
        from rvx.emulator.tracing.text import Formatter

        assert self._isa is not None
        assert self._out is not None
        if self._formatter is None:
            self._formatter = Formatter(self._isa, batch.names)
        self._out.write(self._formatter.text(batch))
        self.count += len(batch)
