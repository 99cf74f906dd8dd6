"""Tokens of text, as GPT-2 and Llama 3 make them: neighbouring bytes, joined in a list's order.

A text is cut into words, each of which becomes its bytes; then the two neighbours that come first
in a list of pairs are joined, again and again. Files write bytes as characters that are printable.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

from rvx.paper.language.model import ModelError
from rvx.paper.language.tokens import Tokenizer, joined

_SPACE = "\\t-\\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""White space as Unicode has it; that of `re` has four control characters more."""


@cache
def _category(letter: str) -> str:
    """Characters whose general category begins with a letter, as within brackets of `re`.

    `re` has no names for these: its digits and word characters are others.
    """
    found, first = "", -1
    for code in range(sys.maxunicode + 2):
        is_in = code <= sys.maxunicode and unicodedata.category(chr(code))[0] == letter
        if is_in and first < 0:
            first = code
        elif not is_in and first >= 0:
            found += f"{chr(first)}-{chr(code - 1)}"
            first = -1
    return found


@cache
def _cuts(name: str) -> Sequence[re.Pattern[str]]:
    """What words are, one pattern after the other within what those before have cut off.

    Args:
        name: `tokenizer.ggml.pre` of a file.

    Raises:
        ModelError: the name is not known.
    """
    letter, number, space = _category("L"), _category("N"), _SPACE
    gpt2 = (
        f"'s|'t|'re|'ve|'m|'ll|'d| ?[{letter}]+| ?[{number}]+| ?[^{space}{letter}{number}]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )
    llama3 = (
        f"'(?:[sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD])|[^\r\n{letter}{number}]?[{letter}]+"
        f"|[{number}]{{1,3}}| ?[^{space}{letter}{number}]+[\r\n]*|[{space}]*[\r\n]+"
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )
    known = {"gpt-2": [gpt2], "llama-bpe": [llama3], "smollm": [f"[{number}]", gpt2]}
    if name not in known:
        raise ModelError(f"its words are those of {name!r}; rvx cuts text as {', '.join(known)}")
    return [re.compile(pattern) for pattern in known[name]]


def cut(text: str, name: str) -> list[str]:
    """The words of a text.

    Raises:
        ModelError: nobody cuts by this name.
    """
    pieces = [text]
    for pattern in _cuts(name):
        found: list[str] = []
        for piece in pieces:
            at = 0
            for word in pattern.finditer(piece):
                found += [piece[at : word.start()], word[0]]
                at = word.end()
            found.append(piece[at:])
        pieces = [piece for piece in found if piece]
    return pieces


def _alphabet() -> dict[str, int]:
    """Bytes by the character that stands for them: themselves, or else the next one above 255."""
    printable = [*range(ord("!"), 127), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    others = [byte for byte in range(256) if byte not in printable]
    found = {chr(byte): byte for byte in printable}
    return found | {chr(256 + i): byte for i, byte in enumerate(others)}


_BYTES = _alphabet()


def bytes_of(written: str) -> bytes:
    """The bytes that a token of a file stands for.

    Raises:
        ModelError: a character stands for none.
    """
    try:
        return bytes(_BYTES[character] for character in written)
    except KeyError as error:
        raise ModelError(f"{error} in {written[:40]!r} stands for no byte") from None


@dataclass(frozen=True)
class Pairs(Tokenizer):
    """Pieces by token, and pairs of them that are joined.

    Attributes:
        pieces: of each token.
        pairs: the first one is joined first.
        begin: the token that a text is given to begin with.
        end: the token after which nothing follows.
        cuts: how a text is cut into words, see `cut`.
        texts: tokens that text has, and not what is written for the model's own use.

    Raises:
        ModelError: a pair becomes no token.
    """

    pieces: Sequence[bytes]
    pairs: Sequence[tuple[bytes, bytes]]
    begin: int
    end: int
    cuts: str
    texts: Sequence[int]
    _numbers: dict[bytes, int] = field(default_factory=dict, repr=False)
    _ranks: dict[tuple[bytes, bytes], int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.check()
        _cuts(self.cuts)
        for token in self.texts:
            self._numbers.setdefault(self.pieces[token], token)
        for rank, pair in enumerate(self.pairs):
            if b"".join(pair) not in self._numbers:
                raise ModelError(f"{pair[0]!r} and {pair[1]!r} are joined to what is no token")
            self._ranks.setdefault(pair, rank)

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without the one that begins it.

        Raises:
            ModelError: there is none for one of its bytes.
        """
        found: list[int] = []
        known: dict[str, list[int]] = {}
        for word in cut(text, self.cuts):
            if word not in known:
                known[word] = self._word(word.encode(errors="surrogateescape"))
            found += known[word]
        return found

    def _word(self, word: bytes) -> list[int]:
        # Llama 3 has words that no pairs lead to.
        if self.cuts == "llama-bpe" and word in self._numbers:
            return [self._numbers[word]]
        found = []
        for part in joined([bytes([byte]) for byte in word], lambda *pair: self._ranks.get(pair)):
            if part not in self._numbers:
                raise ModelError(f"the model has no token for the byte 0x{part[0]:02x}")
            found.append(self._numbers[part])
        return found

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""
        return b"".join(self.pieces[token] for token in tokens).decode(errors="replace")
