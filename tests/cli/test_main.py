import subprocess
import sys
from typing import Annotated

import pytest
from click.testing import CliRunner

import rvx as package
from rvx.cli.declare import Argument, Option, command, command_line

HEAVY = ("numba", "numpy", "unicorn", "matplotlib", "lark", "elftools", "rich.console")


def run(*arguments):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=60
    )


def test_help_imports_nothing_heavy():
    code = (
        "import sys\n"
        "sys.argv = ['rvx', '--help']\n"
        "from rvx.cli.main import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    done = run("-c", code)
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "[]"


def test_help_lists_the_commands_and_the_exit_codes(rvx):
    done = rvx("--help")
    assert done.code == 0
    commands = done.out.partition("Commands:")[2]
    for name in ("asm", "dis", "run", "compare", "isa", "format", "cache", "version"):
        assert f"\n  {name} " in commands
    assert "4 guest trap, 5 limit reached" in " ".join(done.out.split())
    assert rvx("-h").out == done.out


@pytest.mark.parametrize(
    "command", ["asm", "dis", "run", "compare", "isa list", "isa show", "format", "cache clear"]
)
def test_every_command_explains_itself(rvx, command):
    done = rvx(*command.split(), "--help")
    assert done.code == 0
    assert done.out.startswith("Usage:")


def test_version(rvx):
    assert rvx("--version").out == f"rvx {package.__version__}\n"
    lines = rvx("version").out.splitlines()
    assert lines[0] == f"rvx {package.__version__}"
    assert any(line.startswith("unicorn 2.") for line in lines)
    document = rvx("version", "--json").document
    assert document["schema"] == "rvx.version/1"
    assert document["versions"]["rvx"] == package.__version__
    assert document["extensions"]["i"] == "2.1"


def test_an_unknown_command_or_option_is_a_usage_error(rvx):
    assert rvx("asn").code == 2
    assert "asn" in rvx("asn").err
    assert rvx("asm", "--nosuch").code == 2


def test_the_module_runs_as_a_program():
    done = run("-m", "rvx", "--version")
    assert (done.returncode, done.stdout) == (0, f"rvx {package.__version__}\n")


def test_errors_have_no_traceback():
    done = run("-m", "rvx", "run", "no/such/file.s")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "error: 'no/such/file.s': No such file or directory\n"


def test_the_cache_folder_can_be_named_and_deleted(rvx, tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("RVX_CACHE_DIR", str(folder))
    assert rvx("cache", "path").out == f"{folder}\n"
    folder.mkdir()
    (folder / "code").mkdir()
    assert rvx("cache", "clear").code == 0
    assert not folder.exists()
    assert rvx("cache", "clear").code == 0


@pytest.mark.parametrize(
    ("words", "again"),
    [
        (["--say", "a b", "x"], "made x --say 'a b'"),
        (
            ["-n", "-3", "--no-colour", "--say=-1", "--say", ""],
            "made --lines=-3 --say=-1 --say '' --no-colour",
        ),
        (["--json", "--", "-x", "$y"], "made -- -x '$y'"),
    ],
)
def test_a_command_knows_its_own_line(words, again):
    """Quoted for a shell; what only says how a result is told is left out."""

    def made(
        files: Annotated[list[str] | None, Argument(metavar="FILE", help="Any.")] = None,
        lines: Annotated[int, Option("--lines", "-n", help="Any.")] = 1,
        say: Annotated[list[str] | None, Option("--say", help="Any.")] = None,
        colour: Annotated[bool, Option("--colour/--no-colour", help="Any.")] = True,
        as_json: Annotated[bool, Option("--json", help="Any.")] = False,
    ) -> None:
        print(command_line())

    done = CliRunner().invoke(command(made, "made"), words)
    assert done.stdout == f"{again}\n"
