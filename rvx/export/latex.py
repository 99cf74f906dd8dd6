"""Extensions as a LaTeX table of bit diagrams, as those of the ISA manual."""

from __future__ import annotations

from collections.abc import Sequence

from rvx.export.diagram import boxes
from rvx.export.target import Export
from rvx.isa import Extension, Instruction

_SPECIAL = str.maketrans(
    {
        **{letter: f"\\{letter}" for letter in "&%$#_{}"},
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
        "\\": r"\textbackslash{}",
        "<": r"\textless{}",
        ">": r"\textgreater{}",
        "|": r"\textbar{}",
    }
)


def export(extensions: Sequence[Extension]) -> Export:
    """One table for each extension and width of words; it needs the package longtable."""
    made = Export()
    for extension in extensions:
        parts = []
        for bits in (16, 32, 48, 64):
            chosen = [m for m in extension.instructions.values() if m.pattern.bits == bits]
            if chosen:
                parts.append(_table(extension, chosen, bits))
        if parts:
            made.files[f"{extension.name.lower()}.tex"] = "\n".join(parts)
    return made


def escaped(text: str) -> str:
    """A text that means itself."""
    return text.translate(_SPECIAL)


def _table(extension: Extension, chosen: Sequence[Instruction], bits: int) -> str:
    lines = [
        f"% {extension.name} {extension.version}, words of {bits} bits; \\usepackage{{longtable}}",
        r"{\setlength{\tabcolsep}{1pt}\scriptsize\ttfamily",
        f"\\begin{{longtable}}{{|*{{{bits}}}{{c}}|l}}",
        f"\\multicolumn{{{bits}}}{{l}}{{\\textrm{{{escaped(extension.name)}}}}} & \\\\",
        r"\endhead",
    ]
    for made in chosen:
        numbers, contents = [], []
        for i, box in enumerate(boxes(made)):
            size = box.high - box.low + 1
            edge = "|c|" if i == 0 else "c|"
            ends = str(box.high) if size == 1 else f"{box.high}\\hfill {box.low}"
            numbers.append(f"\\multicolumn{{{size}}}{{c}}{{\\tiny {ends}}}")
            contents.append(f"\\multicolumn{{{size}}}{{{edge}}}{{{escaped(box.text)}}}")
        lines.append(" & ".join([*numbers, ""]) + r"\\")
        lines.append(rf"\cline{{1-{bits}}}")
        lines.append(" & ".join([*contents, f" {escaped(made.syntax.shape)}"]) + r" \\")
        lines.append(rf"\cline{{1-{bits}}}")
    return "\n".join([*lines, r"\end{longtable}}", ""])
