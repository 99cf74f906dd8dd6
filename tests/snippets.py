"""The snippets of documentation pages: runs them, and compares or rewrites what they print.

A page is Markdown. What its fenced blocks mean:

* a block whose preceding line is nothing but a file name in backticks and a colon is that file;
* a `console` block has commands after `$ ` and below each what it prints;
* a `python` block with `>>>` is a doctest session; all sessions of a page share their names.

Everything runs in one fresh folder a page. In expected output, a line `...` stands for any lines.

`python tests/snippets.py --write [PAGE...]` puts the real output into the console blocks.
"""

from __future__ import annotations

import contextlib
import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(r"^```(?P<language>\w*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"(?:^|\n)`(?P<name>[\w./-]+)`:\n\n\Z")
_SECONDS = re.compile(r"\b\d+\.\d+ ?s\b")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        language: after the fence.
        body: the lines between the fences.
        file: the file that it is; empty if it is none.
        line: of the opening fence, from 1.
    """

    language: str
    body: str
    file: str
    line: int


@dataclass(frozen=True)
class Step:
    """A command and what it prints."""

    command: str
    output: str


def pages() -> list[Path]:
    """Every page with snippets: the README and the hand-written documentation."""
    generated = ROOT / "docs" / "reference" / "instructions"
    found = [p for p in (ROOT / "docs").rglob("*.md") if generated not in p.parents]
    return [ROOT / "README.md", *sorted(p for p in found if "_build" not in p.parts)]


def blocks(text: str) -> Iterator[Block]:
    """The fenced blocks of a page."""
    for found in _FENCE.finditer(text):
        named = _FILE.search(text[: found.start()])
        line = text.count("\n", 0, found.start()) + 1
        yield Block(found["language"], found["body"], named["name"] if named else "", line)


def steps(body: str) -> list[Step]:
    """The commands of a console block; one that ends in a backslash goes on in the next line."""
    parts = re.split(r"^\$ ", body, flags=re.MULTILINE)
    if parts[0]:
        raise ValueError(f"a console block begins with a command, not with {parts[0]!r}")
    found = []
    for part in parts[1:]:
        command, _, output = re.sub(r"\\\n", "", part).partition("\n")
        found.append(Step(command, output))
    return found


def run(command: str, folder: Path) -> str:
    """What a command prints on stdout and stderr, without blanks at the ends of lines."""
    tools = folder / ".tools"
    if not tools.is_dir():
        tools.mkdir()
        start = "import sys; from rvx.cli.main import main; sys.argv[0] = 'rvx'; main()"
        for name, call in (("rvx", f'-c "{start}"'), ("python", "")):
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {call} "$@"\n')
            (tools / name).chmod(0o755)
    inherited = {name: value for name, value in os.environ.items() if name != "RVX_COMPILE_AFTER"}
    environment = inherited | {
        "PATH": f"{tools}:{os.environ['PATH']}",
        # What `ls` prints must not depend on whether Python keeps what it compiles.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        text=True,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    lines = [line.rstrip() for line in done.stdout.splitlines()]
    while lines and not lines[0]:
        del lines[0]
    while lines and not lines[-1]:
        del lines[-1]
    return "".join(f"{line}\n" for line in lines)


def place(block: Block, folder: Path) -> None:
    """Writes the file that a block is."""
    path = folder / block.file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(block.body, encoding="utf-8")


def is_equal(expected: str, got: str) -> bool:
    """Whether the output is the expected one; times may differ, and `...` is any lines."""
    pattern = re.escape(_SECONDS.sub("T", expected)).replace(re.escape("...\n"), r"(?:.*\n)*?")
    return re.fullmatch(pattern, _SECONDS.sub("T", got)) is not None


def check(page: Path, folder: Path) -> list[str]:
    """Runs the snippets of a page in an empty folder; gives a sentence for each that is wrong."""
    problems: list[str] = []
    names: dict[str, object] = {}
    for block in blocks(page.read_text(encoding="utf-8")):
        where = f"{page.name}:{block.line}"
        if block.file:
            place(block, folder)
        elif block.language == "console":
            for step in steps(block.body):
                got = run(step.command, folder)
                if not is_equal(step.output, got):
                    problems.append(
                        f"{where}: `{step.command}` prints\n{got}and not\n{step.output}"
                    )
        elif block.language == "python":
            problems += _doctest(block, names, where, folder)
    return problems


def _doctest(block: Block, names: dict[str, object], where: str, folder: Path) -> list[str]:
    parsed = doctest.DocTestParser().get_doctest(block.body, names, where, None, block.line)
    if not parsed.examples:
        return [f"{where}: this Python is neither a file nor a session with >>>"]
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
    with contextlib.chdir(folder):
        runner.run(parsed, out=said.append, clear_globs=False)
    names.update(parsed.globs)
    return [f"{where}: {''.join(said)}"] if said else []


def rewritten(page: Path, folder: Path) -> str:
    """The text of a page with what its commands print now; outputs with `...` are kept."""
    text = page.read_text(encoding="utf-8")
    for block in list(blocks(text)):
        if block.file:
            place(block, folder)
        elif block.language == "console":
            body = block.body
            for step in steps(block.body):
                got = run(step.command, folder)
                if "Traceback (most recent call last)" in got:
                    raise RuntimeError(f"{page.name}: `{step.command}` is broken:\n{got}")
                if not is_equal(step.output, got):
                    body = _replaced(body, step, got)
            text = text.replace(f"```console\n{block.body}```", f"```console\n{body}```", 1)
    return text


def _replaced(body: str, step: Step, got: str) -> str:
    """The console block with another output; the command keeps its line breaks."""
    at = 0
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE):
        if part and steps(part) == [step]:
            command = part[: len(part) - len(step.output)]
            return body[:at] + command + got + body[at + len(part) :]
        at += len(part)
    raise ValueError(f"no command '{step.command}'")


def main(arguments: list[str]) -> None:
    """Rewrites the pages that are named, or all."""
    import tempfile

    if arguments[:1] != ["--write"]:
        sys.exit("usage: python tests/snippets.py --write [PAGE...]")
    for page in [Path(name).resolve() for name in arguments[1:]] or pages():
        with tempfile.TemporaryDirectory() as folder:
            text = rewritten(page, Path(folder))
        if text != page.read_text(encoding="utf-8"):
            page.write_text(text, encoding="utf-8")
            print(page.relative_to(ROOT))


if __name__ == "__main__":
    main(sys.argv[1:])
