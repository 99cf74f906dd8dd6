"""Programs: bytes as GNU ld links them, and the linker's own sentences."""

import io
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from rvx.assembler import AssemblyError, assemble, link
from rvx.assembler.elf.attributes import read_attributes
from rvx.assembler.elf.reader import read_object
from rvx.assembler.elf.relocatable import relocatable
from rvx.extensions import isa_for

from .conftest import Gnu, own_object, program
from .test_gnu_compilers import CORPUS, compiled
from .test_gnu_language import SOURCES

START = """
    .globl _start
    _start: la sp, stack_top
    call main
    li a7, 93
    ecall
    .bss
    .balign 16
    .zero 4096
    stack_top:
    .text
"""
MAIN = """
    .globl main
    main: addi sp, sp, -16
    sd ra, 8(sp)
    lla a0, text
    ld a1, pointer
    .p2align 4
    loop: lbu a2, 0(a0)
    addi a0, a0, 1
    bnez a2, loop
    .p2align 3
    call helper
    lui a3, %hi(small)
    lw a3, %lo(small)(a3)
    sd a3, pointer, t0
    ld ra, 8(sp)
    addi sp, sp, 16
    ret
    helper: ret
    .section .rodata
    text: .string "text"
    .byte end - begin
    .data
    pointer: .dword text, helper - main, end
    begin: .zero 3
    end:
    .section .sdata, "aw"
    small: .word 5
"""


def places(gnu_sections: dict[str, int]) -> list[str]:
    return [f"--section-start={name}={address:#x}" for name, address in gnu_sections.items()]


@pytest.mark.parametrize("relax", [False, True], ids=["norelax", "relax"])
def test_linked_bytes_equal_gnu(gnu: Gnu, relax: bool) -> None:
    ours = link([own_object(source, relax=relax) for source in (START, MAIN)], base=0x10000)
    flags = () if relax else ("-mno-relax",)
    objects = [gnu.object(source, "rv64gc", *flags) for source in (START, MAIN)]
    starts = places({section.name: section.address for section in ours.sections})
    theirs = gnu.linked(objects, *starts)
    for section in ours.sections:
        if section.data:
            assert section.data.hex() == theirs.get_section_by_name(section.name).data().hex()
    assert ours.entry == theirs["e_entry"]
    table = theirs.get_section_by_name(".symtab")
    for name in ("main", "helper", "end", "small", "stack_top", "text"):
        assert ours.symbols[name].address == table.get_symbol_by_name(name)[0]["st_value"]


def test_objects_of_gnu_and_of_rvx_are_interchangeable(gnu: Gnu) -> None:
    """All four pairings of assembler and linker make the same code."""
    ours = [relocatable(own_object(source, relax=True)) for source in (START, MAIN)]
    theirs = [gnu.object(source).read_bytes() for source in (START, MAIN)]
    images = [link([read_object(data) for data in pair], base=0x10000) for pair in (ours, theirs)]
    assert [s.data for s in images[0].sections] == [s.data for s in images[1].sections]
    paths = []
    for data in ours:
        paths.append(gnu.path(".o"))
        paths[-1].write_bytes(data)
    starts = places({section.name: section.address for section in images[0].sections})
    linked = gnu.linked(paths, *starts)
    for section in images[0].sections:
        if section.data:
            assert section.data == linked.get_section_by_name(section.name).data()


def test_gnu_ld_relaxes_our_objects_as_its_own(gnu: Gnu) -> None:
    path = gnu.path(".o")
    path.write_bytes(relocatable(own_object(START + MAIN, relax=True)))
    results = []
    for item in (path, gnu.object(START + MAIN)):
        out = gnu.path(".elf")
        assert gnu.run("ld", str(item), "-o", str(out)).returncode == 0
        dump = gnu.run("objdump", "-d", "-j", ".text", str(out)).stdout.decode()
        results.append(dump.split("Disassembly", 1)[1])
    assert results[0] == results[1]


