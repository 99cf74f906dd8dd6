import random

import pytest

from rvx.paper.language import tokens
from rvx.paper.language.model import ModelError
from rvx.paper.language.tokens import Scored

PIECES = ["<unk>", "\n<s>\n", "\n</s>\n", *" abcdeé", "ab", "abc", "bc", "cd", "de", " a", "abcd"]
SCORES = [0, 0, 0, *[-1] * 7, -3, -2, -2.5, -2.5, -9, -4, -8]


def made(*more: str) -> Scored:
    pieces = [piece.encode() for piece in (*PIECES, *more)]
    return Scored(pieces, [*map(float, SCORES), *[0.0] * len(more)])


def slowly(tokenizer: Scored, text: str) -> list[bytes]:
    """As run.c does it: look at all neighbours, join the best, begin again."""
    parts = [character.encode() for character in " " + text]
    scores = dict(zip(tokenizer.pieces, tokenizer.scores, strict=True))
    while True:
        best, at = -1e10, -1
        for i in range(len(parts) - 1):
            score = scores.get(parts[i] + parts[i + 1])
            if score is not None and score > best:
                best, at = score, i
        if at < 0:
            return parts
        parts[at : at + 2] = [parts[at] + parts[at + 1]]


def test_neighbours_are_joined_as_run_c_joins_them():
    tokenizer, rng = made(), random.Random(3)
    for _ in range(300):
        text = "".join(rng.choices("abcde é", k=rng.randrange(1, 30)))
        found = [tokenizer.pieces[token] for token in tokenizer.encode(text)]
        assert found == slowly(tokenizer, text)
        assert tokenizer.decode(tokenizer.encode(text)) == text
    assert tokenizer.encode("") == []


def test_a_long_text_takes_no_squares():
    tokenizer = made()
    assert len(tokenizer.encode("abcd" * 10_000)) == 1 + 10_000


def test_what_is_no_piece():
    assert made().encode("aX") == [15, 0]
    with_bytes = made("<0xC3>", "<0xBC>")
    assert with_bytes.encode("ü") == [3, 17, 18]
    assert with_bytes.decode([3, 17, 18, 4]) == "üa"
    assert with_bytes.encode("ö") == [3, 0]  # of its two bytes one has no token
    assert made("<0xC3>").decode([17]) == "�"


def test_files(tmp_path):
    path = tmp_path / "tokenizer.bin"
    tokenizer = made()
    data = tokens.encode_file(tokenizer)
    path.write_bytes(data)
    assert tokens.read(path, len(PIECES)) == tokenizer
    for change, sentence in (
        (data[:40], "it ends after 2 tokens, and the model has 17"),
        (b"", "it ends after 0 tokens"),
        (data + b"abc", "3 bytes follow the 17 tokens"),
        (data[:8] + b"\xff\xff\xff\xff" + data[12:], "token 0 has a length of -1"),
        (data[:8] + b"\xff\xff\xff\x7f" + data[12:], "token 0 has a length of 2147483647"),
        (data[:4] + b"\0\0\xc0\x7f" + data[8:], "token 0 has the score nan"),
    ):
        path.write_bytes(change)
        with pytest.raises(ModelError, match=f"tokenizer.bin' is no tokenizer of the.*{sentence}"):
            tokens.read(path, len(PIECES))
    path.write_bytes(data)
    with pytest.raises(ModelError, match="ends after 17 tokens, and the model has 18"):
        tokens.read(path, 18)
    with pytest.raises(ModelError, match="its token to begin with is none of 1"):
        Scored([b"a"], [0.0])
