from pathlib import Path

import pytest
from click.testing import CliRunner

from rvx.cli.docs import command_page, generate
from rvx.cli.main import app
from rvx.errors import Exit

run = CliRunner().invoke


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reference")
    done = run(app, ["isa", "docs", str(folder)])
    assert done.exit_code == Exit.OK, done.output
    return folder


def test_all_pages_are_written(written: Path):
    files = {str(path.relative_to(written)) for path in written.rglob("*.*")}
    assert files == set(generate())
    assert {"cli.md", "formats.md", "instructions/index.md", "instructions/xposit.md"} <= files


def test_fresh_pages_pass_the_check(written: Path):
    assert run(app, ["isa", "docs", str(written), "--check"]).exit_code == Exit.OK


def test_the_check_names_stale_and_superfluous_pages_and_leaves_them(tmp_path: Path):
    run(app, ["isa", "docs", str(tmp_path)])
    stale, odd = tmp_path / "formats.md", tmp_path / "instructions" / "gone.md"
    stale.write_text("old")
    odd.write_text("old")
    done = run(app, ["isa", "docs", str(tmp_path), "--check"])
    assert done.exit_code == Exit.FAILED
    assert "formats.md, gone.md" in done.output
    assert stale.read_text() == "old"
    done = run(app, ["isa", "docs", str(tmp_path)])
    assert "1 of them changed" in done.output
    assert not odd.exists()


def test_pages_of_an_own_extension_stand_alone(tmp_path: Path):
    own = tmp_path / "own.py"
    own.write_text(
        "from rvx.isa import Extension\n"
        "Xpage = Extension('Xpage', version='2.1')\n"
        "Xpage.encoding('turn rd', '000000000000 00000 000 rd 1011011', doc='Turns around.')\n"
    )
    folder = tmp_path / "pages"
    folder.mkdir()
    command = ["isa", "docs", str(folder), "--ext", str(own)]
    assert run(app, [*command, "--check"]).exit_code == Exit.FAILED
    done = run(app, command)
    assert "1 page in " in done.output
    assert [path.name for path in folder.iterdir()] == ["xpage.md"]
    assert "### turn\n" in (folder / "xpage.md").read_text()
    assert run(app, [*command, "--check"]).exit_code == Exit.OK


def test_a_missing_folder_is_a_usage_problem(tmp_path: Path):
    done = run(app, ["isa", "docs", str(tmp_path / "none")])
    assert done.exit_code == Exit.USAGE
    assert "there is no folder" in done.output


def test_every_command_and_exit_code_is_on_the_page():
    page = command_page()
    root = app
    for name, command in root.commands.items():
        names = [f"{name} {sub}" for sub in getattr(command, "commands", [])] or [name]
        assert all(f"## rvx {each}\n" in page for each in names)
    assert all(f"| {int(code)} | " in page for code in Exit)
    assert "| `--seed` | Of the random inputs. | `0` |" in page
