"""Tokens of text: what all kinds have in common, and pieces with scores.

As SentencePiece and llama2.c make tokens, a text becomes characters, and the two neighbours whose
joint piece has the best score are joined, again and again; of equal ones the first. What is no
piece becomes its bytes, where there are tokens for these, or else the token for what is unknown.
"""

from __future__ import annotations

import heapq
import math
import re
import struct
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rvx.paper.language.model import ModelError

UNKNOWN, BEGIN, END = 0, 1, 2
_BYTE = re.compile(rb"<0x([0-9A-F]{2})>")
_LONGEST = 1 << 20


class Tokenizer(ABC):
    """What makes tokens of text, and text of tokens.

    Attributes:
        pieces: of each token.
        begin: the token that every text begins with.
        end: the token after which nothing follows.
    """

    pieces: Sequence[bytes]
    begin: int
    end: int

    def check(self) -> None:
        """Whether there are the tokens that begin and end a text.

        Raises:
            ModelError: there is one of them not.
        """
        for name in ("begin", "end"):
            if not 0 <= getattr(self, name) < len(self.pieces):
                raise ModelError(f"its token to {name} with is none of {len(self.pieces)}")

    @abstractmethod
    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without the one that begins it."""

    @abstractmethod
    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens."""


def joined(parts: list[bytes], rank: Callable[[bytes, bytes], float | None]) -> list[bytes]:
    """Parts of a text, after the neighbours of the lowest rank are joined, again and again.

    Of equal ones the first are. With a heap of candidates that is N log N.

    Args:
        parts: what there is at the beginning; it is lost.
        rank: of two neighbours; None for those that are not joined.
    """
    # Neighbours by index, so that joining two costs the same in a long text.
    after = [*range(1, len(parts)), -1]
    before = [-1, *range(len(parts) - 1)]
    best: list[tuple[float, int, bytes, bytes]] = []

    def consider(i: int) -> None:
        if i >= 0 and after[i] >= 0:
            pair = parts[i], parts[after[i]]
            found = rank(*pair)
            if found is not None:
                heapq.heappush(best, (found, i, *pair))

    for i in range(len(parts)):
        consider(i)
    while best:
        _, i, left, right = heapq.heappop(best)
        j = after[i]
        # One of the two has been joined to another since.
        if j < 0 or (parts[i], parts[j]) != (left, right):
            continue
        parts[i], parts[j] = left + right, b""
        after[i] = after[j]
        if after[j] >= 0:
            before[after[j]] = i
        consider(before[i])
        consider(i)
    return [part for part in parts if part]


@dataclass(frozen=True)
class Scored(Tokenizer):
    """Pieces with scores.

    Attributes:
        pieces: of each token, in UTF-8; `<0x41>` is a single byte.
        scores: of each.
        begin: the token that every text begins with.
        end: the token after which nothing follows.
        adds_space: whether a text begins with a space.
    """

    pieces: Sequence[bytes]
    scores: Sequence[float]
    begin: int = BEGIN
    end: int = END
    adds_space: bool = True
    _numbers: dict[bytes, int] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self.check()
        for token, piece in enumerate(self.pieces):
            self._numbers.setdefault(piece, token)

    def encode(self, text: str) -> list[int]:
        """The tokens of a text, without the one that begins it."""
        if not text:
            return []
        given = " " + text if self.adds_space else text
        found: list[int] = []
        for part in joined([character.encode() for character in given], self._rank):
            found += self._tokens_of(part)
        return found

    def _rank(self, left: bytes, right: bytes) -> float | None:
        token = self._numbers.get(left + right)
        return None if token is None else -self.scores[token]

    def _tokens_of(self, part: bytes) -> list[int]:
        token = self._numbers.get(part)
        if token is not None:
            return [token]
        each = [self._numbers.get(b"<0x%02X>" % byte, UNKNOWN) for byte in part]
        return each if UNKNOWN not in each else [UNKNOWN]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens, without the space that a text is begun with."""
        found = b""
        for token in tokens:
            piece = self.pieces[token]
            single = _BYTE.fullmatch(piece)
            found += bytes([int(single[1], 16)]) if single else piece
        text = found.decode(errors="replace")
        return text.removeprefix(" ") if self.adds_space else text


def of_characters(text: str) -> Scored:
    """One token a character of the text, behind the three that are always there."""
    pieces = [b"<unk>", b"\n<s>\n", b"\n</s>\n"]
    pieces += [character.encode() for character in sorted({" ", *text})]
    return Scored(pieces, [0.0] * len(pieces))


def read(path: Path, vocabulary: int) -> Scored:
    """A file `tokenizer.bin` of llama2.c.

    Args:
        path: of the file.
        vocabulary: how many tokens the model has.

    Raises:
        ModelError: it is no such file.
        OSError: it cannot be read.
    """
    data = path.read_bytes()
    pieces: list[bytes] = []
    scores: list[float] = []
    at = 4
    try:
        for _ in range(vocabulary):
            score, length = struct.unpack_from("<fi", data, at)
            at += 8
            if not 0 <= length <= _LONGEST:
                raise ModelError(f"token {len(pieces)} has a length of {length}")
            if not math.isfinite(score):
                raise ModelError(f"token {len(pieces)} has the score {score}")
            (piece,) = struct.unpack_from(f"{length}s", data, at)
            pieces.append(piece)
            scores.append(score)
            at += length
        if at != len(data):
            raise ModelError(
                f"{len(data) - at:,} bytes follow the {vocabulary:,} tokens of the model"
            )
        return Scored(pieces, scores)
    except ModelError as error:
        said = str(error)
    except struct.error:
        said = f"it ends after {len(pieces):,} tokens, and the model has {vocabulary:,}"
    raise ModelError(f"'{path}' is no tokenizer of the model: {said}")


def encode_file(tokenizer: Scored) -> bytes:
    """The bytes of a file `tokenizer.bin`."""
    found = struct.pack("<i", max(map(len, tokenizer.pieces)))
    for piece, score in zip(tokenizer.pieces, tokenizer.scores, strict=True):
        found += struct.pack("<fi", score, len(piece)) + piece
    return found
