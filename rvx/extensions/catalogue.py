"""The catalogue of extensions: those shipped with rvx, those of installed packages, and files.

Nothing is imported before it is asked for. To ship one more extension, add its file and a row here.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import re
import sys
import warnings
from collections.abc import Collection, Iterable
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from rvx import disk
from rvx.errors import ExtensionNote
from rvx.extensions.march import NOT_THERE, March, parse_march
from rvx.extensions.store import Origin, stored
from rvx.isa import ClashError, Extension, Instruction, Isa, IsaError
from rvx.isa.instruction import Body
from rvx.userfiles import MODULE_PREFIX, UserFileError, run_file

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

ENTRY_POINT_GROUP = "rvx.extensions"

VECTORS = (
    *("zve32x", "zve32f", "zve64x", "zve64f", "zve64d", "v", "zvfhmin", "zvfh"),
    *("zvfbfmin", "zvfbfwma", "zvkb", "zvbb", "zvbc"),
    *("zvkned", "zvknha", "zvknhb", "zvkg", "zvksed", "zvksh"),
)
"""Extensions of the folder `vector`."""

DRAFTS = (
    *("zvabd", "zvzip", "zvfbfa", "zvfofp8min", "zvfofp4min", "zvdot4a8i"),
    *("zvqwdota8i", "zvfwdota16bf", "zvfqwdota8f"),
    *("zvqwbdota8i", "zvfwbdota16bf", "zvfqwbdota8f", "zvfbdota32f"),
    *("zvt", "zvt4t", "zvt8t", "zvt16t", "zvt32t", "zvt64t", "zvt128t", "zvt256t"),
    *("zvvm", "zvvmm", "zvvfmm", "zvvmtls", "zvvmttls"),
)
"""Extensions of the folder `drafts`."""

SHIPPED: dict[str, str] = {
    "i": "rv_i:I",
    "e": "rv_e:E",
    "m": "rv_m:M",
    "a": "rv_a:A",
    "f": "rv_f:F",
    "d": "rv_d:D",
    "c": "rv_c:C",
    "zicsr": "zicsr:Zicsr",
    "zifencei": "zifencei:Zifencei",
    "zihintpause": "zihintpause:Zihintpause",
    "zihintntl": "zihintntl:Zihintntl",
    "zimop": "zimop:Zimop",
    "zicond": "zicond:Zicond",
    "zicbom": "zicbo:Zicbom",
    "zicbop": "zicbo:Zicbop",
    "zicboz": "zicbo:Zicboz",
    "zmmul": "rv_m:Zmmul",
    "zaamo": "rv_a:Zaamo",
    "zalrsc": "rv_a:Zalrsc",
    "zabha": "zabha:Zabha",
    "zacas": "zacas:Zacas",
    "zawrs": "zawrs:Zawrs",
    "zca": "rv_c:Zca",
    "zcf": "rv_c:Zcf",
    "zcd": "rv_c:Zcd",
    "zcb": "zcb:Zcb",
    "zcmp": "zcmp:Zcmp",
    "zcmt": "zcmt:Zcmt",
    "zcmop": "zimop:Zcmop",
    "zba": "zba:Zba",
    "zbb": "zbb:Zbb",
    "zbc": "zbc:Zbc",
    "zbs": "zbs:Zbs",
    "zbkb": "zbb:Zbkb",
    "zbkc": "zbc:Zbkc",
    "zbkx": "zbkx:Zbkx",
    "zknd": "zkn:Zknd",
    "zkne": "zkn:Zkne",
    "zknh": "zkn:Zknh",
    "zkr": "zkr:Zkr",
    "zksed": "zks:Zksed",
    "zksh": "zks:Zksh",
    "svinval": "svinval:Svinval",
    "zfa": "zfa:Zfa",
    "zfhmin": "zfh:Zfhmin",
    "zfh": "zfh:Zfh",
    "zfbfmin": "zfbfmin:Zfbfmin",
    "zfinx": "zfinx:Zfinx",
    "zdinx": "zfinx:Zdinx",
    "zhinxmin": "zfinx:Zhinxmin",
    "zhinx": "zfinx:Zhinx",
    **{name: f"vector:{name.capitalize()}" for name in VECTORS},
    **{name: f"drafts:{name.capitalize()}" for name in DRAFTS},
    "xsmallfloat": "xsmallfloat:Xsmallfloat",
    "xsmallfloat32": "xsmallfloat32:Xsmallfloat32",
    "xsflt": "xsflt:Xsflt",
    "xposit": "xposit:Xposit",
    "xposit64": "xposit:Xposit64",
    "xposit1": "xposit:Xposit1",
    "xposit1p16": "xposit:Xposit1p16",
    "xposit1p8": "xposit:Xposit1p8",
    "xpositstd": "xposit:Xpositstd",
    "xposit64std": "xposit:Xposit64std",
    "xpercival": "xposit:Xpercival",
    "xpositlog": "xposit:Xpositlog",
    "xexfma": "xexfma:Xexfma",
    "xvsq": "xvsq:Xvsq",
    "xmxdotp": "xmxdotp:Xmxdotp",
    "xvmxdotp": "xvmxdotp:Xvmxdotp",
    "xpulpnn": "xpulpnn:Xpulpnn",
    "xcvmem": "xcv.mem:Xcvmem",
    "xcvmac": "xcv.mac:Xcvmac",
    "xcvalu": "xcv.alu:Xcvalu",
    "xcvbitmanip": "xcv.bitmanip:Xcvbitmanip",
    "xcvbi": "xcv.bi:Xcvbi",
    "xcvsimd": "xcv.simd:Xcvsimd",
    "xcvhwlp": "xcv.hwlp:Xcvhwlp",
    "xsmtvdot": "xsmtvdot:Xsmtvdot",
    **{
        name: f"xsfvqmacc:{name.capitalize()}"
        for name in ("xsfvqmaccqoq", "xsfvqmaccdod", "xsfvfwmaccqqq")
    },
    "xvposit": "xvposit:Xvposit",
    "xvfp8": "xvfp8:Xvfp8",
    "xssr": "xssr:Xssr",
    "xfrep": "xfrep:Xfrep",
}
"""Module of this package and variable in it, by name in lower case."""

NOT_BY_DEFAULT = frozenset(
    {
        *("xposit64", "xposit1", "xposit1p16", "xposit1p8"),
        *("xpositstd", "xposit64std", "xpercival", "xpositlog"),
        *("xsmallfloat32", "xsflt", "xfrep", "xsmtvdot"),
        *("e", "zcmp", "zcmt", "zksed", "zfinx", "zdinx", "zhinxmin", "zhinx"),
        *VECTORS,
        *DRAFTS,
        *("xvposit", "xvfp8", "xvmxdotp", "xsfvqmaccqoq", "xsfvqmaccdod", "xsfvfwmaccqqq"),
    }
)
"""Shipped extensions that clash with others, or take registers from them: only when named."""

PRESETS: dict[str, str] = {
    "percival-2022": "xpercival",
    "big-percival": "xposit64",
    "phee": "xposit1",
}
"""Published hardware and the extension that is its arithmetic: names for --ext, not for -march."""


def names() -> list[str]:
    """Names of all extensions that can be loaded by name, in lower case: shipped ones first."""
    return [*SHIPPED, *(name for name in _plugins() if name not in SHIPPED)]


def shipped_extensions() -> dict[str, Extension]:
    """All shipped extensions, by name in lower case."""

    def all_of_them() -> dict[str, Extension]:
        return {name: load(name) for name in SHIPPED}

    if not disk.keeps_declarations():
        return all_of_them()
    return stored("all", all_of_them, _origins)


def _origins() -> dict[Body, Origin]:
    """Where each body of the extensions that are imported by now is declared."""
    found = {}
    for place in SHIPPED.values():
        module, _, variable = place.partition(":")
        imported = sys.modules.get(f"rvx.extensions.{module}")
        if imported is not None:
            for key, made in getattr(imported, variable).instructions.items():
                if made.body is not None:
                    found[made.body] = (f"rvx.extensions.{module}", variable, key)
    return found


@cache
def load(name: str) -> Extension:
    """The extension with this name, upper and lower case alike.

    Raises:
        IsaError: there is none, or the package that offers it cannot be imported.
    """
    key = name.lower()
    key = PRESETS.get(key, key)
    if key in SHIPPED:
        module, _, variable = SHIPPED[key].partition(":")
        found = getattr(importlib.import_module(f"rvx.extensions.{module}"), variable)
        assert isinstance(found, Extension)
        return found
    if key in _plugins():
        return _load_plugin(_plugins()[key])
    if key in NOT_THERE:
        raise IsaError(f"there is no extension '{name}': {NOT_THERE[key]}")
    raise IsaError(f"there is no extension '{name}'{_meant(key)}; known are {', '.join(names())}")


def _meant(key: str) -> str:
    """Which name may have been meant, in brackets."""
    import difflib

    close = difflib.get_close_matches(key, [*names(), *PRESETS], 1)
    return f" (did you mean {close[0]}?)" if close else ""


def load_file(path: str | Path) -> tuple[Extension, ...]:
    """The extensions of a user's file: Python, or instructions in the format of riscv-opcodes.

    A Python file becomes the module `rvx_user_STEM`, so that compiled bodies can be cached.

    Raises:
        IsaError: there is no such file, it cannot be imported, or it declares no extension.
    """
    path = Path(path)
    if not path.is_file():
        name = str(path).lower()
        nor = f", nor an extension of this name{_meant(name)}; rvx isa list has those known"
        raise IsaError(f"there is no extension file '{path}'{nor if name.isidentifier() else ''}")
    if path.suffix != ".py":
        # Only who has such a file waits for what is known of the format.
        from rvx.extensions.opcodes_file import read_opcodes

        return (read_opcodes(path, declared),)
    found = extensions_of(import_file(path))
    for extension in found:
        extension.check()
    if not found:
        raise IsaError(
            f"'{path}' declares no extension; it should have a line such as "
            f'Xmine = Extension("Xmine", version="0.1")'
        )
    return found


def isa_for(
    march: str | None = None, extra: Iterable[Extension | str | Path] = (), vlen: int = 0
) -> Isa:
    """The ISA of an ISA string, with further extensions.

    Extensions that others require are added by themselves.

    Args:
        march: such as `rv64gc_xposit`; by default RV64GC, every shipped extension that does not
            clash, and every installed one that fits.
        extra: extensions, names of them, or files of them.
        vlen: bits of a vector register; as many as the ISA string and the extensions ask for if 0.

    Raises:
        IsaError: something is unknown, cannot be loaded, or does not go together.
    """
    added = [extension for one in extra for extension in resolve(one)]
    if added or _plugins():
        return _isa_of(march, added, vlen)
    return _shipped_isa(march, vlen)


@lru_cache(maxsize=64)
def _shipped_isa(march: str | None, vlen: int) -> Isa:
    """An ISA of what is shipped: nobody changes one, so whoever asks again gets the same."""
    if disk.keeps_declarations():
        return stored(f"isa {march} {vlen}", lambda: _isa_of(march, [], vlen), _origins)
    return _isa_of(march, [], vlen)


def isa_with_offers(march: str, extra: Iterable[Extension | str | Path] = ()) -> Isa:
    """The ISA of an ISA string, with every shipped custom extension that needs nothing beyond it.

    Args:
        march: such as `rv64gc`, or `rv64gc_xmine` if one of the others has that name.
        extra: extensions, names of them, or files of them; what does not go with them is not
            offered.

    Raises:
        IsaError: something is unknown, or does not go together.
    """
    added = [extension for one in extra for extension in resolve(one)]
    if disk.keeps_declarations() and not added and not _plugins():
        return stored(f"offers {march}", lambda: _with_offers(march, []), _origins)
    return _with_offers(march, added)


def _with_offers(march: str, added: list[Extension]) -> Isa:
    isa = isa_for(march, added)
    names, offered = set(isa.extensions), []
    for extension in isa_for().extensions.values():
        if extension.name.startswith("X") and names >= {*extension.requires}:
            offered.append(extension)
            names.add(extension.name)
    with contextlib.suppress(IsaError):
        return Isa([*isa.extensions.values(), *offered], isa.xlen, 0, declared)
    for extension in offered:
        if isa.extensions.keys() >= {*extension.requires}:
            # Some are not for this register width, or in the way of what the string names.
            with contextlib.suppress(IsaError):
                isa = Isa([*isa.extensions.values(), extension], isa.xlen, 0, declared)
    return isa


def _isa_of(march: str | None, added: list[Extension], vlen: int) -> Isa:
    if march is None:
        return _default_isa(added, vlen)
    parsed = parse_march(march, [*names(), *(extension.name.lower() for extension in added)])
    return make_isa([*_all_of(parsed, added), *added], parsed.xlen, vlen or parsed.vlen)


def make_isa(
    extensions: Iterable[Extension], xlen: int, vlen: int = 0, unasked: Collection[str] = ()
) -> Isa:
    """The ISA of extensions and what they require, which knows of the others that there are.

    Args:
        extensions: what is wanted.
        xlen: 32 or 64.
        vlen: bits of a vector register, if there are any; as few as the extensions allow if 0.
        unasked: names of those that nobody asked for.

    Raises:
        IsaError: they do not go together, or a user's extension has a body that cannot be run.
    """
    isa = Isa(with_required(extensions), xlen, vlen, declared, unasked)
    from rvx.bodies import check_bodies  # much of the time of a start, and seldom needed

    check_bodies(isa)
    return isa


def declared(mnemonic: str) -> list[Instruction]:
    """The instructions with a mnemonic in all shipped and installed extensions."""
    found = []
    for name in names():
        with contextlib.suppress(IsaError):  # a plugin that cannot be imported
            made = load(name).instructions.values()
            found += [one for one in made if one.mnemonic == mnemonic]
    return found


def _default_isa(added: list[Extension], vlen: int) -> Isa:
    shipped = [load(name) for name in SHIPPED if name not in NOT_BY_DEFAULT]
    # What the user names goes before what happens to be there.
    asked = with_required(added)
    refused = {name for extension in asked for name in extension.conflicts}
    named = {extension.name for extension in asked}
    wanted = [
        extension
        for extension in shipped
        if extension.name not in refused and not named & extension.conflicts.keys()
    ]
    chosen = _without_clashes(wanted, added)
    for plugin in _plugins().values():
        try:
            chosen = list(Isa(with_required([*chosen, _load_plugin(plugin)])).extensions.values())
        except IsaError as error:
            warnings.warn(f"left out: {error}", ExtensionNote, stacklevel=3)
    unasked = {one.name for one in chosen} - {one.name for one in [*asked, *_general()]}
    return make_isa(chosen, 64, vlen, unasked)


def _without_clashes(wanted: list[Extension], added: list[Extension]) -> list[Extension]:
    """What the user has added, and of the others those that go with it.

    Only those outside of RV64GC step aside: a program without its base instructions is none.

    Raises:
        IsaError: what the user has added does not go together, or not with RV64GC.
    """
    asked = {extension.name for extension in with_required(added)}
    base = {extension.name for extension in _general()}
    while True:
        chosen = with_required([*wanted, *added])
        try:
            Isa(chosen)
        except ClashError as clash:
            others = [name for name in clash.between if name not in asked | base]
            if len(others) != 1:
                raise
            (aside,) = others
            why = str(clash).partition(";")[0]
            warnings.warn(f"{aside} is left out, since {why}", ExtensionNote, stacklevel=4)
            wanted = [one for one in wanted if not _needs(one, aside)]
        else:
            return chosen


def _general() -> list[Extension]:
    """RV64GC: what is asked for where nothing is said."""
    return _all_of(parse_march("rv64gc", names()))


def without_superseding(isa: Isa, named: Collection[str]) -> Isa:
    """The ISA without what nobody asked for and what declares a named extension anew.

    Args:
        isa: the default one.
        named: extensions, in lower case, whose instructions are meant as the standard has them.
    """
    aside = {
        name
        for name, extension in isa.extensions.items()
        if name in isa.unasked
        and name[0] == "X"
        and any(other.lower() in named for other in extension.supersedes)
    }
    if not aside:
        return isa
    kept = [
        extension
        for extension in isa.extensions.values()
        if not any(_needs(extension, name) for name in aside)
    ]
    vlen = 0 if isa.vector is None else isa.vector.vlen
    return make_isa(kept, isa.xlen, vlen, isa.unasked)


def _needs(extension: Extension, name: str) -> bool:
    return any(one.name == name for one in with_required([extension]))


def _all_of(march: March, added: Iterable[Extension] = ()) -> list[Extension]:
    """The extensions that an ISA string names; those of the user go before shipped ones."""
    own = {extension.name.lower(): extension for extension in added}
    return [own.get(name) or load(name) for name in march.names]


def resolve(one: Extension | str | Path) -> tuple[Extension, ...]:
    """An extension, the one with a name, or those of a user's file."""
    if isinstance(one, Extension):
        return (one,)
    if isinstance(one, str) and one.lower() in (*names(), *PRESETS):
        return (load(one),)
    return load_file(one)