@pytest.mark.parametrize("name", ["wide", "floats", "switch", "strings", "recursion"])
def test_compiled_objects_link(gnu: Gnu, name: str) -> None:
    source = next(path for path in CORPUS if path.stem == name)
    text = compiled(gnu, source, "rv64gc", ["-O2", "-mcmodel=medany"])
    extra = ".globl act\nact: ret\n.globl __divdi3\n__divdi3: ret\n"
    both = [text, extra]
    ours = link([own_object(part, relax=True) for part in both], base=0x10000)
    starts = places({section.name: section.address for section in ours.sections})
    theirs = gnu.linked([gnu.object(part) for part in both], *starts)
    for section in ours.sections:
        linked = theirs.get_section_by_name(section.name)
        # GNU ld merges equal strings; section sizes may differ where it found some.
        if section.data and linked.data_size == section.size:
            assert section.data == linked.data(), section.name
    assert ours.section(".text").data == theirs.get_section_by_name(".text").data()


def test_a_program_without_start_begins_with_its_text() -> None:
    made = program("f: ret\n.data\nx: .word 1\n")
    assert made.entry == made.symbols["f"].address == 0x80000000
    assert made.symbols["x"].section == ".data"


def test_segments_have_the_rights_of_their_sections() -> None:
    made = program(SOURCES["sections"])
    rights = [segment.flags for segment in made.segments]
    assert rights == sorted(rights, key=[5, 4, 6].index)
    for segment in made.segments:
        assert segment.size >= len(segment.data)
    pages = [segment.address >> 12 for segment in made.segments]
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize(
    ("sources", "sentence"),
    [
        (["call missing"], "symbol 'missing' is used and not defined"),
        ([".globl helpers\nhelpers: call helper"], "did you mean 'helpers'?"),
        ([".globl f\nf: ret", ".globl f\nf: ret"], "symbol 'f' is defined twice"),
        (["1: nop\nlw a0, %pcrel_lo(1b)(a0)"], "does not name an auipc with %pcrel_hi"),
        ([".data\n.word f\nf:"], "does not fit 32 bits"),
        (['j far\n.section .text.z,"ax"\n.zero 2000000\nfar: ret'], "JAL reaches"),
    ],
)
def test_errors_are_sentences(sources: list[str], sentence: str) -> None:
    isa = isa_for("rv64gc")
    base = 1 << 32 if "32 bits" in sentence else 0x80000000
    with pytest.raises(AssemblyError, match="error") as caught:
        assemble(sources, isa, base=base)
    assert sentence in str(caught.value)


def test_weak_symbols_give_way_and_may_be_missing() -> None:
    weak = ".weak f\nf: li a0, 1\nret\n.weak nobody\n.data\n.dword nobody, f\n"
    strong = ".globl f\nf: li a0, 2\nret\n"
    made = assemble([weak, strong], isa_for("rv64gc"))
    data = made.section(".data").data
    assert int.from_bytes(data[:8], "little") == 0
    assert int.from_bytes(data[8:16], "little") == made.symbols["f"].address
    at = made.symbols["f"].address - made.section(".text").address
    assert made.section(".text").data[at : at + 2].hex() == "0945"


def test_of_equal_groups_one_is_kept() -> None:
    group = '.section .text.g,"axG",@progbits,g,comdat\n.weak g\ng: ret\n'
    made = assemble([group, group, "nop\n"], isa_for("rv64gc"))
    assert made.section(".text").data.count(bytes.fromhex("8280")) == 1


def test_elf_file_is_read_back_by_readelf(gnu: Gnu, tmp_path: Path) -> None:
    made = program(START + MAIN, base=0x10000)
    path = tmp_path / "program.elf"
    made.write_elf(path)
    done = gnu.run("readelf", "-aW", str(path))
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "EXEC (Executable file)" in text
    assert "RVC, double-float ABI" in text
    assert " main" in text
    assert path.stat().st_mode & 0o111


def test_the_file_notes_the_extensions_it_needs() -> None:
    import io

    from elftools.elf.elffile import ELFFile

    from rvx.assembler.elf.notes import SECTION, read_extensions_note

    isa = isa_for("rv64gc", ["xposit"])
    made = assemble("padd.s p1, p2, p3\n", isa, march="rv64gc_xposit")
    note = ELFFile(io.BytesIO(made.to_elf())).get_section_by_name(SECTION).data()
    march, extensions = read_extensions_note(note)
    assert march == "rv64gc_xposit"
    assert extensions == {"I": "2.1", "Xposit": isa.extensions["Xposit"].version}


