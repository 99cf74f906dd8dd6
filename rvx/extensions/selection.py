"""What `.option arch` asks for: other extensions than before, from one line on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from rvx.extensions.catalogue import isa_for, load, make_isa, names
from rvx.extensions.march import COMPOSITES, WITHOUT_INSTRUCTIONS, parse_march, vector_length
from rvx.isa import Extension, Isa, IsaError
from rvx.regex import regex

_VERSIONED = regex(r"([a-z0-9]*?[a-z])\d+(?:p\d+)?")


def change_arch(isa: Isa, text: str) -> Isa:
    """The ISA after `.option arch, text`.

    Args:
        isa: the one before.
        text: changes as `+zfh, -c`, or a whole ISA string as `rv64gc`. A whole string decides
            about standard extensions; custom ones that are there stay, as far as they fit.

    Raises:
        IsaError: an extension is unknown, does not go together with others, or is the base.
    """
    parts = [part.strip().lower() for part in text.split(",")]
    if not parts[0].startswith(("+", "-")):
        return _whole(isa, text)
    chosen, asked, vlen = dict(isa.extensions), set[str](), _vlen(isa)
    for part in parts:
        sign, name = part[:1], _without_version(part[1:])
        if sign not in ("+", "-") or not name:
            raise IsaError(f"'{part}' is not +extension or -extension, as in +zfh, -c")
        if name in WITHOUT_INSTRUCTIONS:
            continue
        if vector_length(name):
            vlen = max(vlen, vector_length(name))
            continue
        if name == "i":
            raise IsaError("the base i can be neither added nor taken away")
        for each in COMPOSITES.get(name, (name,)):
            found = _loaded(chosen, each) or load(each)
            asked.add(found.name)
            if sign == "+":
                chosen[found.name] = found
            else:
                chosen.pop(found.name, None)
    named = [e for e in chosen.values() if not _is_custom(e) or e.name in asked]
    changed = make_isa(named, isa.xlen, 0, isa.unasked - asked)
    if _vlen(changed) < vlen and changed.vector is not None:
        changed = make_isa(named, isa.xlen, vlen, isa.unasked - asked)
    return _same_or(isa, _with_custom(changed, chosen.values()))


def _whole(isa: Isa, text: str) -> Isa:
    parsed = parse_march(text, names())
    if parsed.xlen != isa.xlen:
        raise IsaError(f"'{text}' is for RV{parsed.xlen}, and the source is for RV{isa.xlen}")
    standard = {each.name.lower() for each in isa.extensions.values() if not _is_custom(each)}
    if standard == {*parsed.names} and isa.vector is None and not isa.unasked:
        return isa  # as compilers name in every file what -march has named
    found = isa_for(text)
    return _same_or(isa, _with_custom(found, isa.extensions.values()))


def _is_custom(extension: Extension) -> bool:
    return extension.name.startswith("X")


def _with_custom(isa: Isa, extensions: Iterable[Extension]) -> Isa:
    """An ISA with the custom extensions that need nothing beyond it, and do not clash with it."""
    names, fitting = {*isa.extensions}, list[Extension]()
    for extension in extensions:
        if _is_custom(extension) and names >= {*extension.requires}:
            fitting += [extension] if extension.name not in names else []
            names.add(extension.name)
    with contextlib.suppress(IsaError):
        together = [*isa.extensions.values(), *fitting]
        return make_isa(together, isa.xlen, _vlen(isa), isa.unasked)
    for extension in fitting:
        if isa.extensions.keys() >= {*extension.requires}:
            with contextlib.suppress(IsaError):
                together = [*isa.extensions.values(), extension]
                isa = make_isa(together, isa.xlen, _vlen(isa), isa.unasked)
    return isa


def _vlen(isa: Isa) -> int:
    return 0 if isa.vector is None else isa.vector.vlen


def _same_or(isa: Isa, found: Isa) -> Isa:
    is_same = found.extensions == isa.extensions and found.unasked == isa.unasked
    return isa if is_same else found


def _loaded(extensions: dict[str, Extension], name: str) -> Extension | None:
    return next((e for e in extensions.values() if e.name.lower() == name), None)


def _without_version(text: str) -> str:
    """The name in `zfh1p0` or `c2`; names of known extensions may end in digits themselves."""
    found = None if text in names() else _VERSIONED.fullmatch(text.strip())
    return found[1] if found else text.strip()
