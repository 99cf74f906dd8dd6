import random
from itertools import pairwise

import pytest

from rvx.paper.language.model import ModelError
from rvx.paper.language.pairs import Pairs, bytes_of, cut

PAIRS = [
    *[(b"a", b"b"), (b"b", b"c"), (b"ab", b"c"), (b" ", b"a"), (b"c", b"d"), (b" a", b"b")],
    *[(b"\xc3", b"\xa9"), (b" ", b" "), (b"a", b"bc"), (b"1", b"2"), (b"'", b"s")],
]


def made(cuts: str = "gpt-2", more: tuple[bytes, ...] = ()) -> Pairs:
    pieces = [bytes([byte]) for byte in range(256)]
    pieces += dict.fromkeys(left + right for left, right in PAIRS)
    pieces += [*more, b"<end>"]
    end = len(pieces) - 1
    return Pairs(pieces, PAIRS, end, end, cuts, range(end))


def slowly(word: bytes) -> list[bytes]:
    """Joins the neighbours that come first in the list, wherever they are; then begins again."""
    parts = [bytes([byte]) for byte in word]
    while True:
        there = [pair for pair in pairwise(parts) if pair in PAIRS]
        if not there:
            return parts
        first = min(there, key=PAIRS.index)
        at = next(i for i in range(len(parts)) if tuple(parts[i : i + 2]) == first)
        parts[at : at + 2] = [first[0] + first[1]]


@pytest.mark.parametrize("cuts", ["gpt-2", "llama-bpe", "smollm"])
def test_neighbours_are_joined_in_the_order_of_the_list(cuts):
    tokenizer, rng = made(cuts), random.Random(3)
    for _ in range(300):
        text = "".join(rng.choices("abcd é12's\n", k=rng.randrange(30)))
        found = [tokenizer.pieces[token] for token in tokenizer.encode(text)]
        words = [word.encode() for word in cut(text, cuts)]
        # Llama 3 takes a word that is a token as it is.
        is_whole = {word: cuts == "llama-bpe" and word in tokenizer.pieces for word in words}
        parts = [[word] if is_whole[word] else slowly(word) for word in words]
        assert found == [part for each in parts for part in each]
        assert tokenizer.decode(tokenizer.encode(text)) == text


TEXT = "It's 1234½ men,\n\n  they'LL (go)\u3000 on\x1c\x85 漢字٣Ⅷ \r\n'tis... "


WORDS = {
    "gpt-2": "It|'s| 1234½| men|,|\n\n | they|'|LL| (|go|)|\u3000| on|\x1c|\x85| 漢字|٣Ⅷ| \r|\n|"
    "'t|is|...| ",
    "llama-bpe": "It|'s| |123|4½| men|,\n\n| | they|'LL| (|go|)|\u3000| on|\x1c|\x85| 漢字|٣Ⅷ|"
    " \r\n|'t|is|...| ",
    "smollm": "It|'s| |1|2|3|4|½| men|,|\n\n | they|'|LL| (|go|)|\u3000| on|\x1c|\x85| 漢字|٣|Ⅷ|"
    " \r|\n|'t|is|...| ",
}
"""Of the package regex by the patterns that the tokenizers of these models publish."""


@pytest.mark.parametrize("cuts", WORDS)
def test_words_of_a_text(cuts):
    assert cut(TEXT, cuts) == WORDS[cuts].split("|")


def test_llama_3_has_words_that_no_pairs_lead_to():
    tokenizer = made("llama-bpe", (b" dada",))
    whole = tokenizer.pieces.index(b" dada")
    assert tokenizer.encode("bc dada") == [tokenizer.pieces.index(b"bc"), whole]
    assert len(made("gpt-2", (b" dada",)).encode("bc dada")) == 6


def test_bytes_are_written_as_characters_that_can_be_printed():
    assert bytes_of("aĠĊÄł!") == b"a \n\xc4\xa0!"
    with pytest.raises(ModelError, match=r"^' ' in 'a b' stands for no byte$"):
        bytes_of("a b")


def test_a_byte_without_a_token():
    tokenizer = Pairs([b"a", b"<end>"], [], 1, 1, "gpt-2", [0])
    assert tokenizer.encode("aa") == [0, 0]
    with pytest.raises(ModelError, match=r"^the model has no token for the byte 0x62$"):
        tokenizer.encode("ab")
    with pytest.raises(ModelError, match="its token to end with is none of 1"):
        Pairs([b"a"], [], 0, 1, "gpt-2", [0])
