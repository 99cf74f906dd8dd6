import json
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from rvx.cli.main import app


@dataclass(frozen=True)
class Outcome:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def document(self):
        return json.loads(self.out)


@pytest.fixture
def rvx(monkeypatch):
    """Runs a command line in this process."""
    monkeypatch.setenv("NO_COLOR", "1")

    def run(*arguments, stdin=None):
        result = CliRunner().invoke(app, [str(a) for a in arguments], input=stdin)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture
def source(tmp_path):
    """Writes a source and gives its path."""

    def write(text, name="test.s"):
        path = tmp_path / name
        path.write_text(text)
        return path

    return write


EXTENSION = '''
from rvx.isa import Extension

Xmac = Extension("Xmac", version="0.1", doc="A saturating integer MAC")


@Xmac.instruction("smac rd, rs1, rs2", "0000000 rs2 rs1 000 rd 1011011")
def smac(rd, rs1, rs2):
    """rd = rd + rs1 * rs2, clipped to 32 bits."""
    return min(max(rd + rs1 * rs2, -0x80000000), 0x7FFFFFFF)
'''


@pytest.fixture
def extension(tmp_path):
    path = tmp_path / "xmac.py"
    path.write_text(EXTENSION)
    return path
