"""Bit diagrams of instructions as SVG, for documents and slides."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from rvx.export.diagram import boxes
from rvx.export.target import Export
from rvx.isa import Extension, Instruction

_BIT, _HEIGHT, _TOP, _FONT = 24, 32, 36, 13


def export(extensions: Sequence[Extension]) -> Export:
    """One picture for each instruction."""
    made = Export()
    for extension in extensions:
        for instruction in extension.instructions.values():
            name = re.sub(r"[^\w.]", "_", instruction.mnemonic)
            if len(instruction.xlens) == 1:
                name += f".rv{instruction.xlens[0]}"
            made.files[f"{extension.name.lower()}-{name}.svg"] = picture(instruction)
    return made


def picture(made: Instruction) -> str:
    """The word with its bits numbered, and what stands in them."""
    bits = made.pattern.bits
    width = bits * _BIT + 2
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{_TOP + _HEIGHT + 2}" '
        f'viewBox="0 0 {width} {_TOP + _HEIGHT + 2}" font-family="monospace" '
        f'font-size="{_FONT}" text-anchor="middle">',
        f"<title>{escape(made.syntax.shape)}</title>",
        f'<text x="1" y="14" text-anchor="start">{escape(made.syntax.shape)}</text>',
    ]
    for box in boxes(made):
        left = 1 + (bits - 1 - box.high) * _BIT
        size = (box.high - box.low + 1) * _BIT
        is_fixed = set(box.text) <= set("01()")
        fill = "#e8e8e8" if is_fixed else "#ffffff"
        parts.append(
            f'<rect x="{left}" y="{_TOP}" width="{size}" height="{_HEIGHT}" '
            f'fill="{fill}" stroke="#000000"/>'
        )
        for bit in {box.high, box.low}:
            at = left + (box.high - bit) * _BIT + _BIT // 2
            parts.append(f'<text x="{at}" y="{_TOP - 5}" font-size="10">{bit}</text>')
        if is_fixed:
            for i, digit in enumerate(box.text.strip("()")):
                at = left + i * _BIT + _BIT // 2
                parts.append(f'<text x="{at}" y="{_TOP + 21}">{digit}</text>')
        else:
            # A long name in a narrow box is squeezed: it may not run over its neighbours.
            room = "" if len(box.text) * 8 < size else f' textLength="{size - 4}"'
            adjust = ' lengthAdjust="spacingAndGlyphs"' if room else ""
            parts.append(
                f'<text x="{left + size // 2}" y="{_TOP + 21}"{room}{adjust}>'
                f"{escape(box.text)}</text>"
            )
    return "\n".join([*parts, "</svg>", ""])
