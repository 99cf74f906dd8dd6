"""Tables for notebooks: what results show of themselves there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def html_table(header: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """A table; everything in it is text, the first column to the left and numbers to the right."""
    from html import escape

    def cells(tag: str, texts: Sequence[str]) -> str:
        sides = ["left", *["right"] * (len(texts) - 1)]
        return "".join(
            f'<{tag} style="text-align: {side}">{escape(text)}</{tag}>'
            for side, text in zip(sides, texts, strict=True)
        )

    lines = [f"<caption>{escape(caption)}</caption>", f"<tr>{cells('th', header)}</tr>"]
    lines += [f"<tr>{cells('td', row)}</tr>" for row in rows]
    return "<table>" + "\n".join(lines) + "</table>"
