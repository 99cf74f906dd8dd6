"""The extensions of rvx, one file each, and the catalogue that finds them.

Importing this package imports none of them.
"""

from rvx.extensions.catalogue import (
    NOT_BY_DEFAULT,
    extensions_of,
    import_file,
    isa_for,
    isa_with_offers,
    load,
    load_file,
    names,
    shipped_extensions,
    without_superseding,
)
from rvx.extensions.march import March, parse_march
from rvx.extensions.selection import change_arch

__all__ = [
    "NOT_BY_DEFAULT",
    "March",
    "change_arch",
    "extensions_of",
    "import_file",
    "isa_for",
    "isa_with_offers",
    "load",
    "load_file",
    "names",
    "parse_march",
    "shipped_extensions",
    "without_superseding",
]
