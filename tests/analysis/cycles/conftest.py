"""Instructions that retire in a given order, without a machine."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from rvx.analysis.cycles import Core, Estimate, Estimator, load_core
from rvx.assembler import assemble
from rvx.emulator.native.retire import Kind
from rvx.emulator.tracing.records import Batch, Names
from rvx.extensions import isa_for

CORE = """
doc = "a core of the tests"
unknown = ["everything else"]
computes = "fpu"
[issue]
width = 1
source = "here"
[branches]
predictor = "never"
mispredicted = 2
jump = 1
jump_register = 3
returning = 2
source = "here"
[units.alu]
source = "here"
[units.lsu]
source = "here"
[units.fpu]
source = "here"
[units.divider]
source = "here"
[[classes]]
name = "loads"
kinds = ["load"]
unit = "lsu"
latency = 3
source = "here"
[[classes]]
name = "division"
kinds = ["div"]
unit = "divider"
latency = 10
interval = 10
source = "here"
[[classes]]
name = "floats"
kinds = ["float"]
unit = "fpu"
latency = 4
source = "here"
[[classes]]
name = "others"
unit = "alu"
latency = 1
source = "here"
"""


class Timed:
    """Estimates what a text takes on a core that is written in TOML, or that comes with rvx.

    Args:
        folder: for files.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def core(self, text: str) -> Core:
        path = self._folder / "core.toml"
        path.write_text(text)
        return load_core(str(path))

    def __call__(
        self,
        source: str,
        core: Core | str = CORE,
        order: Sequence[str] = "",
        march: str = "rv64gcv",
        vlen: int = 0,
        vtype: tuple[int, int] = (0, 0),
        is_compiled: bool = False,
    ) -> Estimate:
        """Estimates.

        Args:
            source: in assembly, a letter before each instruction that the order names.
            core: that is asked about.
            order: in which instructions retire, as letters; as they stand there if empty.
            march: the ISA.
            vlen: of the ISA.
            vtype: vtype and vl of all vector instructions.
            is_compiled: whether the scoreboard is.
        """
        isa = isa_for(march, (), vlen)
        lines = [line.partition(":") for line in source.strip().splitlines()]
        text = "\n".join(f"{name.strip()}: {line}" for name, _, line in lines)
        program = assemble(f".option norvc\n{text}", isa, entry="a")
        named = order or [name.strip() for name, _, _ in lines]
        retired = [program.symbols[name].address for name in named]
        code = program.section(".text")
        records, writes = [], []
        for at in retired:
            word = int.from_bytes(code.data[at - code.address :][:4], "little")
            made = isa.decode(word)
            assert made is not None
            if "v" in made.instruction.requests:
                writes.append((int(Kind.SETTING), 64, vtype[0] | vtype[1] << 16))
            records.append((at, word, made.instruction.size, 3, len(writes), 1))
        on = self.core(core) if isinstance(core, str) else core
        estimator = Estimator(isa, on, is_compiled=is_compiled)
        estimator.take(
            Batch(
                np.array(records, np.int64),
                np.array(writes or [(0, 0, 0)], np.int64),
                np.zeros(0, np.int64),
                np.zeros((0, 3), np.int64),
                Names({}, []),
            )
        )
        return estimator.estimate()


@pytest.fixture
def timed(tmp_path: Path) -> Timed:
    return Timed(tmp_path)
