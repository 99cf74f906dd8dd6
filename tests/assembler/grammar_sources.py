"""Random sources: every directive and every shape of an operand, right ones and wrong ones.

`statements.grammar` is a grammar like any other: a word in braces stands for one of its
alternatives, which stand between bars. Words that need more than that (`{number}`,
`{instruction}`) are methods of `Sources`. What the page of differences from GNU as lists is not
generated.
"""

import random
import re
from collections.abc import Sequence
from pathlib import Path

from rvx.assembler.fragments.forms import FormTable
from rvx.isa import Isa
from rvx.isa.operands import CsrKind, FenceKind, ImmediateKind, RegisterKind, RoundingKind

GRAMMAR = Path(__file__).with_name("statements.grammar").read_text(encoding="utf-8")
PREAMBLE = """
one: nop
    nop
two: {far}
three: nop
    .set absolute, 12
    .weak weak_one
    .comm common, 16
    .set alias, two
    .data
data_one: .word 1, 2
data_two: .word 3
    .text
1:  nop
.Lhidden:
"""
EPILOGUE = """
    .text
2:  nop
1:  ret
late: nop
"""
_WORD = re.compile(r"\{(\w+)\}")
_EDGES = (0, 1, 11, 12, 31, 32, 63)


class Sources:
    """Random sources for an ISA.

    Args:
        isa: whose instructions are written.
        rng: what is random about them.
    """

    def __init__(self, isa: Isa, rng: random.Random) -> None:
        self.rng = rng
        self._forms = FormTable(isa)
        self._mnemonics = sorted({*isa.instructions, *isa.aliases} - {"c.lui", "pause", "c.slli64"})
        self._fresh = 0

    def source(self, statements: int) -> str:
        """A source with that many random statements in code that they can refer to."""
        self._fresh = 0
        far = self.rng.choice(["call nowhere", "nop", "beqz a0, three", ".space 5000"])
        body = "\n".join(self.write("{statement}") for _ in range(statements))
        return PREAMBLE.format(far=far) + body + EPILOGUE

    def write(self, pattern: str) -> str:
        """The pattern with every word replaced by one of its alternatives, all the way down."""
        return _WORD.sub(lambda found: self._word(found[1]), pattern)

    def _word(self, name: str) -> str:
        own = _OWN.get(name)
        made = own(self) if own is not None else self.write(self.rng.choice(RULES[name]))
        return str(made)

    def _fresh_word(self) -> str:
        self._fresh += 1
        return f"fresh{self._fresh}"

    def _number(self) -> str:
        """A number, often one at an edge of a field."""
        rng = self.rng
        edge = 1 << rng.choice(_EDGES)
        number = rng.choice([0, 1, -1, edge, edge - 1, -edge, -edge - 1, rng.getrandbits(12)])
        if rng.random() < 0.1:
            number = rng.getrandbits(64)
        if rng.random() < 0.3:
            return rng.choice([hex, oct, bin])(number).replace("0o", "0")
        return str(number)

    def _instruction(self) -> str:
        """An instruction; most of the time its operands are of the right kinds."""
        mnemonic = self.rng.choice(self._mnemonics)
        form = self.rng.choice(self._forms.forms(mnemonic) or [None])
        if form is None:
            return "nop"
        texts = []
        for slot in form.syntax.slots:
            if slot.name and form.places[slot.name].kind == RoundingKind("rm0", default=0):
                continue  # GNU as takes no rounding mode where every result is exact
            text = self._place(form.places[slot.name].kind) if slot.name else ""
            if slot.base:
                text += f"({self._place(form.places[slot.base].kind)})"
            texts.append(text)
        if self.rng.random() < 0.1 and texts:
            texts[self.rng.randrange(len(texts))] = self.write("{operand}")
        if self.rng.random() < 0.03:
            texts.append(self.write("{operand}"))
        if self.rng.random() < 0.03 and texts:
            texts.pop()
        return f"{mnemonic} {', '.join(texts)}".strip()

    def _place(self, kind: object) -> str:
        if isinstance(kind, RegisterKind):
            number = self.rng.choice(kind.numbers)
            return self.rng.choice([kind.file.abi[number], f"{kind.file.name}{number}"])
        if isinstance(kind, FenceKind):
            return self.write("{fence}")
        if isinstance(kind, CsrKind):
            return self.write("{csr}")
        if isinstance(kind, ImmediateKind):
            return self.write("{target}" if kind.is_target else self._immediate())
        return self.write("{rounding}")

    def _immediate(self) -> str:
        rng = self.rng
        if rng.random() < 0.2:
            return "{expression}"
        return str(rng.choice([rng.randrange(32), -rng.randrange(32), 4 * rng.randrange(128)]))


def _rules(text: str) -> dict[str, Sequence[str]]:
    rules: dict[str, Sequence[str]] = {}
    for part in re.split(r"\n(?=\w+:)", text.strip("\n")):
        name, _, alternatives = part.partition(":")
        rules[name] = [
            each.strip()
            for each in re.split(r"(?<!\|)\|(?!\|)", re.sub(r"\n\s+\|", "|", alternatives))
        ]
    return rules


RULES = _rules(GRAMMAR)
_OWN = {
    "fresh": Sources._fresh_word,
    "number": Sources._number,
    "instruction": Sources._instruction,
}
