"""Reads ISA strings such as `rv64gc_zfh_xposit`, which `-march` takes and ELF attributes hold."""

from __future__ import annotations

import re
from collections.abc import Collection

from rvx.isa import IsaError
from rvx.records import dataclass
from rvx.regex import regex

SINGLE_LETTERS = "iemafdcbv"
COMPOSITES: dict[str, tuple[str, ...]] = {
    "e": ("i", "e"),
    "g": ("i", "m", "a", "f", "d", "zicsr", "zifencei"),
    "b": ("zba", "zbb", "zbs"),
    "zkn": ("zbkb", "zbkc", "zbkx", "zkne", "zknd", "zknh"),
    "zks": ("zbkb", "zbkc", "zbkx", "zksed", "zksh"),
    "zk": ("zbkb", "zbkc", "zbkx", "zkne", "zknd", "zknh", "zkr"),
    "zce": ("zca", "zcb", "zcmp", "zcmt"),
    "zvkn": ("zvkned", "zvknhb", "zvkb"),
    "zvknc": ("zvkned", "zvknhb", "zvkb", "zvbc"),
    "zvkng": ("zvkned", "zvknhb", "zvkb", "zvkg"),
    "zvks": ("zvksed", "zvksh", "zvkb"),
    "zvksc": ("zvksed", "zvksh", "zvkb", "zvbc"),
    "zvksg": ("zvksed", "zvksh", "zvkb", "zvkg"),
}
"""Names that stand for others."""

WITHOUT_INSTRUCTIONS = frozenset(
    # of programs
    "zicntr zihpm ztso zkt zvkt ziccif ziccrse ziccamoa ziccamoc zicclsm "
    "za64rs za128rs zama16b zic64b supm "
    # of machine mode
    "smaia smcdeleg smcntrpmf smcsrind smdbltrp smepmp smmpm smnpm smstateen "
    # of supervisor mode
    "ssaia ssccfg ssccptr sscofpmf sscounterenw sscsrind ssdbltrp ssnpm sspm ssqosid ssstateen "
    "ssstrict sstc sstvala sstvecd ssu64xl svade svadu svbare svnapot svpbmt svvptc "
    "sv32 sv39 sv48 sv57 sdtrig".split()
)
"""Extensions that promise something and declare no instruction; they are accepted as they are.

Those of the privileged architecture are about CSRs and paging, which the emulator does not have: a
program that asks for them gets the trap of what is not there.
"""

WHOLES = {
    **{"zmmul": "m", "zaamo": "a", "zalrsc": "a"},
    **{"zca": "c", "zcf": "c", "zcd": "c", "zfhmin": "zfh", "zvfhmin": "zvfh"},
    "zvknha": "zvknhb",
}
"""Parts of extensions that compilers list beside, or instead of, the whole."""

NOT_THERE = {
    "zvbc32e": "rvx has zvbc, carry-less products of 64 bits",
    **dict.fromkeys(
        "h sha shcounterenw shgatpa shlcofideleg shtvala shvsatpa shvstvala shvstvecd".split(),
        "rvx has no hypervisor mode",
    ),
    "q": "rvx has no floating point of 128 bits",
    "p": "of packed integers rvx has those of CORE-V, xcvsimd, and PULP-NN, xpulpnn",
    **dict.fromkeys(("zicfilp", "zicfiss"), "rvx checks no control flow; programs run without"),
    **dict.fromkeys(
        ("zilsd", "zclsd"), "rvx has no loads and stores of pairs; leave it out for two of each"
    ),
    "zalasr": "rvx has no loads and stores that order; leave it out for fences",
    "zibi": "rvx has no branches on small constants",
    **dict.fromkeys(("smctr", "ssctr"), "rvx keeps no record of control transfers"),
    "smrnmi": "rvx has no interrupts that cannot be masked",
    "sdext": "rvx has no debug mode; `rvx debug` debugs programs from outside",
}
"""Ratified extensions that rvx does not have, and what there is instead."""

_RVA20 = "imafdc_zicsr_zicntr_ziccif_ziccrse_ziccamoa_zicclsm"
_RVA22 = f"{_RVA20}_za64rs_zihpm_zihintpause_zba_zbb_zbs_zic64b_zicbom_zicbop_zicboz_zkt"
_23 = "zihintntl_zicond_zimop_zcmop_zcb_zfa_zawrs"
_SUPERVISOR_20 = "zifencei_svbare_svade_ssccptr_sstvecd_sstvala"
_SUPERVISOR_22 = f"{_SUPERVISOR_20}_sscounterenw_svpbmt_svinval"
_SUPERVISOR_23 = f"{_SUPERVISOR_22}_svnapot_sstc_sscofpmf_ssu64xl"
PROFILES = {
    "rvi20u32": "rv32i",
    "rvi20u64": "rv64i",
    "rva20u64": f"rv64{_RVA20}_za128rs",
    "rva20s64": f"rv64{_RVA20}_za128rs_{_SUPERVISOR_20}",
    "rva22u64": f"rv64{_RVA22}_zfhmin",
    "rva22s64": f"rv64{_RVA22}_zfhmin_{_SUPERVISOR_22}",
    "rva23u64": f"rv64{_RVA22}_zfhmin_{_23}_v_zvfhmin_zvbb_zvkt_supm",
    "rvb23u64": f"rv64{_RVA22}_{_23}",
    "rvb23s64": f"rv64{_RVA22}_{_23}_{_SUPERVISOR_23}",
}
"""What the profiles promise: those of programs, and of systems without hypervisor mode."""
_PROFILES_NOT_THERE = {"rva23s64": "rvx has no hypervisor mode; rva23u64 is that of its programs"}

