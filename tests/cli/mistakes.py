"""Generates mistakes that users make, gives them to every command, and judges how it ends.

What holds for every mistake, whatever it is:

* the exit code is a documented one, and not that of a mistake in rvx;
* a failure is said on stderr in a sentence, and nothing there is a traceback or Python's words;
* with --json, what stdout holds is one document;
* a file that was to be written is complete, or as it was before;
* it ends.

`python tests/cli/mistakes.py --seed 1 --count 300` prints those that do not hold, `--seconds 3600`
goes on for an hour, and `--only 1234` repeats one of them and shows what it prints. All run in one
process, in a folder of their own each.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hostile import (
    ACCUMULATORS,
    ALWAYS,
    ASSEMBLY,
    BEFORE,
    BITS,
    BODIES,
    COMMANDS,
    DATA,
    DECLARATIONS,
    DESCRIBED,
    ERRORS,
    EXTENSION,
    GOLDEN,
    KERNEL,
    KINDS,
    NUMBERS,
    OPCODES,
    PARTS,
    PATHS,
    SOURCE,
    TEXTS,
    USES_EXTENSION,
    VALID,
    VALUES,
    WORKING_OPTIONS,
)

from rvx.cli.main import app
from rvx.errors import Exit
from rvx.export.targets import TARGETS

SECONDS_EACH = 60
"""Of processor time: the machine may be busy."""
MEMORY = 12 << 30


@dataclass
class Mistake:
    """A command line with its files.

    Attributes:
        number: with which it can be repeated.
        words: of the command line.
        files: that differ from the usual ones.
        stdin: what the command reads.
        environment: variables to set.
        is_python: whether Python code of the user's is wrong, of which Python itself speaks.
    """

    number: int
    words: list[str]
    files: dict[str, bytes] = field(default_factory=dict)
    stdin: bytes = b""
    environment: dict[str, str] = field(default_factory=dict)
    is_python: bool = False


@dataclass
class Outcome:
    """How a command ended, and what is wrong with that, if anything."""

    code: int
    out: str
    err: str
    complaints: list[str] = field(default_factory=list)


def damaged(draw: random.Random, data: bytes, words: list[bytes] | None = None) -> bytes:
    """The bytes of a file with a mistake or some."""
    kind = draw.choice(
        "bit byte cut drop double swap word insert token empty zeros random latin huge deep".split()
    )
    made = bytearray(data)
    at = draw.randrange(len(made)) if made else 0
    length = draw.choice([1, 1, 2, 4, 8, 32, 200])
    if kind == "empty":
        return b""
    if kind == "random":
        return draw.randbytes(draw.choice([1, 10, 1000]))
    if kind == "latin":
        return bytes(made[:at]) + b"\xe9\xff\xc3\x28" + bytes(made[at:])
    if kind == "huge":
        return (
            bytes(made[:at])
            + draw.choice([b"a", b"9", b"(", b"\n", b"[", b" 1,"]) * 100_000
            + bytes(made[at:])
        )
    if kind == "deep":
        many = draw.choice([100, 5000])
        opening, closing = draw.choice(
            [(b"(", b")"), (b"[", b"]"), (b"-", b""), (b"{", b"}"), (b".if 1\n", b".endif\n")]
        )
        return bytes(made[:at]) + opening * many + b"1" + closing * many + bytes(made[at:])
    if kind == "zeros":
        made[at : at + length] = bytes(length)
    elif kind == "bit":
        for _ in range(draw.choice([1, 1, 3, 20])):
            if made:
                made[draw.randrange(len(made))] ^= 1 << draw.randrange(8)
    elif kind == "byte":
        for _ in range(draw.choice([1, 1, 3])):
            if made:
                made[draw.randrange(len(made))] = draw.choice(
                    [0, 0xFF, 0x7F, 0x80, draw.randrange(256)]
                )
    elif kind == "cut":
        del made[at:]
    elif kind == "drop":
        del made[at : at + length]
    elif kind == "double":
        made[at:at] = made[at : at + length] * draw.choice([1, 2, 50])
    elif kind == "swap":
        parts = bytes(made).splitlines(keepends=True)
        draw.shuffle(parts)
        return b"".join(parts)
    elif kind == "word":
        value = draw.choice(
            [0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 1 << 63, (1 << 64) - 1, draw.getrandbits(64)]
        )
        size = draw.choice([2, 4, 8])
        made[at : at + size] = (value & (1 << 8 * size) - 1).to_bytes(size, "little")
    else:
        pieces = words or [b"(", b")", b'"', b"'", b",", b"\\", b"\n", b"=", b"[/]"]
        pieces = pieces + [
            one.encode("utf-8", "surrogateescape")
            for one in (draw.choice(NUMBERS), draw.choice(TEXTS))
        ]
        tokens = list(re.finditer(rb"[\w.]+", bytes(made)))
        if kind == "token" and tokens:
            token = draw.choice(tokens)
            made[token.start() : token.end()] = draw.choice(pieces)
        else:
            made[at:at] = draw.choice(pieces)
    return bytes(made)


def declaration(draw: random.Random) -> bytes:
    """An extension file with a declaration or a body that is wrong."""

    def filled(template: str) -> str:
        return (
            template.replace("{v}", draw.choice(VALUES))
            .replace(
                "{n}",
                str(
                    draw.choice(
                        [-1, 0, 1, 2, 5, 31, 32, 63, 64, 65, 4096, 1 << 31, 1 << 62, 1 << 70]
                    )
                ),
            )
            .replace("{b}", draw.choice(BITS))
            .replace("{e}", draw.choice(ERRORS))
            .replace("{{", "{")
            .replace("}}", "}")
        )

    text = EXTENSION.decode()
    if draw.random() < 0.6:
        return (text + "\nX = Xown\n" + filled(draw.choice(DECLARATIONS)) + "\n").encode()
    body = filled(draw.choice(BODIES))
    return text.replace("return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)", body).encode()


class Generator:
    """Mistakes by number: the command and what is wrong go round, the rest is drawn."""

    def __init__(self, usual: dict[str, bytes]) -> None:
        self.usual = usual
        self._options = {name: _options(name) for name in COMMANDS}

    def mistake(self, number: int) -> Mistake:
        """The mistake with this number."""
        draw = random.Random(number)
        command = COMMANDS[number % len(COMMANDS)]
        kinds = KINDS[command]
        kind = kinds[number // len(COMMANDS) % len(kinds)]
        words = list(draw.choice(VALID[command]))
        made = Mistake(number, words)
        getattr(self, f"_{kind}")(draw, command, made)
        if draw.random() < 0.15:
            self._value(draw, command, made)
        if draw.random() < 0.4 and command != "as":
            made.words.append("--json")
        made.words = [*command.split(), *made.words, *ALWAYS.get(command, ())]
        if draw.random() < 0.05:
            made.words.insert(0, draw.choice(["--no-color", "-q", "--nosuch", "--version", "-x"]))
        if command.startswith("cache") or "RVX_CACHE_LIMIT" in made.environment:
            # What deletes is not to delete what others need.
            made.environment.setdefault("RVX_CACHE_DIR", "cache")
        made.stdin = made.stdin or draw.choice([b"", SOURCE, OPCODES, b"\xff\x00"])
        return made

    def _option(self, draw: random.Random, command: str, made: Mistake) -> None:
        options = self._options[command] or ["--nosuch"]
        option = draw.choice(options)
        if command.startswith(("paper", "sweep")) and option in WORKING_OPTIONS:
            option += "x"
        made.words.append(option)
        if draw.random() < 0.8:
            made.words.append(draw.choice([*NUMBERS, *TEXTS, *PATHS]))

    def _value(self, draw: random.Random, command: str, made: Mistake) -> None:
        if made.words and not command.startswith("paper"):
            made.words[draw.randrange(len(made.words))] = draw.choice([*NUMBERS, *TEXTS])
        elif command.startswith("paper"):
            made.words[1:] = [
                draw.choice(["0", "-1", "x", "", "1,", ",", "1e99", "nan", "[/x]", "0,5"])
            ]

    def _path(self, draw: random.Random, command: str, made: Mistake) -> None:
        if command.startswith("paper"):
            made.words += ["--plot", draw.choice(["nosuch/a.svg", "a.gif", "a", "", "ok.s/x.svg"])]
        elif made.words:
            made.words[draw.randrange(len(made.words))] = draw.choice(PATHS)
        else:
            made.words.append(draw.choice(PATHS))

    def _file(self, draw: random.Random, command: str, made: Mistake) -> None:
        if command == "compare":
            name = draw.choice(["kernel.toml", "mine.s"])
            made.words = [".", "--variant", "mine"]
        else:
            name = draw.choice(["ok.s", "uses.s", "own.txt", "words.txt", "lib.a"])
        if name.endswith(".s"):
            made.files[name] = damaged(draw, self.usual[name], ASSEMBLY)
        else:
            made.files[name] = damaged(draw, self.usual[name])
        if name != "mine.s" and command in ("asm", "as", "run", "dis") and name not in made.words:
            made.words = (
                ["--ext", name, "uses.s"] if name == "own.txt" and command != "as" else [name]
            )

    def _stdin(self, draw: random.Random, command: str, made: Mistake) -> None:
        made.stdin = damaged(
            draw, draw.choice([SOURCE, b"0x8082 0b000000", self.usual["ok.elf"]]), ASSEMBLY
        )
        if command in ("asm", "as", "run", "dis"):
            made.words = ["-"]

    def _environment(self, draw: random.Random, command: str, made: Mistake) -> None:
        name = draw.choice(
            ["RVX_CACHE_DIR", "RVX_CACHE_LIMIT", "COLUMNS", "TERM", "RVX_COMPILE_AFTER", "TMPDIR"]
        )
        values = ["", "0", "-1", "x", "1e9", "99999999999999999999"]
        if name in ("RVX_CACHE_DIR", "TMPDIR"):
            values = ["ok.s", "folder", "nosuch/cache", "dangling", "/dev/full", "a" * 300]
        made.environment[name] = draw.choice(values)

    def _extra(self, draw: random.Random, command: str, made: Mistake) -> None:
        if command.startswith("paper"):
            made.words.append(draw.choice(TEXTS))
            return
        made.words.insert(
            draw.randrange(len(made.words) + 1), draw.choice([*TEXTS, *NUMBERS, *PATHS])
        )

    def _missing(self, draw: random.Random, command: str, made: Mistake) -> None:
        if command.startswith("paper"):
            made.words.pop()
        elif made.words:
            del made.words[draw.randrange(len(made.words))]

    def _python(self, draw: random.Random, command: str, made: Mistake) -> None:
        made.is_python = True
        if command == "compare":
            name = draw.choice(["data.py", "golden.py", "parts.py"])
            made.files[name] = damaged(
                draw, {"data.py": DATA, "golden.py": GOLDEN, "parts.py": PARTS}[name]
            )
            made.words = [".", "--variant", draw.choice(["mine", "own"])]
            return
        if command == "dot":
            made.files["sums.py"] = damaged(draw, ACCUMULATORS)
            made.words = ["--file", "sums.py", "--lengths", "4", "--seeds", "1"]
            return
        damage = draw.random() < 0.3
        made.files["own.py"] = damaged(draw, EXTENSION) if damage else declaration(draw)
        if command in ("run", "asm"):
            made.words = ["uses.s", "--ext", "own.py"]
        elif command == "isa list":
            made.words = draw.choice([["--ext", "own.py"], ["xown", "--ext", "own.py"]])
        elif command == "isa export":
            made.words = [draw.choice(list(TARGETS)), "--ext", "own.py", "-o", "out"]
        elif command == "isa check":
            made.words = ["own.py", "--operands", draw.choice(["0", "2"])]
        elif command == "isa show":
            made.words = [draw.choice(["smac", "wput", "en", "al"]), "--ext", "own.py"]
        elif command == "dis":
            made.words = ["0x0000005b", "--ext", "own.py"]

    def _elf(self, draw: random.Random, command: str, made: Mistake) -> None:
        name = draw.choice(["ok.elf", "ok.o"])
        data = self.usual[name]
        # Headers are small, and most mistakes in them matter.
        cut = draw.choice([64, 64, 0])
        for _ in range(draw.choice([1, 1, 2, 5])):
            data = damaged(draw, data[:cut]) + data[cut:] if cut else damaged(draw, data)
        made.files[name] = data
        if command in ("run", "dis", "asm"):
            made.words = [name]


def _options(command: str) -> list[str]:
    """The options of a command, from its own declaration."""
    found: Any = app
    for word in command.split():
        found = found.commands[word]
    return [option for one in found.params for option in one.opts if option.startswith("-")]


def usual_files() -> dict[str, bytes]:
    """The files that a mistake finds, by name."""
    from rvx.assembler import Assembler, assemble
    from rvx.assembler.elf.relocatable import relocatable
    from rvx.extensions import isa_for

    isa = isa_for("rv64gc")
    text = SOURCE.decode()
    made, _ = Assembler(isa, debug=True).object(text, "ok.s")
    member = relocatable(made)
    header = b"ok.o/           0           0     0     644     %-10d`\n" % len(member)
    return {
        "ok.s": SOURCE,
        "ok.elf": assemble(text, isa, debug=True).to_elf(),
        "ok.o": member,
        "lib.a": b"!<arch>\n" + header + member + b"\n" * (len(member) % 2),
        "own.py": EXTENSION,
        "own.txt": OPCODES,
        "own.yaml": DESCRIBED,
        "uses.s": USES_EXTENSION,
        "sums.py": ACCUMULATORS,
        "words.txt": b"0x8082 0000000b 4505\n",
        "kernel.toml": KERNEL,
        "parts.py": PARTS,
        "mine.s": b'        .equ SHIFT, 3\n        .include "gemm/f64.s"\n',
        "empty": b"",
        "binary": bytes(range(256)) * 4,
        "huge.s": b"        nop\n" * 20_000,
        "out": BEFORE,
        "out.svg": BEFORE,
        "t": b'.include "t"\n',
        "latin\udce9.s": SOURCE,
        "name with [brackets].s": b"_start: addq a0\n",
    }


def lay_out(files: dict[str, bytes]) -> None:
    """Puts the files into the current folder."""
    Path("folder").mkdir()
    Path("folder.svg").mkdir()
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("nosuch")
    for name, data in files.items():
        Path(name).write_bytes(data)


PYTHONS_WORDS = re.compile(
    r"Traceback|has no attribute|NoneType|unexpected keyword|required positional|<class '|"
    r"index out of range|not subscriptable|KeyError|TypeError|ValueError|IndexError|"
    r"not supported between|cannot unpack|values to unpack|object is not|invalid literal|"
    r"codec can't|OverflowError|too large to convert|\bNone\b|Errno|<rvx\.|object at 0x"
)


def judge(made: Mistake, done: Outcome) -> None:
    """Notes what does not hold of a command that has ended."""
    say = done.complaints.append
    if done.code not in set(Exit) or done.code == Exit.INTERNAL:
        say(f"exit code {done.code}")
    if done.code not in (Exit.OK, Exit.CLOSED) and not done.err.strip():
        say("it fails without a word")
    if "Traceback" in done.err:
        say("a traceback")
    is_help = bool({"-h", "--help", "--version"} & set(made.words))
    is_usage = done.err.startswith("Usage: ")
    failed = done.code not in (Exit.OK, Exit.CLOSED) and not is_usage and not is_help
    if failed and not re.search(r"^(.*: )?(fatal )?error: \S|^rvx as: \S", done.err, re.MULTILINE):
        say("no line that begins with 'error: '")
    words = PYTHONS_WORDS.search(done.err)
    if words and not made.is_python:
        say(f"Python's words: {words[0]}")
    options = made.words[: made.words.index("--")] if "--" in made.words else made.words
    if failed and "--json" in options and options[:1] != ["as"]:
        try:
            json.loads(done.out)
        except ValueError as error:
            say(f"a failure without its document: {error}")
    if done.code in (Exit.USAGE, Exit.SOURCE):
        for name in ("out", "out.svg"):
            path = Path(name)
            if (
                path.is_file()
                and path.read_bytes() not in (BEFORE, b"")
                and not made.files.get(name)
            ):
                say(f"{name} was written, although the command failed")


OWN_CACHE = str(Path(tempfile.gettempdir()) / f"rvx-mistakes-{os.getuid()}")


class OutOfTime(KeyboardInterrupt):
    """A command does not end."""


def run(made: Mistake, usual: dict[str, bytes]) -> Outcome:
    """Runs a command line in a folder of its own, as a program would, and judges it."""
    known = dict(os.environ)
    modules = set(sys.modules)
    streams = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()

    def stop(*_: Any) -> None:
        raise OutOfTime

    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        lay_out(usual | made.files)
        # `cache clear`, and limits of the cache, must not reach the one of who runs this.
        os.environ.update({"RVX_CACHE_DIR": OWN_CACHE} | made.environment, NO_COLOR="1")
        if "TMPDIR" in made.environment:
            tempfile.tempdir = made.environment["TMPDIR"]
        own = [
            io.TextIOWrapper(raw, encoding="utf-8") for raw in (io.BytesIO(made.stdin), out, err)
        ]
        sys.stdin, sys.stdout, sys.stderr = own
        before = signal.signal(signal.SIGPROF, stop)
        signal.setitimer(signal.ITIMER_PROF, SECONDS_EACH)
        code: Any = None
        trouble = ""
        try:
            app.main(args=made.words, prog_name="rvx")
        except SystemExit as error:
            code = error.code
        except BaseException as error:
            trouble = f"it ended with {type(error).__name__}: {error}"
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.signal(signal.SIGPROF, before)
            for stream in own[1:]:
                stream.flush()
            sys.stdin, sys.stdout, sys.stderr = streams
            tempfile.tempdir = None
            os.environ.clear()
            os.environ.update(known)
            for name in set(sys.modules) - modules:
                if name.startswith("rvx_user_"):
                    del sys.modules[name]
        done = Outcome(
            code if isinstance(code, int) else -1,
            out.getvalue().decode("utf-8", "replace"),
            err.getvalue().decode("utf-8", "replace"),
        )
        judge(made, done)
        if trouble:
            done.complaints.append(trouble)
    if done.code == Exit.INTERNAL:
        found = re.search(r"the report is in (\S+)", done.err)
        if found and Path(found[1]).is_file():
            report = Path(found[1]).read_text(encoding="utf-8", errors="replace")
            trace = [line for line in report.splitlines() if not line.strip().startswith("^")]
            done.complaints.append("\n".join(trace[-24:-7]))
            Path(found[1]).unlink()
    return done


def show(made: Mistake, done: Outcome) -> str:
    """A mistake that was not answered well, for whoever repairs it."""
    changed = {name: data[:300] for name, data in made.files.items()}
    words = [word if len(word) < 100 else f"{word[:20]}...({len(word)})" for word in made.words]
    return (
        f"=== {made.number}: rvx {words} {made.environment or ''}\n{changed or ''}\n"
        + "\n".join(done.complaints)
        + f"\n--- code {done.code}, stderr:\n{done.err[-600:]}\n"
    )


def numbers(seed: int, count: int | None, seconds: float | None) -> Iterator[int]:
    """Numbers of mistakes, from the seed on, until there are enough or the time is over."""
    end = None if seconds is None else time.monotonic() + seconds
    number = seed
    while (count is None or number < seed + count) and (end is None or time.monotonic() < end):
        yield number
        number += 1


def main(arguments: list[str]) -> int:
    """Runs mistakes; gives 1 if one of them was not answered as it should be."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--only", type=int, help="repeat this one")
    parser.add_argument("--progress", help="a file that always holds the number of the last one")
    chosen = parser.parse_args(arguments)
    os.environ.setdefault("RVX_COMPILE_AFTER", "1000")
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    # Nobody's cache is to hold what mistakes leave; it is kept for the next run.
    os.environ["RVX_CACHE_DIR"] = str(Path(tempfile.gettempdir()) / "rvx-cache-of-mistakes")
    usual = usual_files()
    generator = Generator(usual)
    if chosen.only is not None:
        made = generator.mistake(chosen.only)
        done = run(made, usual)
        print(show(made, done), "--- stdout", done.out[:2000], sep="\n")
        return int(bool(done.complaints))
    if chosen.count is None and chosen.seconds is None:
        chosen.count = 300
    codes: Counter[int] = Counter()
    wrong = 0
    for number in numbers(chosen.seed, chosen.count, chosen.seconds):
        if chosen.progress:
            Path(chosen.progress).write_text(str(number))
        begin = time.process_time()
        made = generator.mistake(number)
        done = run(made, usual)
        took = time.process_time() - begin
        if took > SECONDS_EACH:
            done.complaints.append(f"it took {took:.0f} s")
        codes[done.code] += 1
        if done.complaints:
            wrong += 1
            print(show(made, done), flush=True)
    ends = ", ".join(f"{code}: {count}" for code, count in sorted(codes.items()))
    said = f"{sum(codes.values())} mistakes from seed {chosen.seed}, {wrong} not answered well"
    print(f"{said}; by exit code {ends}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
