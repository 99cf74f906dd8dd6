"""Extensions as a lexer of Pygments: assembly with their mnemonics and registers in documents."""

from __future__ import annotations

from collections.abc import Sequence

from rvx.export.target import Export
from rvx.export.textmate import mnemonics, registers
from rvx.isa import Extension

_TEXT = '''"""Assembly of RISC-V with @NAMES@; made by rvx isa export pygments."""

from pygments.lexer import RegexLexer, words
from pygments.token import Comment, Keyword, Name, Number, Punctuation, String, Text

__all__ = ["@CLASS@"]


class @CLASS@(RegexLexer):
    """Knows @NAMES@."""

    name = "RISC-V assembly with @NAMES@"
    aliases = ["@ALIAS@"]
    filenames = ["*.s", "*.S"]
    own = (
@OWN@    )
    registers = (
@REGISTERS@    )
    tokens = {
        "root": [
            (r"/\\*(.|\\n)*?\\*/", Comment.Multiline),
            (r"(#|//).*", Comment.Single),
            (r\'"(\\\\.|[^"\\\\])*"\', String),
            (r"([A-Za-z_.$][\\w.$]*|\\d+):", Name.Label),
            (r"\\.[a-z_]\\w*", Keyword.Pseudo),
            (words(own, prefix=r"(?<![\\w.])", suffix=r"(?![\\w.])"), Keyword.Reserved),
            (words(registers, prefix=r"(?<![\\w.])", suffix=r"(?![\\w.])"), Name.Builtin),
            (r"-?(0[xX][0-9a-fA-F]+|0[bB][01]+|\\d+)[bf]?(?![\\w.])", Number),
            (r"%[a-z_]+", Name.Function),
            (r"[A-Za-z_$][\\w.$]*", Name),
            (r"[-+*/(),<>|&^~=;@!]", Punctuation),
            (r"\\s+", Text),
        ],
    }
'''


def export(extensions: Sequence[Extension]) -> Export:
    """One module with a lexer for all of the extensions."""
    names = " and ".join(extension.name for extension in extensions)
    first = "".join(extension.name for extension in extensions)
    text = (
        _TEXT.replace("@NAMES@", names)
        .replace("@CLASS@", f"{first}Lexer")
        .replace("@ALIAS@", f"riscv-{first.lower()}")
        .replace("@OWN@", _tuple(mnemonics(extensions)))
        .replace("@REGISTERS@", _tuple(registers(extensions)))
    )
    return Export({f"{first.lower()}_lexer.py": text})


def _tuple(names: Sequence[str]) -> str:
    return "".join(f'        "{name}",\n' for name in names)
