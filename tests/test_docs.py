"""The documentation says what is so: generated pages, snippets, fields, links and commands."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click import Context

from . import recording
from .snippets import ROOT, blocks, check, is_equal, pages, run, steps

REFERENCE = ROOT / "docs" / "reference"
JSON_TYPES = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    type(None): "null",
}


def names(page: Path) -> str:
    return str(page.relative_to(ROOT))


def test_generated_pages_are_up_to_date():
    """Those in git: the pages of instructions are made when the documentation is built."""
    from rvx.cli.docs import generate

    kept = {name: text for name, text in generate().items() if "/" not in name}
    assert {name for name, text in kept.items() if (REFERENCE / name).read_text() != text} == set()


@pytest.mark.parametrize("page", pages(), ids=names)
def test_snippets_print_what_the_page_says(page: Path, tmp_path: Path):
    assert "\n".join(check(page, tmp_path)) == ""


@pytest.mark.parametrize("page", [*pages(), ROOT / "CONTRIBUTING.md"], ids=names)
def test_links_lead_somewhere(page: Path):
    text = re.sub(r"^```.*?^```$", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    targets = [(page.parent / link).resolve() for link in links if "://" not in link]
    assert [str(target) for target in targets if not (target.exists() or is_made(target))] == []


def is_made(target: Path) -> bool:
    """Whether this is a page of instructions: these are made when the documentation is built."""
    from rvx.cli.docs import generate

    return target in {REFERENCE / name for name in generate()}


def test_extensions_of_the_gallery_are_short():
    page = (ROOT / "docs" / "howto" / "gallery.md").read_text()
    lines = {b.file: len(b.body.splitlines()) for b in blocks(page) if b.file.endswith(".py")}
    assert len(lines) == 8
    assert max(lines.values()) < 40


def test_the_recording_shows_the_tutorial():
    """Written by `python tests/recording.py`."""
    shown = recording.text_of(recording.PICTURE.read_text())
    assert shown == [line.rstrip() for line in recording.lines() if line.strip()]
    assert len(shown) > 30


def test_the_citation_is_of_this_version():
    from rvx import __version__

    text = (ROOT / "CITATION.cff").read_text()
    fields = dict(re.findall(r"^([a-z-]+): *(.*)$", text, re.MULTILINE))
    # What the schema 1.2.0 of the Citation File Format requires, and the version of the package.
    assert {"cff-version", "message", "title", "authors"} <= fields.keys()
    assert (fields["cff-version"], fields["version"]) == ("1.2.0", __version__)
    assert fields["license"] in (ROOT / "pyproject.toml").read_text()
    assert __version__ in (ROOT / "CHANGELOG.md").read_text()


def test_the_walk_of_contributing_is_in_the_tree():
    """Files that the page names are there, and hold the code that it shows of them."""
    text = (ROOT / "CONTRIBUTING.md").read_text()
    named: list[Path] = []
    shown = 0
    for part in re.split(r"^(```python\n.*?^```)$", text, flags=re.MULTILINE | re.DOTALL):
        if part.startswith("```python"):
            assert part[len("```python\n") : -len("```")] in named[-1].read_text()
            shown += 1
        else:
            found = re.findall(r"`((?:rvx|tests|programs|docs)/[\w/.]+)`", part)
            named += [ROOT / name for name in found]
    assert shown == 2
    assert [str(path) for path in named if not path.exists()] == []
    assert len(named) > 10


# What the README promises.


def command_of(name: str) -> str:
    """The block of the README that follows the comment with its name, as .ci/run takes it."""
    found = re.search(
        rf"^<!-- command: {name} -->$.*?^```sh\n(.*?)\n```$",
        (ROOT / "README.md").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", ["compare", "tests"])
def test_continuous_integration_runs_the_commands_of_the_readme(name: str):
    script = (ROOT / ".ci" / "run").read_text()
    assert f"run_readme_command {name}" in script
    extracted = re.search(r"readme_command\(\) \{\n.*?^\}$", script, re.MULTILINE | re.DOTALL)
    assert extracted is not None
    shell = f"{extracted[0]}\nreadme_command {name}"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=ROOT, text=True, check=True, stdout=subprocess.PIPE
    )
    assert done.stdout.strip() == command_of(name)


def simple_commands(line: str) -> Iterator[list[str]]:
    """The words of each command of a shell line."""
    words: list[str] = []
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    for word in lexer:
        if set(word) <= set("|&;<>()"):
            yield words
            words = []
        else:
            words.append(word)
    yield words


def written_commands(page: Path) -> Iterator[list[str]]:
    """The words of every rvx command that a page mentions in a code span or a shell block."""
    text = page.read_text()
    for block in blocks(text):
        if block.language == "console":
            for step in steps(block.body):
                yield from simple_commands(step.command)
        elif block.language == "sh":
            yield from simple_commands(block.body)
    for span in re.findall(r"`((?:\.venv/bin/)?rvx [^`]*)`", text):
        yield shlex.split(span)


@pytest.mark.parametrize("page", pages(), ids=names)
def test_commands_and_options_that_a_page_mentions_exist(page: Path):
    from rvx.cli.main import app

    for words in written_commands(page):
        if not words or Path(words[0]).name != "rvx":
            continue
        found: Any = app
        rest = words[1:]
        while rest and hasattr(found, "commands") and not rest[0].startswith("-"):
            assert rest[0] in found.commands, words
            found = found.commands[rest.pop(0)]
        if not found.allow_interspersed_args:  # what follows is another program's command line
            parsed, _, _ = found.make_parser(Context(found)).parse_args([*rest])
            beyond = parsed.get("command")  # Click has a word of its own for "none"
            rest = rest[: -len(beyond)] if isinstance(beyond, list | tuple) else rest
        known = {"-h", "--help"}
        known |= {name for each in found.params for name in (*each.opts, *each.secondary_opts)}
        assert [w for w in rest if re.match(r"--?[a-z]", w) and w not in known] == [], words


# Fields of JSON documents.


def documented(schema: str) -> dict[str, set[str]]:
    """The types of every field of a schema, as the reference has them."""
    text = (REFERENCE / "json.md").read_text()
    section = text.split(f"## {schema}\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| ([a-z ]+) \|", section, re.MULTILINE)
    return {field: set(types.split(" or ")) for field, types in rows}


def fields(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Path and type of every leaf of a document; an empty array or object has none."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from fields(inner, f"{path}\0{key}" if path else key)
    elif isinstance(value, list):
        for inner in value:
            yield from fields(inner, f"{path}[]")
    else:
        yield path, JSON_TYPES[type(value)]


def described(path: str, known: dict[str, set[str]]) -> str | None:
    """The documented field that a path is."""
    for field in known:
        pattern = re.escape(field).replace(r"\.", "\0").replace(r"\*", "[^\0]+")
        if re.fullmatch(pattern, path):
            return field
    return None


SOURCES = {
    "good.s": "_start: li a0, 0\n padd.s pt0, pt0, pt0\n li a7, 93\n ecall\n",
    "wild.s": "_start: lw a0, 0(zero)\n",
    "odd.s": "_start: ret\n .word 0xffffffff\n",
    "warned.s": ".data\n .byte 300\n",
    "wrong.s": ".macro m\n addd a0\n .endm\n m\n",
    "called.s": "_start: call far\n",
    "loop.s": "_start: li a0, 3\nagain: addi a0, a0, -1\n bnez a0, again\n call end\n"
    "end: li a7, 93\n ecall\n",
    "vector.s": "_start: li a0, 4\n vsetvli t0, a0, e8, m1, ta, ma\n vle8.v v8, (sp)\n"
    " vadd.vv v8, v8, v8\n li a0, 0\n li a7, 93\n ecall\n",
    "numbers.s": "_start: la a0, data\n flw fa0, 0(a0)\n flw fa1, 4(a0)\n fadd.s fa1, fa1, fa0\n"
    " fround.s fa2, fa1\n fdiv.s fa3, fa1, fa4\n li a0, 0\n li a7, 93\n ecall\n"
    " .data\ndata: .float 1.5, 0x1p-30\n",
    "kernel.toml": 'extends = "gemm"\n[variants.wrong]\nmarch = "rv64gc"\ndoc = "wrong"\n'
    'arithmetic = "f64"\n',
}
SOURCES["model.py"] = """
from pathlib import Path
import numpy as np
from rvx.paper.language import llama2c, model, tokens
words = tokens.of_characters("abcdefghijklmnopqrstuvwxyz0123456789,:_\\n")
shape = model.Shape(8, 8, 1, 2, 1, len(words.pieces), 8)
rng = np.random.default_rng(0)
weights = {k: rng.normal(0, 1, d).astype("f4") for k, d in shape.dimensions().items()}
Path("model.bin").write_bytes(llama2c.encode(model.Model(shape, weights)))
Path("tokenizer.bin").write_bytes(tokens.encode_file(words))
"""
COMMANDS = {
    "rvx.run/1": [
        "run good.s --json",
        "run wild.s --json",
        "run vector.s --json",
        "run good.s --core snitch --json",
    ],
    "rvx.kernels/1": ["compare --list --json"],
    "rvx.search/1": [
        "search int -o found -p bits=2:4 --json",
        "search gemm -o wrong -p M=2 -p N=2 -p K=2 -p variant=f32 --distribution wide "
        "--range 1e300 --json",
    ],
    "rvx.profile/1": [
        f"run {name} --profile p.json > /dev/null; cat p.json" for name in ("good.s", "loop.s")
    ],
    "rvx.compare/1": [
        "compare gemm -p M=2 -p N=2 -p K=4 --variant f32 --json",
        "compare . -p M=2 -p N=2 -p K=4 --variant wrong --json || test $? = 3",
        "compare maxpool -p C=1 -p H=2 -p W=2 --variant f32 --json",
        "compare gemm -p M=1 -p N=1 -p K=4 --variant posit32 --core snitch --json",
        "compare gemm -p M=1 -p N=1 -p K=2000 --variant f32 --json",
        "compare gemm -p M=1 -p N=1 -p K=4 --variant f16_exsdotp --range 1e30 --json",
        "compare gemm -p M=1 -p N=1 -p K=4 --variant f64 --range 1e300 --json",
    ],
    "rvx.shadow/1": [
        f"run numbers.s --march rv64gc_zfa --shadow {mode} --json | "
        "python -c 'import json, sys; print(json.dumps(json.load(sys.stdin)[\"shadow\"]))'"
        for mode in ("exact", "float64")
    ],
    "rvx.sweep/1": ["sweep gemm -p M=N=K=4 --variant f32 -o rows --json"],
    "rvx.lm/1": [
        "version > /dev/null; python model.py; rvx lm model.bin --scheme f32 --json --text good.s "
        "--tokens 2 --prompt l --say 1",
        "lm model.bin --scheme int8 --json --prompt l --say 1",
    ],
    "rvx.train/1": [
        "train f32 --seeds 2 --epochs 1 --json",
        "train f32 --text model.py --shape 8,1,2,8,16,1 --seeds 1 --epochs 1 --json",
    ],
    "rvx.paper.spectrum/1": ["paper ieee-spectrum --size 8 --images 8 --json"],
    "rvx.asm/1": ["asm good.s --json", "asm warned.s --json"],
    "rvx.error/1": ["run good.s --tier 9 --json || test $? = 2", "isa list --json --no || true"],
    "rvx.diagnostics/1": ["asm wrong.s --json || test $? = 3"],
    "rvx.dis/1": [
        "dis 0x0000000b 0xffff 0x0 --json",
        "asm -c -g called.s -o called.o && rvx dis called.o --json",
    ],
    "rvx.trace.diff/1": [
        "run loop.s --trace a && rvx diff-trace a a --json",
        "asm -g loop.s -o loop.elf && rvx run loop.elf --trace a && head -4 a > b"
        " && { rvx diff-trace a b --program loop.elf --json || test $? = 1; }",
        "diff-trace b a --program loop.elf --json || test $? = 1",
    ],
    "rvx.isa.check/1": ["isa check xssr --operands 0 --json"],
    "rvx.isa.export/1": ["isa export json --ext xposit --ext zicsr --ext f"],
    "rvx.isa.list/1": ["isa list --json", "isa list xposit --json"],
    "rvx.isa.show/1": ["isa show padd.s --json"],
    "rvx.format/1": ["format posit16 3.14 --json", "format posit16 0x8000 --json"],
    "rvx.format.block/1": ["format --json nvfp4 3.14 -- -2", "format vsq4-v16-mfp 1 --json"],
    "rvx.dot/1": ["dot fma-bfloat16 --seeds 2 --lengths 8,9 --json", "dot --seeds 1 --json"],
    "rvx.dot.network/1": ["dot exact-bfloat16 fma-bfloat16 --network mlp --json"],
    "rvx.dot.study/1": ["dot --study NVFP4 --seeds 1 --json", "dot --study MXFP4 --seeds 2 --json"],
    "rvx.paper.vsq/1": ["paper vsq --network mlp --scheme int8 --images 8 --sqnr --json"],
    "rvx.paper.exsdotp/1": ["paper exsdotp --lengths 8,500 --seeds 3 --json"],
    "rvx.paper.matrix-drafts/1": [
        "paper matrix-drafts Zvdot4a xvsq --vlen 256 --size 8 --depth 8 --backend python --json",
        "paper matrix-drafts zvvm Zvt --vlen 128 --size 8 --depth 8 --backend python --json",
    ],
    "rvx.paper.percival/1": [
        "paper percival --sizes 4,16 --ranges 1 --seeds 1 --json",
        "paper percival --sizes 16 --ranges 1 --seeds 2 --json",
    ],
    "rvx.version/1": ["version --json"],
}


@pytest.mark.parametrize("schema", COMMANDS)
def test_json_documents_have_the_documented_fields(schema: str, tmp_path: Path):
    for name, source in SOURCES.items():
        (tmp_path / name).write_text(source)
    known = documented(schema)
    seen = set()
    for command in COMMANDS[schema]:
        document = json.loads(run(f"{{ rvx {command}; }} 2>/dev/null", tmp_path))
        assert document["schema"] == schema
        for path, kind in fields(document):
            field = described(path, known)
            assert field is not None, f"{command}: {path} is not documented"
            allowed = known[field]
            is_whole = kind == "integer" and "number" in allowed
            assert "any" in allowed or kind in allowed or is_whole, f"{command}: {path} is {kind}"
            seen.add(field)
    assert set(known) == seen


def test_every_schema_is_documented():
    written = set()
    for path in (ROOT / "rvx").rglob("*.py"):
        written |= set(re.findall(r'"(rvx\.[a-z.-]+/\d+)"', path.read_text()))
    assert written == set(COMMANDS)


# The machinery of the snippets itself.


@pytest.mark.parametrize(
    ("expected", "got", "equal"),
    [
        ("a\n", "a\n", True),
        ("a\n", "b\n", False),
        ("a\n...\nz\n", "a\nb\nc\nz\n", True),
        ("a\n...\nz\n", "a\nb\nc\n", False),
        ("took 0.12 s\n", "took 3.45 s\n", True),
        ("took 0.12 s\n", "took 3 h\n", False),
    ],
)
def test_outputs_are_compared(expected: str, got: str, equal: bool):
    assert is_equal(expected, got) is equal


def test_a_wrong_page_is_noticed(tmp_path: Path):
    page = ROOT / "docs" / "index.md"
    wrong = tmp_path / "wrong.md"
    wrong.write_text("```console\n$ echo 1\n2\n```\n\n```python\n>>> 1 + 1\n3\n```\n")
    assert check(page, tmp_path) == []
    found = check(wrong, tmp_path)
    assert len(found) == 2
    assert "`echo 1` prints\n1\nand not\n2" in found[0]
    assert "Expected:\n    3\nGot:\n    2" in found[1]


def test_files_of_a_page_are_named_before_the_block():
    (block,) = blocks("Text.\n\n`x/y.s`:\n\n```text\nnop\n```\n")
    assert (block.file, block.body) == ("x/y.s", "nop\n")
    (block,) = blocks("Look at `y.s`:\n\n```text\nnop\n```\n")
    assert block.file == ""


def test_python_is_the_one_of_the_tests(tmp_path: Path):
    assert run("python -c 'import sys; print(sys.executable)'", tmp_path) == f"{sys.executable}\n"
