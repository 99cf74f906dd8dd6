"""The same product by every instruction set: instructions, bytes and errors, over VLEN.

Each row is a variant of a kernel under one VLEN, run on the same matrices, and compared bit for bit
with the accumulator that it says it is. Bytes are those that loads, stores and streams move between
memory and registers; multiply-accumulates of matrix instructions are those that they perform, with
what is filled up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from rvx.analysis.compare import draw, program_of, run_variant
from rvx.analysis.comparison import Row
from rvx.analysis.kernel import Kernel, Variant, load
from rvx.analysis.metrics import finite
from rvx.analysis.profile.traffic import traffic_of
from rvx.emulator import Backend, Machine
from rvx.errors import RvxError
from rvx.isa import streams

SCHEMA = "rvx.paper.matrix-drafts/1"
SIZE = DEPTH = 64
VLENS = (128, 256, 512, 1024)
MOST_LAMBDA_ROWS = 8
"""Registers of C that the kernels of Zvvm take at the most."""


class StudyError(RvxError, ValueError):
    """Something that is not compared."""


@dataclass(frozen=True)
class Entry:
    """One way to compute the product.

    Attributes:
        family: what instructions it has, for people.
        numbers: formats of factors and sums.
        kernel: name of the kernel.
        variant: name of its variant.
        lam: lambda, for Zvvm.
        edge: rows and columns of a tile, for Zvt.
        vlens: widths of vector registers that it is for; none if it has no vectors.
        reuse: how often an element of each stream is used before the next one is fetched.
    """

    family: str
    numbers: str
    kernel: str
    variant: str
    lam: int = 0
    edge: int = 0
    vlens: tuple[int, ...] = VLENS
    reuse: tuple[int, ...] = ()

    @property
    def label(self) -> str:
        """The family, with the shape that was chosen."""
        if self.lam:
            return f"{self.family}, lambda {self.lam}"
        return f"{self.family}, {self.edge} rows" if self.edge else self.family


def _drafts() -> list[Entry]:
    """The entries of gemm_drafts."""
    found = [Entry("Zvdot4a", "INT8", "gemm_drafts", "vdot4a_int8")]
    for name, numbers in (("int8", "INT8"), ("e4m3", "E4M3"), ("bf16", "BF16")):
        found += [
            Entry("Zvdota", numbers, "gemm_drafts", f"zvdota_{name}"),
            Entry("Zvbdota", numbers, "gemm_drafts", f"zvbdota_{name}"),
        ]
        for edge in (8, 16, 32):
            wide = tuple(vlen for vlen in VLENS if vlen >= 4 * edge)
            found.append(Entry("Zvt", numbers, "gemm_drafts", f"zvt_{name}", edge=edge, vlens=wide))
        for lam in (1, 2, 4):
            there = tuple(vlen for vlen in VLENS if 1 <= vlen // 32 // lam**2 <= MOST_LAMBDA_ROWS)
            found.append(
                Entry("Zvvm", numbers, "gemm_drafts", f"zvvm{lam}_{name}", lam=lam, vlens=there)
            )
    found.append(Entry("vmadot", "INT8", "gemm_drafts", "vmadot_int8", vlens=(256, 1024)))
    return found


ENTRIES = (
    Entry("RVV", "INT8", "gemm", "rvv_int8_tuned"),
    Entry("RVV", "BF16", "gemm", "rvv_bf16_tuned"),
    *_drafts(),
    Entry("ExSdotp", "E5M2", "gemm", "f8_exsdotp_tuned", vlens=()),
    Entry("ExSdotp, SSR, FREP", "E5M2", "gemm_snitch", "fp8_opt_ex", vlens=(), reuse=(8, 1)),
    Entry("Xvsq", "INT4, scales", "gemm", "vsq4_tuned", vlens=()),
    Entry("quire", "posit16", "gemm", "rvv_posit16_quire"),
)


@dataclass(frozen=True)
class Outcome:
    """An entry, run.

    Attributes:
        entry: what was run.
        row: counts and errors.
        loaded: bytes from memory to registers, those of streams too.
        stored: bytes back.
        in_matrices: instructions for dot products and matrices that were executed.
        performed: multiply-accumulates of these.
    """

    entry: Entry
    row: Row
    loaded: int
    stored: int
    in_matrices: int
    performed: int

    @property
    def intensity(self) -> float:
        """Multiply-accumulates of the product for every byte that is moved."""
        return self.row.macs / (self.loaded + self.stored)

    @property
    def rate(self) -> float:
        """Multiply-accumulates of the product for every instruction."""
        return 1 / self.row.instructions_per_mac

    @property
    def per_matrix_instruction(self) -> float | None:
        """Multiply-accumulates that an instruction of the family performs; None if unknown."""
        return self.performed / self.in_matrices if self.in_matrices else None

    def to_json(self) -> dict[str, Any]:
        """An element of `rows`."""
        row = self.row
        return {
            "family": self.entry.family,
            "numbers": self.entry.numbers,
            "lambda": self.entry.lam or None,
            "tile_rows": self.entry.edge or None,
            "kernel": self.entry.kernel,
            "variant": self.entry.variant,
            "vlen": row.variant.vlen or None,
            "macs": row.macs,
            "instructions": row.run.instructions,
            "fetched": row.run.fetched,
            "instructions_per_mac": row.instructions_per_mac,
            "macs_performed": self.performed or None,
            "macs_per_matrix_instruction": self.per_matrix_instruction,
            "bytes_loaded": self.loaded,
            "bytes_stored": self.stored,
            "macs_per_byte": self.intensity,
            "sqnr_db": finite(row.total.sqnr_db),
            "sums": row.from_arithmetic.to_json(),
            "bit_exact": row.bit_exact,
        }


def choose(families: Sequence[str]) -> list[Entry]:
    """The entries of families by name, all of them without a name.

    Raises:
        StudyError: there is no such family.
    """
    known = {entry.family.lower(): entry.family for entry in ENTRIES}
    for name in families:
        if name.lower() not in known:
            raise StudyError(
                f"'{name}' is none of the instruction sets; there are "
                f"{', '.join(repr(one) for one in known.values())}"
            )
    wanted = {known[name.lower()] for name in families} or set(known.values())
    return [entry for entry in ENTRIES if entry.family in wanted]


def check(vlens: Sequence[int]) -> Sequence[int]:
    """The widths of vector registers.

    Raises:
        StudyError: one of them is not compared.
    """
    for vlen in vlens:
        if vlen not in VLENS:
            raise StudyError(f"VLEN {vlen} is not compared; {', '.join(map(str, VLENS))} are")
    return vlens


def runs_of(entries: Sequence[Entry], vlens: Sequence[int]) -> list[tuple[Entry, int]]:
    """Every entry with every VLEN that it is for; 0 stands for no vectors.

    What Zvt does depends on the edge of a tile and not on VLEN: one of them is enough.
    """
    found = []
    for entry in entries:
        known = [vlen for vlen in vlens if vlen in entry.vlens] if entry.vlens else [0]
        found += [(entry, vlen) for vlen in (known[:1] if entry.edge else known)]
    return found


def run(
    chosen: Sequence[tuple[Entry, int]],
    size: int = SIZE,
    depth: int = DEPTH,
    seed: int = 0,
    backend: Backend = "native",
    progress: Callable[[str], None] = lambda name: None,
) -> list[Outcome]:
    """Runs them.

    Args:
        chosen: see `runs_of`.
        size: rows and columns of the product.
        depth: products of a sum.
        seed: of the numbers, which are uniform in [-1, 1).
        backend: of the emulator.
        progress: is told the name of each before it runs.
    """
    kernels: dict[str, Kernel] = {}
    found = []
    for entry, vlen in chosen:
        progress(f"{entry.label}, {entry.numbers}" + (f", VLEN {vlen}" if vlen else ""))
        kernel = kernels.setdefault(entry.kernel, load(entry.kernel))
        variant = _variant(kernel, entry, vlen)
        inputs = draw(kernel, {"M": size, "N": size, "K": depth}, seed=seed)
        row = run_variant(kernel, variant, inputs, backend)
        loaded, stored = _moved(row, entry.reuse)
        elements = [one for one in row.run.elements.items() if one[1].macs]
        performed = sum(one.macs for _, one in elements)
        in_matrices = sum(row.run.by_mnemonic[name] for name, _ in elements)
        found.append(Outcome(entry, row, loaded, stored, in_matrices, performed))
    return found


def _variant(kernel: Kernel, entry: Entry, vlen: int) -> Variant:
    variant = replace(kernel.variants[entry.variant], vlen=vlen)
    if entry.edge:
        variant = replace(variant, march=variant.march.replace("zvt16t", f"zvt{entry.edge}t"))
    return variant


def _moved(row: Row, reuse: Sequence[int]) -> tuple[int, int]:
    """Bytes that a run has loaded and stored."""
    isa = row.variant.isa
    memory = Machine(program_of(row.variant), isa, memory=1 << 16).memory
    loaded = stored = 0
    for address, executions in row.run.executions.items():
        decoded = isa.decode(memory.word(address) or 0)
        assert decoded is not None
        does = decoded.expanded.instruction
        if "v" not in does.requests:
            moved = traffic_of(does)
            assert moved is not None, does.mnemonic
            loaded += executions * moved[0]
            stored += executions * moved[1]
        if reuse:
            taken, appended = streams.moved(decoded)
            loaded += sum(8 * executions // reuse[stream] for stream in taken)
            stored += 8 * executions * (appended is not None)
    for name, elements in row.run.elements.items():
        if isa.instructions[name].kind == "store":
            stored += elements.bytes
        else:
            loaded += elements.bytes
    return loaded, stored


def is_exact(found: Sequence[Outcome]) -> bool:
    """Whether every result was that of its accumulator."""
    return all(one.row.bit_exact for one in found)
