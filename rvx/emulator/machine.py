"""The machine: loads a program, runs it, and says exactly what it did."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from rvx.bodies import check_bodies
from rvx.emulator.arguments import Argument, passed
from rvx.emulator.board import Board, Place
from rvx.emulator.calls import Calls
from rvx.emulator.context import VECTOR_DIRTY, Context, Field
from rvx.emulator.core import F0, FFLAGS, FRM, PC, X0, Core
from rvx.emulator.counts import Counts
from rvx.emulator.devices import Device
from rvx.emulator.environment import Abi
from rvx.emulator.explain import Explanation, explain, explain_repeat
from rvx.emulator.floatunit import needs_bodies
from rvx.emulator.gate import gate_for
from rvx.emulator.hart import Backend, End, Hart, Tier
from rvx.emulator.htif import htif_of
from rvx.emulator.interest import Interest, markers
from rvx.emulator.interrupts import Interrupts
from rvx.emulator.linux.descriptors import USER
from rvx.emulator.linux.frame import TRAMPOLINE, TRAMPOLINE_OFFSET
from rvx.emulator.linux.process import Settings
from rvx.emulator.linux.stack import TooManyArguments, auxiliary_vector, initial_stack
from rvx.emulator.loader import Executable, HasElf, load_executable
from rvx.emulator.memory import LARGEST_STACK, GuestMemory, Run
from rvx.emulator.pauses import Pauses
from rvx.emulator.peripherals import Clint, Uart
from rvx.emulator.regions.floats import default_environment, use_default_environment
from rvx.emulator.report import Reporter
from rvx.emulator.result import RunResult, Trap, TrapKind
from rvx.emulator.system import System
from rvx.emulator.tracing.records import Batch
from rvx.emulator.tracing.tracer import Tracer, Tracing
from rvx.isa import Isa, RegisterFile, streams, tiles
from rvx.isa.bits import Address
from rvx.isa.memory import EXECUTABLE
from rvx.isa.vector.state import HEADER
from rvx.isa.vector.state import STATE as VECTOR
from rvx.records import replace

DEFAULT_MEMORY = 128 << 20
"""As much as boards have that linker scripts are written for: there the stack ends with it."""
_ECALL_WORD = 0x00000073
_UNLIMITED = 1 << 62
"""A limit that nobody reaches, for a machine that has run with one before."""
_WATCH_INTERVAL = 0.02
_FEW_STEPS = 1 << 16
"""Steps up to which nobody waits for Ctrl-C in another thread: some 20 ms."""


class Machine:
    """One hart with its memory and a loaded program.

    Args:
        program: an assembled program, an ELF executable as bytes, a path to one, or what
            `load_executable` has made of them.
        isa: the instructions that it may use.
        memory: bytes of room for heap and stack.
        stack: bytes of it that the stack may take, as `ulimit -s` says; a quarter at most.
        backend: `native` runs compiled bodies, `python` interprets them.
        tier: how far the native backend goes: `trap`, `inline` or `region`, the fastest.
        by_pointer: reach the core's registers by pointer where that is possible.
        on_output: called with (descriptor, bytes) for what the guest writes.
        on_note: called with what the user should know, such as system calls that are not there.
        settings: arguments, environment, files and random numbers that the program is given.
        board: memory and devices beside the program.
        abi: whose calls `ecall` makes: `linux`, or `rars`, with those of RARS before them.
        follow_calls: note who calls whom, and what it costs, for `RunResult.calls`.
        tracing: what of the run is traced; every instruction that is then runs by its body.
        on_retired: called with batches of what has retired, while the hart waits; without it,
            results have all of them (`RunResult.retired`).
        fills_agnostic: whether agnostic elements of vectors are filled with ones, to find programs
            that depend on them.
        interest: the part of a run that is counted, and traced if it is; see
            `rvx.emulator.interest`. Limits, and the program itself, see all instructions.
        counts_marked: whether that part is what the markers of `roi.inc` enclose.
        debugging: whether somebody stops and rewinds it, through `rvx.emulator.rewind`; every
            instruction runs by its body then.

    Raises:
        LoadError: the program cannot be loaded.
        MemoryLayoutError: it does not fit memory.
        TooManyArguments: arguments and environment do not fit the stack.
        SandboxProblem: a folder that the program is to have cannot be opened.
        BodyProblem: a body holds something that cannot mean the same everywhere.
        ValueError: program and ISA have different register widths.
        NoMarkers: the program has none, and what they enclose was to be counted.
    """

    def __init__(
        self,
        program: Executable | HasElf | bytes | str | Path,
        isa: Isa,
        *,
        memory: int = DEFAULT_MEMORY,
        stack: int = LARGEST_STACK,
        backend: Backend = "native",
        tier: Tier = "region",
        by_pointer: bool = True,
        on_output: Callable[[int, bytes], None] | None = None,
        on_note: Callable[[str], None] | None = None,
        settings: Settings | None = None,
        board: Board | None = None,
        abi: Abi = "linux",
        follow_calls: bool = False,
        tracing: Tracing | None = None,
        on_retired: Callable[[Batch], None] | None = None,
        fills_agnostic: bool = False,
        debugging: bool = False,
        interest: Interest | None = None,
        counts_marked: bool = False,
    ) -> None:
        self.executable = load_executable(program)
        if self.executable.xlen != isa.xlen:
            raise ValueError(
                f"{self.executable.name} is an RV{self.executable.xlen} program, "
                f"the ISA is RV{isa.xlen}"
            )
        check_bodies(isa)
        self.isa = isa
        board = Board() if board is None else board
        segments = (*self.executable.segments, *board.segments(self.executable.segments))
        self.memory = GuestMemory(segments, memory, isa.xlen, stack)
        self.context = Context.for_isa(isa)
        # The core keeps flags and rounding mode where bodies do not look for them.
        if debugging:
            tracing = Tracing()
        is_traced = tracing is not None and "fcsr" in isa.states
        self._has_bodies = is_traced or needs_bodies(isa, self.memory, self.executable)
        self.core = Core(isa.xlen, by_pointer, has_floats=not self._has_bodies)
        self.system = System(
            self.memory,
            on_output,
            xlen=isa.xlen,
            name=self.executable.name,
            settings=settings,
            extensions=frozenset(isa.extensions),
            note=on_note,
            image=self.executable.data,
        )
        self._pc: Address | None = None
        self._watched = threading.Event()
        self._watched.set()
        self._has_floats = not {"F", "D"}.isdisjoint(isa.extensions)
        self.context.words[Field.FILLS_AGNOSTIC] = fills_agnostic
        self._connect()
        self._place_stack()
        self._batches: list[Batch] = []
        tracer = None
        if tracing is not None:
            take = self._batches.append if on_retired is None else on_retired
            tracer = Tracer(isa, self.context, self.core, self.memory, tracing, take)
        # A compiled loop would run over the places where a trace begins.
        is_inline = debugging or (tracing is not None and tracing.begins_at)
        devices = [(place.at, place.size, self._device(place, board)) for place in board.places]
        if counts_marked:
            interest = markers(self.memory, self.executable.name)
        self.hart = Hart(
            isa,
            gate_for(isa, not self._has_bodies),
            self.core,
            self.context,
            self.memory,
            self.system,
            Reporter(isa, self.memory, self.executable.symbols),
            backend=backend,
            tier="inline" if is_inline and tier == "region" else tier,
            tracer=tracer,
            htif=htif_of(self._symbol_or_none, self.memory, self.system, isa.xlen),
            devices=devices,
            clint=next((one for _, _, one in devices if isinstance(one, Clint)), None),
            ends=self._ends(board),
            abi=abi,
            pauses=Pauses(self.context, self.memory) if debugging else None,
            interest=interest,
        )
        if follow_calls:
            counter = self.hart.counter
            counter.calls = Calls(
                isa, self.executable, self.memory, self.context, counter.blocks, counter.touched
            )

    def _connect(self) -> None:
        """Tells the context where everything is, and maps memory into the core."""
        words, memory = self.context.words, self.memory
        words[Field.RAM] = memory.ram.ctypes.data
        words[Field.RAM_BOUNDS] = memory.base
        words[Field.RAM_BOUNDS + 1] = memory.ram.size
        words[Field.RAM_BOUNDS + 2] = 0xFFFFFFFF if self.isa.xlen == 32 else -1
        words[Field.PAGES] = memory.pages.ctypes.data
        words[Field.PC_REGISTER] = PC
        words[Field.FFLAGS_REGISTER] = FFLAGS
        words[Field.FRM] = self.context.address(Field.MIRROR_FRM)
        words[Field.MSTATUS] = self.context.address(Field.MIRROR_MSTATUS)
        if self.isa.vector is not None:
            words[Field.VECTOR_STATUS] = VECTOR_DIRTY
            words[Field.VECTOR] = self.context.address(self.context.offsets[VECTOR])
        self._show_open_runs()
        words[Field.BIAS] = int(memory.ram.ctypes.data) - memory.base
        pointers = self.core.pointers
        if pointers is not None:
            words[Field.X_REGISTERS], words[Field.F_REGISTERS] = pointers.x, pointers.f
            words[Field.CORE_PC] = pointers.pc
            words[Field.FRM] = pointers.frm
            words[Field.MSTATUS] = pointers.mstatus
            words[Field.FLAGS_ADDRESS] = pointers.fflags
            words[Field.FLAGS_TABLE : Field.FLAGS_TABLE + 32] = pointers.flags_table
        if self._has_bodies:
            words[Field.FCSR] = self.context.address(self.context.offsets["fcsr"])
            words[Field.FRM] = self.context.address(Field.MIRROR_FRM)
            if streams.STATE in self.context.offsets:
                words[Field.SSR] = self.context.address(self.context.offsets[streams.STATE])
                self.context.state(streams.STATE, streams.WORDS)[streams.AVAILABLE] = 1
        if self.isa.loops is not None:
            words[Field.LOOPS] = self.context.address(self.context.offsets[self.isa.loops.name])
            words[Field.LOOP_COUNT] = self.isa.loops.loops
        self._map(memory.runs())
        memory.on_protect = self._remap
        stub = _ECALL_WORD.to_bytes(4, "little").ljust(TRAMPOLINE_OFFSET, b"\0") + TRAMPOLINE
        at = memory.stub - memory.base
        memory.ram[at : at + len(stub)] = np.frombuffer(stub, np.uint8)

    def _map(self, runs: Iterable[Run]) -> None:
        memory = self.memory
        for address, size, permissions in runs:
            host = int(memory.ram.ctypes.data) + address - memory.base
            self.core.map(address, size, permissions, host)

    def _remap(self, gone: Iterable[Run], new: Iterable[Run]) -> None:
        """Shows the core, and compiled loops, pages that have other permissions now."""
        for address, size, permissions in gone:
            self.core.unmap(address, size)
            if permissions & EXECUTABLE:
                # What the core has translated of pages that are gone is not found by address.
                self.memory.changed_code.append((0, 1 << 64))
        self._map(new)
        self._show_open_runs()

    def _show_open_runs(self) -> None:
        words = self.context.words
        for (begin, end), at in zip(
            self.memory.open_runs(),
            (Field.READ_BEGIN, Field.WRITE_BEGIN, Field.STACK_BEGIN),
            strict=True,
        ):
            words[at], words[at + 1] = begin, end - begin - 8

    def _place_stack(self) -> None:
        """Puts arguments, environment and auxiliary vector on the stack, and sp there."""
        process, executable = self.system.process, self.executable
        given = process.settings
        extensions = frozenset(self.isa.extensions)
        sp, image = initial_stack(
            self.memory.end,
            self.isa.xlen,
            [os.fsencode(text) for text in (executable.name, *given.arguments)],
            [os.fsencode(text) for text in given.environment],
            auxiliary_vector(executable.headers, executable.entry, extensions, USER),
            process.random.randbytes(16),
        )
        if len(image) > self.memory.stack_size // 4:
            raise TooManyArguments(
                f"arguments and environment take {len(image):,} bytes, and may take a quarter of "
                f"the stack, {self.memory.stack_size // 4:,}; give the program more --memory"
            )
        at = sp - self.memory.base
        self.memory.ram[at : at + len(image)] = np.frombuffer(image, np.uint8)
        self.core.write(X0 + 2, sp)

    def explain(self, result: RunResult) -> list[Explanation]:
        """What became of the hot loops of a run, the heaviest first."""
        if self.hart.regions is None:
            return []
        found = [
            explain(made, self.hart.inline, self.executable.symbols, result.executions)
            for made in self.hart.regions.regions
        ]
        if self.hart.repeats is not None:
            found += [
                explain_repeat(made, self.executable.symbols, result.executions)
                for made in self.hart.repeats.repeats
            ]
        return sorted(found, key=lambda one: -one.instructions)

    @property
    def refused(self) -> Mapping[str, str]:
        """Why bodies could not be compiled, by mnemonic; they ran interpreted.

        Waits for what is being compiled, as the end of the process does.
        """
        self.hart.interim.finish()
        return self.hart.interim.refused

    def region_code(self) -> str:
        """The LLVM text of all regions."""
        if self.hart.regions is None:
            return ""
        repeats = self.hart.repeats.repeats if self.hart.repeats is not None else []
        sources = [made.source for made in self.hart.regions.regions]
        return "\n".join([*sources, *(made.source for made in repeats)])

    def _device(self, place: Place, board: Board) -> Device:
        if place.device is not None:
            return place.device
        if place.kind == "clint":
            return Clint(self.system.process.executed, board.instructions_per_tick)
        return Uart(
            partial(self.system.write, 1), lambda: self.system.process.descriptors[0].read(1)
        )

    def _ends(self, board: Board) -> dict[Address, int]:
        """Where the program has ended, as its board says by symbols that the program may have."""
        places = {name: self._symbol_or_none(name) for name in board.ends or {}}
        return {at: (board.ends or {})[name] for name, at in places.items() if at is not None}

    def _symbol_or_none(self, name: str) -> Address | None:
        found = self.executable.symbols.by_name.get(name)
        return None if found is None else found.address

    def symbol(self, name: str) -> Address:
        """Address of a symbol.

        Raises:
            KeyError: there is no such symbol; the message lists those that there are.
        """
        found = self.executable.symbols.by_name.get(name)
        if found is None:
            known = ", ".join(sorted(self.executable.symbols.by_name)[:20]) or "none"
            raise KeyError(f"{self.executable.name} has no symbol '{name}'; it has {known}")
        return found.address

    def array(
        self, where: Address | str, dtype: DTypeLike, shape: int | tuple[int, ...]
    ) -> NDArray[Any]:
        """A NumPy view of guest memory at an address or symbol; writes go both ways."""
        address = self.symbol(where) if isinstance(where, str) else where
        view: NDArray[Any] = self.memory.array(address, dtype, shape)
        return view

    def allocate(self, size: int, align: int = 64) -> Address:
        """Takes bytes of the heap; gives their guest address."""
        return self.memory.allocate(size, align)

    def place(self, values: NDArray[Any], align: int = 64) -> Address:
        """Copies an array into the heap; gives its guest address."""
        address = self.allocate(max(values.nbytes, 1), align)
        if values.size:
            self.array(address, values.dtype, values.shape)[...] = values
        return address

    def register(self, name: str) -> int:
        """The bits of a register by any of its names, or `pc`, not negative.

        Raises:
            KeyError: there is no such register.
        """
        if name == "pc":
            return self.pc
        file, number = self._named(name)
        if not file.is_core:
            return int.from_bytes(self.own_register(file, number), "little")
        return self.core.read((F0 if file.name == "f" else X0) + number)

    def set_register(self, name: str, value: int) -> None:
        """Writes the bits of a register by any of its names, or `pc`.

        Raises:
            KeyError: there is no such register.
        """
        if name == "pc":
            self._pc = value
            return
        file, number = self._named(name)
        if not file.is_core:
            own = self.own_register(file, number)
            bits = file.bits or 8 * own.size
            own[:] = np.frombuffer((value & (1 << bits) - 1).to_bytes(own.size, "little"), np.uint8)
        elif file.name == "f" or number:
            self.core.write((F0 if file.name == "f" else X0) + number, value)

    def _named(self, name: str) -> tuple[RegisterFile, int]:
        found = self.isa.registers.get(name)
        if found is None:
            raise KeyError(f"{self.isa} has no register '{name}'")
        return found

    def own_register(self, file: RegisterFile, number: int) -> NDArray[np.uint8]:
        """The bytes of a register that an extension brings along, or of a vector or a tile."""
        unit = self.isa.vector
        if file.is_vector:
            assert unit is not None
            data = self.state(VECTOR)[HEADER:].view(np.uint8)
            return data[number * unit.vlen // 8 :][: unit.vlen // 8]
        if file.is_tiled:
            assert unit is not None
            return self.state(file.name).view(np.uint8)[number * unit.edge**2 :][: unit.edge**2]
        words = self.context.state(file.name, file.count * file.words)
        return words[number * file.words : (number + 1) * file.words].view(np.uint8)

    def tile(self, name: str, width: int) -> NDArray[Any]:
        """The elements of a tile as a matrix of unsigned numbers; a copy.

        Args:
            name: of the tile, such as `mt4`.
            width: bits of an element: 8, 16, 32 or 64.

        Raises:
            ValueError: there is no such tile of this width.
        """
        file, number = self.isa.registers.get(name, (None, 0))
        if file is None or not file.is_tiled or width not in tiles.PLACES:
            raise ValueError(f"'{name}' is no tile with elements of {width} bits")
        if number % tiles.step_of(width):
            raise ValueError(
                f"with elements of {width} bits, tiles are every {tiles.step_of(width)}th one, "
                f"which {name} is not"
            )
        assert self.isa.vector is not None
        edge = self.isa.vector.edge
        data, place = self.state(file.name).view(f"u{width // 8}"), tiles.PLACES[width]
        n = range(tiles.edge_of(edge, width))
        return np.array([[data[place(edge, number, row, column)] for column in n] for row in n])

    def state(self, name: str) -> NDArray[np.int64]:
        """A view of the state words of an extension, such as a quire."""
        return self.context.state(name, self.isa.states[name].words)

    @property
    def fflags(self) -> int:
        """The accrued floating-point exceptions."""
        if self.context.words[Field.FCSR]:
            return int(self.context.state("fcsr", 1)[0]) & 31
        return self.core.read(FFLAGS)

    @fflags.setter
    def fflags(self, value: int) -> None:
        self._write_fcsr(FFLAGS, value & 31, 0, 31)

    @property
    def frm(self) -> int:
        """The dynamic rounding mode."""
        if self.context.words[Field.FCSR]:
            return int(self.context.state("fcsr", 1)[0]) >> 5 & 7
        return self.core.read(FRM)

    @frm.setter
    def frm(self, value: int) -> None:
        self._write_fcsr(FRM, value & 7, 5, 7)

    def _write_fcsr(self, register: int, value: int, lsb: int, mask: int) -> None:
        if self.context.words[Field.FCSR]:
            fcsr = self.context.state("fcsr", 1)
            fcsr[0] = fcsr[0] & ~(mask << lsb) | value << lsb
            self.context.words[Field.MIRROR_FRM] = int(fcsr[0]) >> 5 & 7
        else:
            self.core.write(register, value)

    def registers(self) -> dict[str, int]:
        """The bits of all registers but vectors, not negative, by the names that are printed.

        Tiles of matrix state are among them: all bits of each as elements of 8 bits have it; `tile`
        gives the elements of one.

        `pc` is where `run` begins.
        """
        found = {"pc": self.pc}
        for file in self.isa.register_files.values():
            if not file.is_vector:
                found |= {name: self.register(name) for name in file.abi}
        return found

    @property
    def pc(self) -> Address:
        """Where `run` begins: where the last one stopped, or the entry point."""
        return self.executable.entry if self._pc is None else self._pc

    def run(self, max_instructions: int | None = None) -> RunResult:
        """Runs until the program exits or cannot go on.

        It begins at the entry point; after a run, a call or steps that a limit or Ctrl-C has ended,
        it goes on where that stopped, in a repetition as well. Counts are those of this run alone.

        Args:
            max_instructions: stop after so many; the result has a trap of kind `LIMIT` then.

        Raises:
            ValueError: the limit is below 1, or the machine has run without one before.
        """
        return self._run(self.pc, max_instructions)

    def step(self, count: int = 1) -> RunResult:
        """Performs some instructions, from where `run` would begin; `registers` shows the rest.

        Args:
            count: how many; fewer if the program ends or cannot go on.

        Returns:
            What a run does, without a trap where nothing else has stopped the program. A machine
            that traces all of a run adds counts up when somebody looks at them.

        Raises:
            ValueError: the count is below 1, or the machine has run without a limit before.
        """
        return self._run(self.pc, count, is_step=True)

    def call(
        self, function: Address | str, *arguments: Argument, max_instructions: int | None = None
    ) -> RunResult:
        """Calls a function by the standard calling convention.

        Counts cover the function and what it calls, and nothing else.

        Args:
            function: its address or symbol.
            arguments: integers go to a0 to a7. Floating-point numbers go to fa0 to fa7: those of
                Python and NumPy's float64 as double, float32 and float16 as such. An array of
                NumPy, of any shape, is copied into guest memory in C order, its address is passed,
                and what the function has written is copied back, unless the array is read only;
                whoever calls often is faster with `place` and its address.
            max_instructions: stop after so many.

        Returns:
            The outcome; `value` has a0 and `float_value` fa0.

        Raises:
            KeyError: there is no such symbol.
            MemoryLayoutError: the arrays do not fit the heap.
            TypeError: an argument is neither a number nor an array of numbers.
            ValueError: there are more than eight arguments of a kind, or no registers for them.
        """
        address = self.symbol(function) if isinstance(function, str) else function
        before = self.memory.taken
        given = passed(arguments, self.place, self._has_floats)
        after = self.memory.taken
        for register, value in enumerate(given.integers):
            self.core.write(X0 + 10 + register, value)
        for register, bits in enumerate(given.floats):
            self.set_register(f"fa{register}", bits)
        self.core.write(X0 + 1, self.memory.stub)
        self.core.write(X0 + 2, self.memory.stack_top)
        self.context.words[Field.SUSPENDED] = 0
        result = self._run(address, max_instructions)
        for array, place in given.copies:
            if array.flags.writeable:
                array[...] = self.array(place, array.dtype, array.shape)
        if given.copies and self._pc is None and self.memory.taken == after:
            self.memory.set_taken(before)
        return result

    def _run(self, pc: Address, limit: int | None, *, is_step: bool = False) -> RunResult:
        if limit is not None and limit < 1:
            raise ValueError(f"the instruction limit is at least 1, not {limit}")
        hart = self.hart
        self.system.begin()
        if limit is None and hart.is_limited:
            limit = _UNLIMITED
        hart.prepare(limit is not None)
        compiling = hart.rows.seconds
        start = time.perf_counter()
        is_short = is_step and hart.steps_only and limit is not None and limit <= _FEW_STEPS
        run = self._in_this_thread if is_short else self._in_thread
        exit_code, trap, end = run(lambda: hart.run(pc, limit))
        self.system.process.shared.push()
        seconds = end - start - (hart.rows.seconds - compiling)
        if hart.regions is not None:
            hart.regions.remember()
        if hart.repeats is not None:
            hart.repeats.remember()
        part = hart.interest
        taken = hart.counter.snapshot() if part is None else part.snapshot
        counts = Counts(self.isa, self.memory, taken)
        total = hart.counter.executed() if is_step and hart.steps_only else counts.total
        follow = hart.counter.calls
        may_go_on = trap is not None and trap.kind in (TrapKind.LIMIT, TrapKind.INTERRUPTED)
        self._pc = trap.pc if trap is not None and may_go_on else None
        if trap is not None and trap.kind is TrapKind.LIMIT:
            assert limit is not None
            trap = None if is_step else replace(trap, message=hart.limit_message(trap.pc, limit))
        return RunResult(
            exit_code=exit_code,
            instructions=total,
            counts=counts,
            output=self.system.output.kept(),
            output_size=self.system.output.size,
            seconds=seconds,
            value=_signed(self.core.read(X0 + 10), self.isa.xlen),
            trap=trap,
            ended_by=self.system.process.signals.ended_by,
            float_bits=self.core.read(F0 + 10) if self._has_floats else 0,
            calls=None if follow is None else follow.tree(total),
            retired=self._retired(),
        )

    def _retired(self) -> Batch | None:
        """What has retired in this run, if somebody traces and nobody else takes it."""
        tracer = self.hart.tracer
        if tracer is None:
            return None
        batches, self._batches[:] = [*self._batches], []
        return Batch.joined(batches, tracer.names)

    def _in_this_thread(self, work: Callable[[], End]) -> tuple[int | None, Trap | None, float]:
        """Runs the hart here, for a few steps: to start a thread takes as long as thousands.

        Ctrl-C ends the run as in `_in_thread`; if it came too late for that, it is raised.
        """
        with default_environment(), Interrupts(self.hart.stop) as interrupts:
            exit_code, trap = work()
            end = time.perf_counter()
            if trap is not None and trap.kind is TrapKind.INTERRUPTED:
                interrupts.dealt_with()
        return exit_code, trap, end

    def _in_thread(self, work: Callable[[], End]) -> tuple[int | None, Trap | None, float]:
        """Runs the hart beside this thread, so that Ctrl-C reaches Python and stops it.

        A third thread looks for hot loops and compiles them, in a run that is long enough for that.
        LLVM cannot be interrupted, so this thread, which hears of Ctrl-C, must not be in it; it
        waits for what is being compiled at the end of a run only if nobody has interrupted that.

        Returns:
            How the run ended, and when.
        """
        # That of the run before may still compile. Events, since Python 3.11 takes a thread for
        # ended when Ctrl-C interrupts its join.
        self._watched.wait()
        ends: list[tuple[int | None, Trap | None, float]] = []
        errors: list[BaseException] = []
        done, watched = threading.Event(), threading.Event()
        start = time.perf_counter()

        def target() -> None:
            try:
                use_default_environment()
                ends.append((*work(), time.perf_counter()))
            except BaseException as error:
                errors.append(error)
            finally:
                done.set()

        def watch() -> None:
            try:
                while not done.is_set():
                    self.hart.watch(time.perf_counter() - start, done.is_set)
                    done.wait(_WATCH_INTERVAL)
            except BaseException as error:
                errors.append(error)
                while not done.wait(_WATCH_INTERVAL):
                    self.hart.stop()
            finally:
                watched.set()

        threading.Thread(target=target, name="rvx hart", daemon=True).start()
        is_interrupted = is_watched = False
        while not done.is_set():
            try:
                if is_interrupted:
                    self.hart.stop()
                if not done.wait(_WATCH_INTERVAL) and not is_watched:
                    is_watched = True
                    self._watched = watched
                    threading.Thread(target=watch, name="rvx watches").start()
            except KeyboardInterrupt:
                is_interrupted = True
        if is_watched and not is_interrupted:
            watched.wait()
        if errors:
            raise errors[0]
        return ends[0]


def _signed(value: int, bits: int) -> int:
    return value - (1 << bits) if value >> bits - 1 else value