_VERSION = r"[0-9]+(?:p[0-9]+)?"
_LONG = regex(rf"(?P<name>[a-z][a-z0-9]*?[a-z])(?P<version>{_VERSION})?")
_VECTOR_LENGTH = regex(r"zvl([0-9]+)b")
_LETTER = regex(rf"([a-z])({_VERSION})?")


@dataclass(frozen=True)
class March:
    """A parsed ISA string.

    Attributes:
        xlen: 32 or 64.
        names: the extensions in lower case, in the order written, `g` replaced by what it means,
            without parts of others.
        versions: those that were written, such as `2.1`, by name.
        vlen: the least width of vector registers that is asked for, 0 if none is.
    """

    xlen: int
    names: tuple[str, ...]
    versions: dict[str, str]
    vlen: int = 0


def parse_march(text: str, known: Collection[str] = ()) -> March:
    """Reads an ISA string.

    Args:
        text: such as `rv64gc_zfh1p0_xposit`, or the name of a profile, such as `rva22u64_zicond`.
        known: names of extensions, for those that end in a digit, which could be a version.

    Raises:
        IsaError: it does not begin with rv32 or rv64 and a base, or a part cannot be read.
    """
    profile, _, beyond = text.strip().lower().partition("_")
    full = "_".join(filter(None, [PROFILES.get(profile, profile), beyond]))
    found = re.fullmatch(r"rv(32|64)(.*)", full)
    if found is None and profile in _PROFILES_NOT_THERE:
        raise IsaError(f"the profile '{profile}' is not there: {_PROFILES_NOT_THERE[profile]}")
    if found is None:
        raise IsaError(
            f"'{text}' is not an ISA string; it begins with rv32 or rv64, as in rv64gc_xposit, or "
            f"with a profile: {', '.join(PROFILES)}"
        )
    xlen, rest = int(found[1]), found[2]
    names: dict[str, None] = {}
    versions: dict[str, str] = {}
    for i, part in enumerate(rest.split("_")):
        for name, version in _parts(text, part, known, is_first=i == 0):
            if version:
                versions[name] = version.replace("p", ".")
            for each in COMPOSITES.get(name, (name,)):
                names[each] = None
            if name == "zce" and xlen == 32 and "f" in names:
                names["zcf"] = None
    if "i" not in names:
        raise IsaError(f"'{text}' names no base; after rv{xlen} comes i, e or g, as in rv{xlen}gc")
    widths = [vector_length(name) for name in names]
    kept = tuple(
        name
        for name in names
        if name not in WITHOUT_INSTRUCTIONS
        and WHOLES.get(name) not in names
        and not vector_length(name)
    )
    return March(xlen, kept, versions, max(widths, default=0))


def vector_length(name: str) -> int:
    """The least bits of a vector register that `zvl128b` and its kin ask for; 0 for other names."""
    found = _VECTOR_LENGTH.fullmatch(name)
    return int(found[1]) if found else 0


def _parts(text: str, part: str, known: Collection[str], is_first: bool) -> list[tuple[str, str]]:
    """The extensions of one stretch between underscores, with their versions as written."""
    names: list[tuple[str, str]] = []
    at = 0
    while at < len(part):
        if part[at] in "zsx" and not (is_first and at == 0):
            return [*names, _long_name(text, part[at:], known)]
        letter = _LETTER.match(part, at)
        if letter is not None and letter[1] in NOT_THERE:
            raise IsaError(f"'{letter[1]}' in '{text}' is not there: {NOT_THERE[letter[1]]}")
        if letter is None or letter[1] not in SINGLE_LETTERS + "g":
            raise IsaError(
                f"'{part[at]}' in '{text}' is not an extension that rvx knows; single letters are "
                f"{' '.join(SINGLE_LETTERS)} and g, and longer names follow an underscore"
            )
        names.append((letter[1], letter[2] or ""))
        at = letter.end()
    return names


def _long_name(text: str, part: str, known: Collection[str]) -> tuple[str, str]:
    """A name of several letters and its version; the longest known name wins."""
    for name in sorted({*known, *WITHOUT_INSTRUCTIONS}, key=len, reverse=True):
        if part.startswith(name) and re.fullmatch(rf"({_VERSION})?", part[len(name) :]):
            return name, part[len(name) :]
    found = _LONG.fullmatch(part)
    if found is None:
        raise IsaError(
            f"'{part}' in '{text}' is not the name of an extension; "
            f"names are letters and digits and end in a letter, as zfh or xposit"
        )
    return found["name"], found["version"] or ""
