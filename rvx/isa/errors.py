"""What is wrong with a declaration, or with the choice of extensions, said in a sentence."""


class DeclarationError(ValueError):
    """An extension, instruction, alias, register file or CSR is declared wrongly."""


class IsaError(ValueError):
    """The chosen extensions do not exist, or do not go together."""


class EncodingError(ValueError):
    """An operand does not fit its field."""
