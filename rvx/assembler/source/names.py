"""What a name is made of, as a piece of regular expressions (with `re.ASCII`).

Letters, digits, `_`, `.`, `$`, and every byte above 127, as with GNU as: compilers write the
identifiers of a source as they are, in UTF-8.
"""

FIRST = r"A-Za-z_.$\x80-\U0010ffff"
"""Characters that a name begins with, for the inside of a class."""
LATER = r"\w.$\x80-\U0010ffff"
"""Characters that it goes on with."""
NAME = f"[{FIRST}][{LATER}]*"