def with_required(extensions: Iterable[Extension]) -> list[Extension]:
    """The extensions, each once, what they require before them."""
    chosen: dict[str, Extension] = {}
    by_name = {extension.name: extension for extension in extensions}

    def add(extension: Extension) -> None:
        if extension.name in chosen:
            return
        for name in extension.requires:
            add(by_name.get(name) or load(name))
        chosen[extension.name] = extension

    for extension in by_name.values():
        add(extension)
    return list(chosen.values())


@cache
def _plugins() -> dict[str, EntryPoint]:
    if not _may_have_plugins():
        return {}
    from importlib.metadata import entry_points

    return {point.name.lower(): point for point in entry_points(group=ENTRY_POINT_GROUP)}


def _may_have_plugins() -> bool:
    """Whether some installed package may offer extensions.

    `importlib.metadata` reads the same files, and takes longer to import than to look for the name.
    """
    wanted = ENTRY_POINT_GROUP.encode()
    for folder in sys.path:
        try:
            with os.scandir(folder or ".") as entries:
                found = [entry.path for entry in entries if entry.name.endswith(_METADATA)]
        except NotADirectoryError:
            return True  # an archive, of which importlib.metadata knows more
        except OSError:
            continue
        for path in found:
            try:
                with open(os.path.join(path, "entry_points.txt"), "rb") as file:
                    if wanted in file.read():
                        return True
            except OSError:
                continue
    return False


