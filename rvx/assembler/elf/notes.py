"""What rvx writes into an ELF file about itself: the extensions that the code needs."""

from __future__ import annotations

from rvx.assembler.elf.image import note

SECTION = ".note.rvx"
OWNER = "rvx"
EXTENSIONS = 1


def extensions_note(march: str, extensions: dict[str, str]) -> bytes:
    """The note that lists the architecture string, and name and version of every extension."""
    each = ",".join(f"{_quoted(name)}:{_quoted(each)}" for name, each in extensions.items())
    text = f'{{"march":{_quoted(march)},"extensions":{{{each}}}}}'
    return note(OWNER, EXTENSIONS, text.encode())


def _quoted(text: str) -> str:
    """A string of JSON; nearly all are such that nobody has to import the module for them."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    import json

    return json.dumps(text)


def read_extensions_note(data: bytes) -> tuple[str, dict[str, str]]:
    """Architecture string and extensions out of the bytes of the note section.

    Raises:
        ValueError: these are not the bytes of such a note.
    """
    import json

    march, extensions, at = "", dict[str, str](), 0
    while at + 12 <= len(data):
        name_size, size, kind = (
            int.from_bytes(data[at + i : at + i + 4], "little") for i in (0, 4, 8)
        )
        at += 12
        name = data[at : at + name_size].rstrip(b"\0").decode("ascii", "replace")
        at += name_size + -name_size % 4
        if name == OWNER and kind == EXTENSIONS:
            found = json.loads(data[at : at + size])
            march = march or found["march"]
            extensions.update(found["extensions"])
        at += size + -size % 4
    if not extensions and not march:
        raise ValueError(f"section {SECTION} holds no note of rvx about extensions")
    return march, extensions
