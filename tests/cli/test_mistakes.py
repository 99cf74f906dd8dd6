"""Every command, given hundreds of generated mistakes, ends with a sentence; see `mistakes.py`."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("mistakes.py")


def answered(*options):
    """The last line of a run, in which every mistake was answered well."""
    words = [sys.executable, str(SCRIPT), *map(str, options)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize("seed", [0, 160])
def test_every_command_answers_every_kind_of_mistake(seed):
    last = answered("--seed", seed, "--count", 160)
    assert last.startswith(f"160 mistakes from seed {seed}, 0 not answered well; by exit code ")


def test_a_wrong_answer_is_seen(tmp_path, monkeypatch):
    """A command that fails with a traceback, in Python's words, or writes half a file."""
    monkeypatch.syspath_prepend(str(SCRIPT.parent))
    monkeypatch.chdir(tmp_path)
    import mistakes

    Path("out").write_bytes(b"half")
    made = mistakes.Mistake(0, ["asm", "ok.s", "--json"])
    for code, err, out, complaints in [
        (2, "error: a sentence\n", "{}", ["out was written, although the command failed"]),
        (70, "error: no\n", "{}", ["exit code 70"]),
        (4, "error: 'x' has no attribute y\n", "{}", ["Python's words: has no attribute"]),
        (4, "Traceback (most\n", "{", ["a traceback", "no line", "Python's", "a failure without"]),
        (1, "", "{}", ["it fails without a word", "no line that begins with 'error: '"]),
        (4, "error: a sentence\n", "{}", []),
        (0, "", "anything", []),
    ]:
        done = mistakes.Outcome(code, out, err)
        mistakes.judge(made, done)
        assert len(done.complaints) == len(complaints), (err, done.complaints)
        for said, complaint in zip(done.complaints, complaints, strict=True):
            assert said.startswith(complaint)


@pytest.mark.long
def test_an_hour_of_mistakes():
    """An hour of mistakes, other ones each day: some 15,000 on an idle machine."""
    import time

    seed = int(time.time()) // 86400 * 1_000_000
    assert ", 0 not answered well; " in answered("--seed", seed, "--seconds", 3600)
