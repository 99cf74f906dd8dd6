"""What a comparison has to compile the first time, compiled by all processors at once.

Most of the time of a first comparison goes to LLVM, and for a kernel of one's own to numba, which
compile the bodies, references and loops of a dozen variants. Before the variants run one after the
other, processes of their own run a share of them each, on the usual sizes, for nothing but what
they leave in the cache on disk. What fails there is left to the comparison itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from rvx import disk, jit
from rvx.analysis import kernel as kernels
from rvx.analysis.compare import draw, run_variant
from rvx.analysis.kernel import Kernel, Variant
from rvx.emulator import Tier
from rvx.emulator.handlers.interim import VARIABLE as COMPILE_AFTER
from rvx.records import replace
from rvx.version import __version__

LEAST_VARIANTS = 3
"""With fewer of them to compile, starting processes costs what they save."""
MOST_PROCESSES = 8
_POLL_SECONDS = 0.05


def _mark(variant: Variant) -> Path:
    """A file that exists once a variant has been compiled with this version of everything."""
    source = variant.source and variant.source.resolve()
    key = jit.content_key(extra=f"{__version__} {source} {variant.march} {variant.vlen}")
    return disk.directory() / "warm" / key


def _processors() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def compile_ahead(
    kernel: Kernel,
    variants: Sequence[Variant],
    tier: Tier = "region",
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Compiles what the variants need, if that is much and there are processors for it.

    Args:
        kernel: of the variants.
        variants: those that are to run.
        tier: how far they are to be compiled.
        progress: is told from time to time how many variants are done, and of how many.
    """
    found = [(variant, _mark(variant)) for variant in variants if variant.source]
    cold = [(variant, mark) for variant, mark in found if not mark.exists()]
    waiting, marks = [variant for variant, _ in cold], [mark for _, mark in cold]
    # Neighbours are often twins, which share most of what has to be compiled.
    pairs = [waiting[i : i + 2] for i in range(0, len(waiting), 2)]
    count = min(_processors(), len(pairs), MOST_PROCESSES)
    if len(waiting) < LEAST_VARIANTS or count < 2 or not sys.executable:
        return
    command = [sys.executable, "-m", __name__, str(kernel.folder.resolve()), tier]
    places = [str(Path(disk.__file__).parent.parent), os.environ.get("PYTHONPATH", "")]
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, places)),
    }
    helpers: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(count):
            share = [variant for pair in pairs[number::count] for variant in pair]
            names = [f"{variant.name}:{variant.vlen}" for variant in share]
            helpers.append(
                subprocess.Popen(
                    [*command, *names],
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )
        while any(helper.poll() is None for helper in helpers):
            if progress is not None:
                progress(sum(mark.exists() for mark in marks), len(marks))
            time.sleep(_POLL_SECONDS)
    finally:
        for helper in helpers:
            helper.kill()
            helper.wait()


def main(folder: str, tier: Tier, *names: str) -> None:
    """Runs some variants of a kernel, named NAME:VLEN, on the usual sizes, and says nothing."""
    kernel = kernels.load(folder)
    inputs = draw(kernel, {})
    for text in names:
        name, _, vlen = text.rpartition(":")
        variant = replace(kernel.variants[name], vlen=int(vlen))
        # The bodies of vector instructions take long, and few of them are needed beside regions.
        os.environ.pop(COMPILE_AFTER, None)
        if not variant.vlen:
            os.environ[COMPILE_AFTER] = "0"
        try:
            run_variant(kernel, variant, inputs, tier=tier)
        except Exception:
            continue  # The comparison runs it again, and says what is wrong.
        disk.store(_mark(variant), b"")


if __name__ == "__main__":
    main(*sys.argv[1:])  # type: ignore[arg-type]
