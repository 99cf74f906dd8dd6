"""What is wrong with a declaration, or with the choice of extensions, said in a sentence."""

from rvx.errors import RvxError


class DeclarationError(RvxError, ValueError):
    """An extension, instruction, alias, register file or CSR is declared wrongly."""


class IsaError(RvxError, ValueError):
    """The chosen extensions do not exist, or do not go together."""


class EncodingError(RvxError, ValueError):
    """An operand does not fit its field."""
