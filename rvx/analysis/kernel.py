"""Kernel folders: what is in them, and how a run of one variant is put together.

Every folder has the same anatomy:

* `kernel.toml`: the symbol, the parameters, the variants and the ISA of each;
* one `.s` file per variant;
* `data.py`: `inputs` draws the operands, `operands` brings them into the order of the kernel,
  `arguments` makes the registers of the call, `output_shape` and `macs` say how much comes out;
* `golden.py`: `golden` is the float64 result of the unrounded operands, `reference` is the result
  of a variant, bit for bit, in the order of operations of its source.
"""

from __future__ import annotations

import importlib.util
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rvx.resources import programs

if TYPE_CHECKING:
    import numpy.typing as npt


class KernelError(ValueError):
    """A kernel, a variant or a parameter that does not exist or is out of range."""


@dataclass(frozen=True)
class Parameter:
    """A size that the user may choose.

    Attributes:
        name: as written after `-p`.
        default: used where the user says nothing.
        doc: what it is the size of.
        minimum: the smallest valid value.
    """

    name: str
    default: int
    doc: str
    minimum: int = 1


@dataclass(frozen=True)
class Variant:
    """One way to compute a kernel.

    Attributes:
        name: of the variant, and of its source file.
        source: the assembly source.
        march: the ISA that the source is written for.
        arithmetic: name of the number system, see `rvx.analysis.arithmetic`.
        doc: what it is, in a phrase.
        is_default: whether it runs where the user names no variant.
    """

    name: str
    source: Path
    march: str
    arithmetic: str
    doc: str
    is_default: bool = True


@dataclass(frozen=True)
class Call:
    """What `arguments` of a kernel builds the registers from.

    Attributes:
        a: address of the first operand.
        b: address of the second operand.
        c: address of the result.
        length: elements of the operands along the last axis, with the filling.
        pitch: bytes of the operands along the last axis.
        place: copies an array into guest memory and gives its address.
    """

    a: int
    b: int
    c: int
    length: int
    pitch: int
    place: Callable[[npt.NDArray[Any]], int]


@dataclass(frozen=True)
class Kernel:
    """A kernel folder, read.

    Attributes:
        name: of the kernel.
        folder: where it is.
        doc: what it computes, in a sentence.
        symbol: the function that is called.
        parameters: by name.
        variants: by name, in the order of the file.
        data: the module `data.py`.
        golden: the module `golden.py`.
    """

    name: str
    folder: Path
    doc: str
    symbol: str
    parameters: Mapping[str, Parameter]
    variants: Mapping[str, Variant]
    data: ModuleType
    golden: ModuleType

    def choose(self, given: Mapping[str, int]) -> dict[str, int]:
        """The value of every parameter: the given ones, and defaults for the rest.

        Raises:
            KernelError: an unknown name, a value below the minimum, or sizes that do not go
                together.
        """
        known = ", ".join(f"{p.name} ({p.doc})" for p in self.parameters.values())
        values = {p.name: p.default for p in self.parameters.values()}
        for name, value in given.items():
            if name not in self.parameters:
                raise KernelError(f"{self.name} has no parameter '{name}'; it has {known}")
            if value < self.parameters[name].minimum:
                raise KernelError(
                    f"{name}={value} is too small for {self.name}: {self.parameters[name].doc} "
                    f"must be at least {self.parameters[name].minimum}"
                )
            values[name] = value
        try:
            self.data.output_shape(values)
        except ValueError as error:
            raise KernelError(f"{self.name}: {error}") from None
        return values

    def select(self, names: Sequence[str]) -> list[Variant]:
        """The variants with these names, in the kernel's order.

        Args:
            names: of variants, or `all`; if there are none, the default ones are meant.

        Raises:
            KernelError: a name that no variant has.
        """
        if not names:
            return [v for v in self.variants.values() if v.is_default]
        if "all" in names:
            return list(self.variants.values())
        for name in names:
            if name not in self.variants:
                raise KernelError(
                    f"{self.name} has no variant '{name}'; it has {', '.join(self.variants)}"
                )
        return [v for v in self.variants.values() if v.name in names]


def names() -> list[str]:
    """The kernels that come with rvx."""
    return sorted(path.parent.name for path in programs().glob("*/kernel.toml"))


def load(name: str) -> Kernel:
    """Reads a kernel by its name, or by the path of its folder.

    Raises:
        KernelError: there is no such kernel, or its folder is not complete.
    """
    folder = programs(name)
    if name not in names():
        folder = Path(name)
        if not (folder / "kernel.toml").is_file():
            raise KernelError(
                f"there is no kernel '{name}'; known are {', '.join(names())}, "
                f"or give a folder with a kernel.toml"
            )
    path = folder / "kernel.toml"
    try:
        text = tomllib.loads(path.read_text(encoding="utf-8"))
        return _read(folder, text)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise KernelError(f"{path} is not a kernel description: {error}") from error


def _read(folder: Path, text: Mapping[str, Any]) -> Kernel:
    parameters = {name: Parameter(name, **fields) for name, fields in text["parameters"].items()}
    variants = {
        name: Variant(
            name,
            folder / f"{name}.s",
            fields["march"],
            fields.get("arithmetic", name),
            fields["doc"],
            fields.get("default", True),
        )
        for name, fields in text["variants"].items()
    }
    for variant in variants.values():
        if not variant.source.is_file():
            raise KernelError(f"variant '{variant.name}' has no source {variant.source}")
    return Kernel(
        text["name"],
        folder,
        text["doc"],
        text["symbol"],
        parameters,
        variants,
        _module(folder / "data.py"),
        _module(folder / "golden.py"),
    )


def _module(path: Path) -> ModuleType:
    name = f"rvx_programs_{path.parent.name}_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise KernelError(f"the kernel folder {path.parent} has no {path.name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
