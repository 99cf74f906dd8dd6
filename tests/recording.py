"""The recording of the first tutorial: a terminal with its first commands, as an SVG.

What the terminal shows is on the page of the tutorial, where `tests/snippets.py` holds it to what
the commands print. `python tests/recording.py` draws it anew.
"""

from __future__ import annotations

import html
import io
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "tutorial" / "first-instruction.md"
PICTURE = ROOT / "docs" / "first-instruction.svg"
_WIDTH = 84
_SHOWN = ("rvx isa show", "rvx run dot.s --ext sat.py --count")


def lines() -> list[str]:
    """What the terminal shows: the declaration, and the commands with their output."""
    sys.path.insert(0, str(ROOT))
    from tests.snippets import blocks, steps

    page = list(blocks(PAGE.read_text()))
    declared = next(block for block in page if block.file == "sat.py")
    shown = ["$ cat sat.py", *declared.body.rstrip().splitlines()]
    for block in page:
        for step in steps(block.body) if block.language == "console" else ():
            if step.command.startswith(_SHOWN):
                shown += [f"$ {step.command}", *step.output.rstrip().splitlines()]
    return shown


def draw() -> str:
    """The picture."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=_WIDTH, file=io.StringIO(), force_terminal=True)
    for line in lines():
        is_command = line.startswith("$ ")
        console.print(Text(line, style="bold green" if is_command else ""), soft_wrap=False)
    return console.export_svg(title="rvx: your first instruction", unique_id="rvx")


def text_of(picture: str) -> list[str]:
    """The lines in a picture, without blanks at their ends; empty ones are not in it."""
    rows: dict[float, list[tuple[float, str]]] = {}
    pattern = r'<text class="rvx-r\d+" x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>'
    for x, y, text in re.findall(pattern, picture):
        rows.setdefault(float(y), []).append((float(x), html.unescape(text)))
    joined = ("".join(text for _, text in sorted(rows[y])) for y in sorted(rows))
    return [line.replace("\xa0", " ").rstrip() for line in joined if line.strip()]


if __name__ == "__main__":
    PICTURE.write_text(draw())