@pytest.mark.parametrize(
    "source",
    [
        *(f"{name} fa0, x, t1" for name in ("flw", "fsw", "fld", "fsd")),
        *(f"{name} fa0, 8(a0)" for name in ("flw", "fld", "fsd")),
        *(f"{name} a0, x" for name in ("lw", "la", "lb", "li", "jal")),
        *("sd a0, x, t1", "call x", "tail x", "j x", "beqz a0, x", "li a0, 0x1f000", "lui a0, 1"),
        *("amoadd.w a0, a1, (a2)", "plw p1, x, t1", "psw p1, x, t1", "mul a0, a1, a2", "nop"),
    ],
)
@pytest.mark.parametrize("way", [".option norvc", ""], ids=["norvc", "rvc"])
def test_the_file_notes_the_extension_of_every_word(source: str, way: str) -> None:
    """Whatever a line becomes: with the noted extensions alone, all of it is decoded."""
    from rvx.disassembler import disassemble

    isa = isa_for("rv64gc", ["xposit"])
    source = source.replace("li a0, x", "li a0, 0x123456789abcdef")
    made = assemble(f"{way}\n_start: {source}\n.data\n.balign 8\nx: .dword 1\n", isa)
    noted = isa_for("rv64i", [name for name in made.extensions if name != "I"])
    (text,) = [section for section in made.sections if section.name == ".text"]
    lines = list(disassemble(text.data, text.address, noted))
    assert lines
    assert [line.text for line in lines if line.decoded is None] == []


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc"])
def test_start_up_code_runs_main(march: str) -> None:
    from rvx import resources
    from rvx.emulator import Machine

    isa = isa_for(march)
    source = ".globl main\nmain: la a0, n\nlw a0, 0(a0)\nret\n"
    source += "f: la t1, n\nli t2, 42\nsw t2, 0(t1)\nret\n"
    source += '.data\n.balign 4\nn: .word 1\n.section .init_array,"aw"\n.dc.a f\n'
    made = assemble([resources.asm("crt0.s"), source], isa)
    assert made.entry == made.symbols["_start"].address
    assert Machine(made, isa).run().exit_code == 42


MARCHES = ["rv64gc", "rv64imac_zba", "rv64imafc_zfh", "rv64i_zicbom_xtheadba"]


@pytest.mark.parametrize("second", MARCHES)
@pytest.mark.parametrize("first", MARCHES)
def test_attributes_are_merged_as_by_gnu_ld(gnu: Gnu, first: str, second: str) -> None:
    texts = [".globl _start\n_start: ret\n.attribute unaligned_access, 1\n", "f: ret\n"]
    paths = []
    for text, march in zip(texts, (first, second), strict=True):
        source = gnu.path(".s")
        source.write_text(text)
        paths.append(gnu.path(".o"))
        done = gnu.run("as", f"-march={march}", "-mabi=lp64", str(source), "-o", str(paths[-1]))
        assert done.returncode == 0, done.stderr
    theirs = gnu.linked(paths)
    made = link([read_object(path.read_bytes()) for path in paths])
    ours = ELFFile(io.BytesIO(made.to_elf()))
    attributes = [
        read_attributes(file.get_section_by_name(".riscv.attributes").data())
        for file in (ours, theirs)
    ]
    assert attributes[0] == attributes[1]
    assert ours["e_flags"] == theirs["e_flags"]


def test_objects_of_two_abis_are_not_linked(gnu: Gnu) -> None:
    double = read_object(gnu.object("f: ret\n", "rv64gc").read_bytes(), "double.o")
    soft = read_object(gnu.object("g: ret\n", "rv64imac").read_bytes(), "soft.o")
    data = read_object(gnu.object(".data\n.word 1\n", "rv64imac").read_bytes(), "data.o")
    with pytest.raises(AssemblyError) as told:
        link([double, soft])
    sentence = (
        "soft.o:1:1: error: 'soft.o' is soft-float, 'double.o' is double-float: they pass "
        "arguments in different registers; compile both with one -mabi"
    )
    assert str(told.value).splitlines()[0] == sentence
    assert link([double, data]).elf_flags == double.elf_flags
    # A source has no ABI unless somebody says so: it goes with the objects.
    source = own_object("h: ret\n")
    assert link([source, soft]).elf_flags == soft.elf_flags
    assert link([source, double]).elf_flags == double.elf_flags
