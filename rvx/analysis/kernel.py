"""Kernel folders: what is in them, and how a run of one variant is put together.

Every folder has the same anatomy:

* `kernel.toml`: the symbol, the parameters, the variants and the ISA of each;
* one `.s` file per variant;
* `data.py`: `inputs` draws the operands, `operands` brings them into the order of the kernel,
  `arguments` makes the registers of the call, `output_shape` and `macs` say how much comes out;
* `data.py` may also have `scalars`, which draws numbers that are passed by value, such as the
  factor of axpy: the call has them as `call.scalars`, `golden.py` behind the operands;
* `products = true` in `kernel.toml` says that results are sums of products and nothing else, so
  that accumulators of `rvx dot` may stand beside the variants, in array form: without a source;
* `golden.py`: `golden` is the float64 result of the unrounded operands, `reference` is the result
  of a variant, bit for bit, in the order of operations of its source.

A folder of the user's own may say `extends = "gemm"`: it has all parts of that kernel which it does
not bring itself. `modules = ["mine.py"]` names Python files beside it with extensions, which all of
its own variants know, and with further number systems, in a dictionary `ARITHMETICS`. Sources find
what they include in `programs/`, such as `gemm/plain.inc`.
"""

from __future__ import annotations

import contextlib
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from rvx.analysis.keys import KernelError, Keys
from rvx.errors import RvxError
from rvx.extensions import extensions_of, import_file, isa_for
from rvx.isa.vector.unit import check_vlen
from rvx.records import dataclass, field, replace
from rvx.resources import programs
from rvx.userfiles import (
    MODULE_PREFIX,
    UserFileError,
    read_text,
    run_file,
    users_mistake,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from rvx.analysis.arithmetic import Arithmetic
    from rvx.formats.dot import Accumulator
    from rvx.isa import Extension, Isa


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


ARRAY = "array"
"""The form of variants without a kernel."""
MAXIMUM = (1 << 31) - 1
"""The largest size: kernels take them in registers of 32 bits too."""
FUNCTIONS = {
    "data": ("inputs", "operands", "arguments", "output_shape", "macs"),
    "golden": ("golden", "reference"),
}
"""What the parts of a kernel folder have to define."""


@dataclass(frozen=True)
class Variant:
    """One way to compute a kernel.

    Attributes:
        name: of the variant, and of its source file.
        source: the assembly source; None in array form, which runs on no machine.
        march: the ISA that the source is written for; empty without one.
        arithmetic: name of the number system, see `rvx.analysis.arithmetic`.
        doc: what it is, in a phrase.
        is_default: whether it runs where the user names no variant.
        form: `plain`, a loop nest as one writes it down, `tuned`, with blocks of registers,
            unrolled loops, streams or what else the machine has, or `array`: no kernel, only the
            results that one would have, of an accumulator of `rvx dot`.
        outputs_last: whether the second operand lies in memory with its outputs last, see
            `Encoded.outputs_last`.
        vlen: bits of a vector register; as few as the ISA allows if 0.
        extensions: what the ISA has besides.
    """

    name: str
    source: Path | None
    march: str
    arithmetic: str
    doc: str
    is_default: bool = True
    form: str = "plain"
    outputs_last: bool = False
    vlen: int = 0
    extensions: tuple[Extension, ...] = ()

    @property
    def isa(self) -> Isa:
        """The ISA that the source is written for.

        Raises:
            IsaError: the extensions do not go together.
        """
        return isa_for(self.march, self.extensions, self.vlen)

    @property
    def is_custom(self) -> bool:
        """Whether there are instructions that no standard has.

        Raises:
            IsaError: the extensions do not go together.
        """
        return self.source is not None and any(x.startswith("X") for x in self.isa.extensions)

    @property
    def uses_vectors(self) -> bool:
        """Whether there are vector registers.

        Raises:
            IsaError: the extensions do not go together.
        """
        return self.source is not None and self.isa.vector is not None


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
        numbers: the number system of the variant.
        scalars: numbers that are passed by value, in the type that says in which register.
    """

    a: int
    b: int
    c: int
    length: int
    pitch: int
    place: Callable[[npt.NDArray[Any]], int]
    numbers: Arithmetic
    scalars: Sequence[Any] = ()


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
        arithmetics: number systems of its own, by name.
        grows: parameters that grow together where a sweep names no sizes.
        unit: what `macs` of the data counts: `MAC`, or `element` where nothing is accumulated.
        products: whether its results are sums of products, which any accumulator can make.
    """

    name: str
    folder: Path
    doc: str
    symbol: str
    parameters: Mapping[str, Parameter]
    variants: Mapping[str, Variant]
    data: ModuleType
    golden: ModuleType
    arithmetics: Mapping[str, Arithmetic] = field(default_factory=dict)
    grows: tuple[str, ...] = ()
    unit: str = "MAC"
    products: bool = False

    @contextlib.contextmanager
    def users_code(self) -> Iterator[None]:
        """What runs inside is the user's: where it fails, a sentence says where.

        Raises:
            KernelError: it failed, or what it gave does not fit.
        """
        try:
            yield
        except (RvxError, MemoryError):
            raise
        except Exception as error:
            if self.folder.parent == programs():
                raise
            said = users_mistake(error) or f"{type(error).__name__}: {error}"
            raise KernelError(
                f"data.py or golden.py of kernel {self.name} failed: {said}"
            ) from error

    def numbers(self, variant: Variant) -> Arithmetic:
        """The number system of a variant.

        Raises:
            KernelError: there is none with this name.
        """
        from rvx.analysis import arithmetic

        if variant.arithmetic in self.arithmetics:
            return self.arithmetics[variant.arithmetic]
        if variant.arithmetic in arithmetic.known():
            unit = variant.isa.vector
            return arithmetic.find(variant.arithmetic, unit.vlen if unit else 0)
        known = ", ".join([*self.arithmetics, *arithmetic.known()])
        raise KernelError(
            f"variant '{variant.name}' has no number system '{variant.arithmetic}'; name one with "
            f"arithmetic = ..., or add it to ARITHMETICS of a module; known are {known}"
        )

    def with_accumulators(self, accumulators: Iterable[Accumulator]) -> Kernel:
        """The kernel with accumulators as further variants, in array form.

        Raises:
            KernelError: the kernel computes something else than sums of products, an accumulator is
                one of integers, or has the name of a variant.
        """
        from rvx.analysis.arithmetic.accumulated import Declared

        made: dict[str, Declared] = {}
        for one in accumulators:
            if not self.products:
                own = self.folder.parent != programs()
                hint = "; if not, say products = true in its kernel.toml" if own else ""
                raise KernelError(
                    f"{self.name} is more than sums of products, which is all that an accumulator "
                    f"makes{hint}"
                )
            if one.name in self.variants:
                raise KernelError(
                    f"{self.name} has a variant '{one.name}'; give the accumulator another name"
                )
            try:
                made[one.name] = Declared(one)
            except ValueError as error:
                raise KernelError(str(error)) from None
        variants = {name: Variant(name, None, "", name, "", form=ARRAY) for name in made}
        return replace(
            self,
            variants={**self.variants, **variants},
            arithmetics={**self.arithmetics, **made},
        )

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
            if value > MAXIMUM:
                raise KernelError(f"{name}={value} is too large: sizes are at most {MAXIMUM}")
            values[name] = value
        try:
            self.data.output_shape(values)
        except ValueError as error:
            raise KernelError(f"{self.name}: {error}") from None
        except Exception:
            with self.users_code():
                raise
        return values

    def growing(self) -> Iterator[dict[str, int]]:
        """Sizes from a quarter of the usual ones to four times as much, in powers of two."""
        for eighths in (2, 4, 8, 16, 32):
            yield {name: self.parameters[name].default * eighths // 8 for name in self.grows}

    def select(self, names: Sequence[str], vlens: Sequence[int] = ()) -> list[Variant]:
        """The variants with these names, in the kernel's order.

        Args:
            names: of variants, patterns of names such as `rvv_*`, or `all`; if there are none, the
                default ones are meant, and with `vlens` plain ones in standard vectors besides.
            vlens: widths of vector registers. A variant that uses vectors comes once for each.

        Raises:
            KernelError: a name that no variant has, or widths for variants without vectors.
            IsaError: a width that the vector unit cannot have.
        """
        everything = self.variants.values()
        for name in names:
            if name != "all" and not any(fnmatchcase(v.name, name) for v in everything):
                raise KernelError(
                    f"{self.name} has no variant '{name}'; it has {', '.join(self.variants)}"
                )
        if "all" in names:
            chosen = list(everything)
        elif names:
            chosen = [v for v in everything if any(fnmatchcase(v.name, name) for name in names)]
        else:
            chosen = [
                v
                for v in everything
                if v.is_default
                or (vlens and v.form == "plain" and v.uses_vectors and not v.is_custom)
            ]
        return self._at(vlens, chosen) if vlens else chosen

    def _at(self, vlens: Sequence[int], variants: Sequence[Variant]) -> list[Variant]:
        found: list[Variant] = []
        for variant in variants:
            unit = variant.isa.vector if variant.source else None
            if unit is None:
                found.append(variant)
                continue
            for vlen in dict.fromkeys(vlens):
                check_vlen(vlen, unit.vlen)
                found.append(replace(variant, vlen=vlen))
        if not any(variant.vlen for variant in found):
            raise KernelError(
                f"VLEN says how wide vector registers are, and none of these variants of "
                f"{self.name} has any: {', '.join(v.name for v in variants)}"
            )
        return found


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
        text = tomllib.loads(read_text(path))
    except UserFileError as error:
        raise KernelError(str(error)) from None
    except tomllib.TOMLDecodeError as error:
        raise KernelError(f"{path} is not TOML: {error}") from None
    except RecursionError:
        raise KernelError(f"{path} is nested too deeply to be a kernel description") from None
    return _read(folder, Keys(str(path), text))


def _read(folder: Path, keys: Keys) -> Kernel:
    is_own = "extends" not in keys
    base = None if is_own else _base(keys.get("extends", str))
    is_alone = base is not None and keys.get("alone", bool, False)
    modules = []
    for name in keys.get("modules", list, []):
        if not isinstance(name, str):
            raise KernelError(f"{keys.where}: modules must be names of files, not {name!r}")
        modules.append(import_file(folder / name))
    extensions = tuple(one for module in modules for one in extensions_of(module))
    parameters = {name: _parameter(name, one) for name, one in keys.tables("parameters").items()}
    variants = {
        name: _variant(name, one, folder, extensions)
        for name, one in keys.tables("variants").items()
    }
    if (is_own and not parameters) or ((is_own or is_alone) and not variants):
        what = "variants" if parameters or is_alone else "parameters"
        raise KernelError(f"{keys.where} has no {what}; write a table [{what}.NAME] for each")
    # A golden.py of one's own may compute anything.
    inherits = base is not None and base.products and not (folder / "golden.py").is_file()
    kernel = Kernel(
        keys.get("name", str, folder.resolve().name if base else None),
        folder,
        keys.get("doc", str, base.doc if base else None),
        keys.get("symbol", str, base.symbol if base else None),
        {**(base.parameters if base else {}), **parameters},
        {**(base.variants if base and not is_alone else {}), **variants},
        _part(folder, "data", base.data if base else None),
        _part(folder, "golden", base.golden if base else None),
        {name: made for module in modules for name, made in _arithmetics(module).items()},
        tuple(keys.get("grows", list, list(base.grows) if base else [])),
        keys.get("unit", str, base.unit if base else "MAC"),
        keys.get("products", bool, inherits),
    )
    for name in kernel.grows:
        if name not in kernel.parameters:
            raise KernelError(
                f"{keys.where}: grows has {name!r}, which is no parameter; there are "
                f"{', '.join(kernel.parameters)}"
            )
    keys.end()
    return kernel


def _parameter(name: str, keys: Keys) -> Parameter:
    if name == "VLEN":
        raise KernelError(f"{keys.where}: VLEN is the width of vector registers, and no size")
    made = Parameter(
        name, keys.get("default", int), keys.get("doc", str), keys.get("minimum", int, 1)
    )
    keys.end()
    if not made.minimum <= made.default <= MAXIMUM:
        raise KernelError(
            f"{keys.where}: the default {made.default} is not between {made.minimum} and {MAXIMUM}"
        )
    return made


def _variant(name: str, keys: Keys, folder: Path, extensions: tuple[Extension, ...]) -> Variant:
    made = Variant(
        name,
        folder / f"{name}.s",
        keys.get("march", str),
        keys.get("arithmetic", str, name),
        keys.get("doc", str),
        keys.get("default", bool, True),
        keys.get("form", str, "plain"),
        keys.get("outputs_last", bool, False),
        extensions=extensions,
    )
    keys.end()
    if made.source is None or not made.source.is_file():
        raise KernelError(f"variant '{name}' has no source {made.source}")
    return made


def _base(name: str | None) -> Kernel | None:
    if name is None:
        return None
    if name not in names():
        raise KernelError(f"there is no kernel '{name}' to extend; there are {', '.join(names())}")
    return load(name)


def _part(folder: Path, name: str, inherited: ModuleType | None) -> ModuleType:
    path = folder / f"{name}.py"
    if not path.is_file():
        if inherited is not None:
            return inherited
        raise KernelError(f"the kernel folder {folder} has no {path.name}")
    is_shipped = folder.parent == programs()
    prefix = "rvx_programs" if is_shipped else f"{MODULE_PREFIX}kernel"
    try:
        module = run_file(path, f"{prefix}_{folder.name}_{name}")
    except UserFileError as error:
        raise KernelError(str(error)) from error.__cause__
    for function in FUNCTIONS[name]:
        if not callable(getattr(module, function, None)):
            raise KernelError(f"'{path}' defines no function {function}()")
    return module


def _arithmetics(module: ModuleType) -> Mapping[str, Arithmetic]:
    from rvx.analysis.arithmetic import Arithmetic

    found = getattr(module, "ARITHMETICS", {})
    if not isinstance(found, Mapping) or not all(
        isinstance(made, Arithmetic) for made in found.values()
    ):
        raise KernelError(
            f"ARITHMETICS of '{module.__file__}' must be a dictionary of names and number systems, "
            "such as {'mine': Sums(...)} with Sums from rvx.analysis.arithmetic.own"
        )
    return found