_METADATA = (".dist-info", ".egg-info")


def _load_plugin(point: EntryPoint) -> Extension:
    owner = f"the package '{point.dist.name}'" if point.dist else "an installed package"
    if not point.pattern.match(point.value):
        raise IsaError(
            f"extension '{point.name}' of {owner} is said to be at '{point.value}', which is no "
            f"place such as 'module:{point.name.capitalize()}'"
        )
    try:
        found = point.load()
    except (Exception, SystemExit) as error:
        raise IsaError(
            f"extension '{point.name}' of {owner} cannot be imported: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not isinstance(found, Extension):
        raise IsaError(
            f"'{point.name}' of {owner} is not an extension: {point.value} is a "
            f"{type(found).__name__}"
        )
    return found


def import_file(path: Path) -> ModuleType:
    """A user's Python file as the module `rvx_user_STEM`, run once.

    Raises:
        IsaError: there is no such file, or it cannot be imported.
    """
    name = MODULE_PREFIX + re.sub(r"\W", "_", path.stem)
    known = sys.modules.get(name)
    if known is not None and known.__file__ == str(path.resolve()):
        return known
    try:
        return run_file(path, name)
    except UserFileError as error:
        raise IsaError(str(error)) from error.__cause__


def extensions_of(module: ModuleType) -> tuple[Extension, ...]:
    """The extensions that a user's module declares."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, Extension) and not _is_imported(value, module)
    )


def _is_imported(extension: Extension, module: ModuleType) -> bool:
    """Whether the file got the extension from another module, as a base to build on."""
    return any(
        value is extension
        for other in list(sys.modules.values())
        if other is not module and other.__name__.startswith("rvx.extensions.")
        for value in vars(other).values()
    )
