"""What is wrong with a declaration, or with the choice of extensions, said in a sentence."""

from rvx.errors import RvxError


class DeclarationError(RvxError, ValueError):
    """An extension, instruction, alias, register file or CSR is declared wrongly."""


class IsaError(RvxError, ValueError):
    """The chosen extensions do not exist, or do not go together."""


class ClashError(IsaError):
    """Two extensions claim the same thing.

    Attributes:
        between: the names of both.
    """

    def __init__(self, first: str, second: str, sentence: str) -> None:
        super().__init__(sentence)
        self.between = (first, second)


class EncodingError(RvxError, ValueError):
    """An operand does not fit its field."""
