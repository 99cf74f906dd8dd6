"""What a shell offers where a word is to be completed: kernels, variants, mnemonics, extensions.

Every function is the `complete` of an option or an argument. What it needs to know is imported when
a shell asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from click import Context
    from click.shell_completion import CompletionItem


def _items(words: Mapping[str, str] | Iterable[str], text: str) -> list[CompletionItem]:
    """The words that begin with a text, with what they are where that is known."""
    from click.shell_completion import CompletionItem

    known = words if isinstance(words, Mapping) else dict.fromkeys(words, "")
    return [
        CompletionItem(word, help=doc or None)
        for word, doc in known.items()
        if word.startswith(text)
    ]


def _or_paths(found: list[CompletionItem], text: str, kind: str = "file") -> list[CompletionItem]:
    """Where no word fits, the shell looks for files, or folders."""
    from click.shell_completion import CompletionItem

    return found or [CompletionItem(text, type=kind)]


def _last(words: Mapping[str, str] | Iterable[str], text: str, mark: str) -> list[CompletionItem]:
    """The last of several words with a mark between them."""
    head, separator, begun = text.rpartition(mark)
    found = _items(words, begun)
    for item in found:
        item.value = head + separator + item.value
    return found


def kernels(context: Context, text: str) -> list[CompletionItem]:
    """Kernels that come with rvx, or folders."""
    from rvx.analysis import kernel

    docs = {name: kernel.load(name).doc for name in kernel.names() if name.startswith(text)}
    return _or_paths(_items(docs, text), text, "dir")


def kernels_or_files(context: Context, text: str) -> list[CompletionItem]:
    """The same where a file may stand, too."""
    from rvx.analysis import kernel

    return _or_paths(_items(kernel.names(), text), text)


def cores(context: Context, text: str) -> list[CompletionItem]:
    """Cores that come with rvx, or files that describe one."""
    from rvx.analysis.cycles import core_names, load_core

    return _or_paths(_items({name: load_core(name).doc for name in core_names()}, text), text)


def searched(context: Context, text: str) -> list[CompletionItem]:
    """What can be searched: families of formats, accumulators, kernels, or folders."""
    from rvx.analysis import kernel
    from rvx.analysis.search.space import FAMILIES

    return _or_paths(_items([*FAMILIES, *kernel.names()], text), text, "dir")


def variants(context: Context, text: str) -> list[CompletionItem]:
    """Variants of the kernels that the command line has named; of all where it has none yet."""
    from rvx.analysis import kernel
    from rvx.analysis.keys import KernelError

    # Click gives up at the option that has no value yet, and leaves arguments before it in args.
    given: Any = context.params.get("kernel") or context.args
    names = [given] if isinstance(given, str) else given
    docs: dict[str, str] = {"all": "every variant"}
    for name in names or kernel.names():
        try:
            docs |= {one.name: one.doc for one in kernel.load(name).variants.values()}
        except KernelError:
            continue
    return _items(docs, text)


def variants_or_accumulators(context: Context, text: str) -> list[CompletionItem]:
    """Variants of kernels, or what a kernel of products takes in their place."""
    return [*variants(context, text), *accumulators(context, text)]


def distributions(context: Context, text: str) -> list[CompletionItem]:
    """Of the inputs of kernels; several with commas."""
    from rvx.analysis.distributions import DISTRIBUTIONS

    return _last({name: doc for name, (doc, _) in DISTRIBUTIONS.items()}, text, ",")


def extensions(context: Context, text: str) -> list[CompletionItem]:
    """Extensions that come with rvx, or files."""
    from rvx.extensions import names

    return _or_paths(_items(names(), text), text)


def march(context: Context, text: str) -> list[CompletionItem]:
    """The last part of an ISA string, such as rv64gc_xposit."""
    from rvx.extensions import names

    if "_" not in text:
        return _items([f"{base}{rest}" for base in ("rv32", "rv64") for rest in _BASES], text)
    return _last(names(), text, "_")


_BASES = ("i", "imac", "gc", "gcv")


def mnemonics(context: Context, text: str) -> list[CompletionItem]:
    """Of the instructions of the extensions that the command line names, or of those by default."""
    from rvx.extensions import isa_for

    params = context.params
    made = isa_for(params.get("march"), params.get("ext") or ()).instructions
    return _items({name: each.doc.partition("\n")[0] for name, each in made.items()}, text)


def targets(context: Context, text: str) -> list[CompletionItem]:
    """What `rvx isa export` can write."""
    from rvx.export.targets import TARGETS

    return _items({"list": "list them", **TARGETS}, text)


def sources_of_import(context: Context, text: str) -> list[CompletionItem]:
    """What `rvx isa import` can read."""
    return _items({"udb": "YAML files of riscv-unified-db"}, text)


def accumulators(context: Context, text: str) -> list[CompletionItem]:
    """Of dot products."""
    from rvx.formats.dot import ACCUMULATORS

    return _items(ACCUMULATORS, text)


def _formats(context: Context) -> list[str]:
    """Number formats: those that are listed, and those of `--ext`."""
    from rvx.extensions.catalogue import resolve
    from rvx.formats.block.mx.format import FORMATS as MX
    from rvx.formats.minifloat.catalogue import FORMATS as MINIFLOATS
    from rvx.formats.number.catalogue import OTHERS
    from rvx.formats.posit.format import STANDARD as POSITS

    integers = [f"{sign}int{bits}" for sign in ("", "u") for bits in (4, 8, 16)]
    known = [
        *(each.name for each in POSITS),
        *integers,
        *MINIFLOATS,
        *OTHERS,
        *MX,
        "nvfp4",
        "vsq4-v16-m4",
    ]
    given = context.params.get("ext") or ()
    return [*known, *(name for one in given for made in resolve(one) for name in made.formats)]


def formats_or_plot(context: Context, text: str) -> list[CompletionItem]:
    """A number format, or `plot`."""
    return _items(
        {"plot": "draw how accurate formats are"} | dict.fromkeys(_formats(context), ""), text
    )


def plotted(context: Context, text: str) -> list[CompletionItem]:
    """Formats behind `plot`; numbers are not completed."""
    return _items(_formats(context), text) if context.params.get("name") == "plot" else []


def formats_with_commas(context: Context, text: str) -> list[CompletionItem]:
    """Several number formats."""
    return _last(_formats(context), text, ",")
