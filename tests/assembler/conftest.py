"""What the tests of the assembler share: GNU as and ld as the independent opinion."""

import io
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from rvx.assembler import Assembler, Program, assemble
from rvx.assembler.model.object import ObjectFile
from rvx.assembler.model.relocations import NUMBERS
from rvx.extensions import change_arch, isa_for

PREFIX = "riscv64-unknown-elf-"
ABIS = {
    "rv64gc": "lp64d",
    "rv64g": "lp64d",
    "rv32gc": "ilp32d",
    "rv32g": "ilp32d",
    "rv32gcv": "ilp32d",
}
ABIS |= {"rv32imac_zicsr": "ilp32", "rv64imac": "lp64"}
RATIFIED = (
    "gc_zihintpause_zicbom_zicbop_zicboz_zawrs_zfhmin_zba_zbb_zbc_zbs_zbkb_zbkc_zbkx_zknd_zkne_"
    "zknh_zksed_zksh_svinval"
)
"""Scalar extensions beyond those of g and c that binutils 2.40 knows."""
IN_X = "imac_zicsr_zfinx_zdinx_zhinx"
"""Floats in x registers; RV32 has doubles in pairs of them."""
ABIS |= {f"rv32{RATIFIED}": "ilp32d", f"rv32{IN_X}": "ilp32", f"rv64{IN_X}": "lp64"}


@dataclass
class Gnu:
    """GNU binutils and GCC, as far as they are needed."""

    folder: Path
    counter: int = 0
    tools: dict[str, str] = field(default_factory=dict)

    def tool(self, name: str) -> str:
        found = shutil.which(PREFIX + name)
        assert found, f"{PREFIX}{name} is not installed; the tests need Debian's RISC-V binutils"
        return found

    def run(self, name: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run([self.tool(name), *arguments], capture_output=True, check=False)

    def path(self, suffix: str) -> Path:
        self.counter += 1
        return self.folder / f"file{self.counter}{suffix}"

    def object(self, source: str, march: str = "rv64gc", *flags: str) -> Path:
        text, out = self.path(".s"), self.path(".o")
        text.write_text(source, encoding="utf-8")
        abi = f"-mabi={ABIS.get(march, 'lp64d')}"
        done = self.run("as", f"-march={march}", abi, *flags, str(text), "-o", str(out))
        assert done.returncode == 0, done.stderr.decode()
        return out

    def sections(self, source: str, march: str = "rv64gc", *, relax: bool = False) -> "Sections":
        flags = () if relax else ("-mno-relax",)
        return read_sections(self.object(source, march, *flags).read_bytes())

    def linked(self, objects: list[Path], *flags: str) -> ELFFile:
        out = self.path(".elf")
        done = self.run("ld", "--no-relax", *flags, *map(str, objects), "-o", str(out))
        assert done.returncode == 0, done.stderr.decode()
        return ELFFile(io.BytesIO(out.read_bytes()))


Relocations = list[tuple[int, int, str, int]]
Sections = dict[str, tuple[bytes, Relocations]]


def read_sections(data: bytes) -> Sections:
    """Bytes (zeros where there are none) and relocations of the sections that matter."""
    file = ELFFile(io.BytesIO(data))
    table = file.get_section_by_name(".symtab")
    found: Sections = {}
    for section in file.iter_sections():
        if section["sh_flags"] & 2 or section.name.startswith(".debug"):
            size = section["sh_size"]
            found[section.name] = (section.data() if size < 1 << 20 else b"", [])
    for rela in file.iter_sections():
        if rela["sh_type"] == "SHT_RELA":
            name = file.get_section(rela["sh_info"]).name
            if name in found:
                found[name][1].extend(
                    (
                        item["r_offset"],
                        item["r_info_type"],
                        table.get_symbol(item["r_info_sym"]).name,
                        item["r_addend"],
                    )
                    for item in rela.iter_relocations()
                )
    return {name: content for name, content in found.items() if content[0]}


def own_sections(item: ObjectFile) -> Sections:
    """The same of an object of ours."""
    return {
        section.name: (
            bytes(section.data) or bytes(section.size),
            [
                (r.offset, NUMBERS[r.kind], r.symbol.name if r.symbol else "", r.addend)
                for r in section.relocations
            ],
        )
        for section in item.sections
        if section.size and (section.flags & 2 or section.name.startswith(".debug"))
    }


def own_object(source: str, march: str = "rv64gc", *, relax: bool = False) -> ObjectFile:
    """The object that rvx makes of a source."""
    return Assembler(isa_for(march), relax=relax, select_arch=change_arch).object(source, "test.s")[
        0
    ]


def program(source: str, march: str = "rv64gc", **options: object) -> Program:
    """The program that rvx makes of a source."""
    return assemble(source, isa_for(march), name="test.s", **options)  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def gnu(tmp_path_factory: pytest.TempPathFactory) -> Gnu:
    return Gnu(tmp_path_factory.mktemp("gnu"))
