import pytest

EXIT_WITH = "_start: li a0, {}\nli a7, 93\necall\n"

HELLO = """
        .globl  _start
_start: li      a0, 1
        la      a1, text
        li      a2, 6
        li      a7, 64
        ecall
        li      a0, 0
        li      a7, 93
        ecall
        .data
text:   .ascii  "hello\\n"
"""


def test_output_goes_to_stdout_and_nothing_else(rvx, source):
    done = rvx("run", source(HELLO))
    assert (done.code, done.out, done.err) == (0, "hello\n", "")


def test_json_has_the_counts_and_the_output(rvx, source):
    done = rvx("run", source(EXIT_WITH.format(0)), "--json")
    document = done.document
    assert document["schema"] == "rvx.run/1"
    assert document["exit_code"] == 0
    assert document["instructions"] == 3
    assert document["custom_instructions"] == 0
    assert sum(document["by_mnemonic"].values()) == 3
    assert document["by_mnemonic"]["ecall"] == 1
    assert document["seconds"] >= 0
    assert document["trap"] is None
    assert document["versions"]["unicorn"].startswith("2.")
    assert rvx("run", source(HELLO), "--json").document["output"] == "hello\n"


REPEATED = """
_start: li      t0, 9
        frep.o  t0, 1, 0, 0
        fadd.d  fa0, fa0, fa0
        li      a0, 0
        li      a7, 93
        ecall
"""


def test_what_is_repeated_counts_as_executed_and_as_fetched(rvx, source):
    options = ("--march", "rv64g_xfrep")
    document = rvx("run", source(REPEATED), *options, "--json").document
    assert (document["instructions"], document["fetched"]) == (15, 6)
    assert document["by_mnemonic"]["fadd.d"] == 10
    assert document["fetched_by_mnemonic"]["fadd.d"] == 1
    table = rvx("run", source(REPEATED), *options, "--count").out
    assert "fetched" in table
    assert "fetched" not in rvx("run", source(EXIT_WITH.format(0)), "--count").out
    fields = next(line.split() for line in table.splitlines() if "fadd.d" in line)
    assert fields == ["fadd.d", "10", "66.7%", "1"]


def test_count_prints_a_table(rvx, source):
    done = rvx("run", source(EXIT_WITH.format(0)), "--count")
    rows = [line.split() for line in done.out.splitlines() if line.strip()]
    assert rows[0] == ["mnemonic", "executed", "share"]
    assert ["ecall", "1", "33.3%"] in rows
    assert ["total", "3"] in rows


def test_a_source_may_come_from_stdin(rvx):
    assert rvx("run", "-", stdin=EXIT_WITH.format(0)).code == 0


def test_an_assembled_file_runs_alike(rvx, source, tmp_path):
    elf = tmp_path / "test.elf"
    assert rvx("asm", source(HELLO), "-o", elf).code == 0
    from_elf, from_source = (rvx("run", f, "--json").document for f in (elf, source(HELLO)))
    for document in (from_elf, from_source):
        del document["seconds"]
    assert from_elf == from_source


def test_the_exit_code_of_the_program_makes_ours_1(rvx, source):
    done = rvx("run", source(EXIT_WITH.format(7)), "--json")
    assert done.code == 1
    assert done.document["exit_code"] == 7
    assert done.err == "error: the program exited with code 7\n"


def test_a_source_error_is_3_with_file_line_and_column(rvx, source):
    path = source("_start:\n        addq a0, a1, a2\n")
    done = rvx("run", path)
    assert done.code == 3
    assert done.err.startswith(f"{path}:2:9: error: ")
    assert done.out == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("_start: .4byte 0xffffffff\n", "illegal instruction at 0x"),
        ("_start: ld a0, 0(zero)\n", "load from unmapped memory at 0x"),
        ("_start: sd a0, 0(zero)\n", "store to memory that cannot be written at 0x"),
    ],
)
def test_a_trap_is_4_and_names_the_symbol(rvx, source, text, words):
    done = rvx("run", source(text))
    assert done.code == 4
    assert done.err.startswith(f"error: {words}")
    assert "<_start>" in done.err
    assert rvx("run", source(text), "--json").document["trap"]["message"] in done.err


def test_a_limit_is_5(rvx, source):
    done = rvx("run", source("_start: j _start\n"), "--max-instructions", 1000, "--json")
    assert done.code == 5
    assert done.document["instructions"] == 1000
    assert "stopped after 1000 instructions, the limit," in done.err


@pytest.mark.parametrize("backend", ["native", "python"])
def test_an_extension_from_a_file(rvx, source, extension, backend):
    path = source(
        "_start: li a0, 100\nli a1, 0x10000\nli a2, 0x10000\n"
        "smac a0, a1, a2\nsrli a0, a0, 26\nli a7, 93\necall\n"
    )
    done = rvx("run", path, "--ext", extension, "--json", "--backend", backend)
    assert done.document["exit_code"] == 31
    assert done.document["by_mnemonic"]["smac"] == 1
    assert done.document["custom_instructions"] == 1
    assert rvx("run", path).code == 3


def test_an_elf_file_for_another_isa(rvx, source, extension, tmp_path):
    elf = tmp_path / "mac.elf"
    text = "_start: smac a0, a1, a2\nli a0, 0\nli a7, 93\necall\n"
    assert rvx("asm", source(text), "--ext", extension, "-o", elf).code == 0
    assert rvx("run", elf, "--ext", extension, "--march", "rv64gc").code == 0
    done = rvx("run", elf, "--march", "rv64gc")
    assert done.code == 4
    assert done.err.startswith("error: illegal instruction at 0x")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--march", "rv64gy"], "'y' in 'rv64gy' is not an extension that rvx knows"),
        (
            ["--march", "rv64gc_xpost"],
            "there is no extension 'xpost' (did you mean xposit?); known are i,",
        ),
        (["--backend", "fpga"], "--backend fpga: there are native and python"),
        (["--ext", "nosuch.py"], "there is no extension file 'nosuch.py'"),
    ],
)
def test_usage_errors_are_sentences(rvx, source, arguments, sentence):
    done = rvx("run", source(EXIT_WITH.format(0)), *arguments)
    assert done.code == 2
    assert done.err.startswith(f"error: {sentence}")


def test_a_file_that_is_neither(rvx, tmp_path):
    path = tmp_path / "noise"
    path.write_bytes(b"\x00\xff\xfe")
    done = rvx("run", path)
    assert done.code == 2
    assert "is neither an ELF file nor a source: byte 0x00 at offset 0" in done.err


def test_a_damaged_elf_file(rvx, tmp_path):
    path = tmp_path / "bad.elf"
    path.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(20))
    for command in ("run", "dis"):
        done = rvx(command, path)
        assert done.code == 2
        assert done.err.startswith("error: ")
        assert "valid" in done.err
        assert "bad.elf" in done.err


def test_a_file_brings_its_extensions_along(rvx, source, extension, tmp_path):
    elf = tmp_path / "mac.elf"
    text = "_start: smac a0, a1, a2\nli a0, 0\nli a7, 93\necall\n"
    assert rvx("asm", source(text), "--ext", extension, "-o", elf).code == 0
    done = rvx("run", elf)
    assert done.code == 2
    assert done.err == (
        "error: the file was assembled for Xmac 0.1, which is not installed here; "
        "name the file that declares it with --ext\n"
    )


def test_extensions_that_are_not_default_are_found_by_the_note(rvx, source, tmp_path):
    elf = tmp_path / "posit64.elf"
    text = "_start: pmv.w.x pt0, zero\npsd pt0, -8(sp)\nli a0, 0\nli a7, 93\necall\n"
    assert rvx("asm", source(text), "--march", "rv64gc", "--ext", "xposit64", "-o", elf).code == 0
    document = rvx("run", elf, "--json").document
    assert document["exit_code"] == 0
    assert document["by_mnemonic"]["psd"] == 1


def test_the_register_width_must_fit(rvx, source, tmp_path):
    elf = tmp_path / "rv64.elf"
    assert rvx("asm", source(EXIT_WITH.format(0)), "-o", elf).code == 0
    done = rvx("run", elf, "--march", "rv32gc")
    assert (done.code, done.err) == (
        2,
        "error: this is an RV64 file, and the ISA is for RV32\n",
    )


def test_rv32_programs(rvx, source, tmp_path):
    elf = tmp_path / "rv32.elf"
    assert rvx("asm", source(EXIT_WITH.format(0)), "--march", "rv32imc", "-o", elf).code == 0
    assert rvx("run", elf).code == 0


@pytest.mark.parametrize("backend", ["native", "python"])
def test_a_guest_that_leads_a_body_astray_is_4(rvx, source, tmp_path, backend):
    extension = tmp_path / "table.py"
    extension.write_text(
        "import numpy as np\n"
        "from rvx.isa import Extension\n"
        "X = Extension('Xtable', version='1', doc='A table')\n"
        "TABLE = np.arange(16)\n"
        "@X.instruction('look rd, rs1', '0000000 00000 rs1 000 rd 1011011')\n"
        "def look(rs1):\n"
        "    return TABLE[rs1]\n"
    )
    path = source("_start: li a0, 16\nlook a0, a0\n")
    done = rvx("run", path, "--ext", extension, "--march", "rv64i", "--backend", backend)
    assert done.code == 4
    assert done.err.startswith(
        "error: illegal instruction at 0x80000004 <_start+0x4>, word 0005055b"
    )
    assert done.err.endswith(
        f"'look a0,a0': its body raised IndexError: there is no element 16 ({extension}:7)\n"
    )


def test_a_body_that_cannot_mean_the_same_everywhere_is_refused(rvx, source, tmp_path):
    extension = tmp_path / "dictionary.py"
    extension.write_text(
        "from rvx.isa import Extension\n"
        "X = Extension('Xdict', version='1', doc='A dictionary')\n"
        "@X.instruction('look rd, rs1', '0000000 00000 rs1 000 rd 1011011')\n"
        "def look(rs1):\n"
        "    return {3: 0}.get(int(rs1), str(rs1) == 'x')\n"
    )
    path = source("_start: li a0, 3\nlook a0, a0\nli a7, 93\necall\n")
    done = rvx("run", path, "--ext", extension, "--march", "rv64i")
    assert done.code == 2
    assert done.err.startswith(f"error: {extension}:5: the body of 'look': ")


CSRS = """
from rvx.isa import Extension

Xcsr = Extension("Xcsr", version="1")
Xcsr.csr("whole", 0x7C1)
Xcsr.csr("mymode", 0x800, bits=32)
"""


@pytest.mark.parametrize("march", ["rv64gc", "rv32gc", None])
@pytest.mark.parametrize("tier", ["1", "2", "3", "python"])
def test_csrs_of_ones_own_hold_what_is_written(rvx, source, tmp_path, tier, march):
    extension = tmp_path / "xcsr.py"
    extension.write_text(CSRS)
    path = source(
        "_start: li t0, 3000\n"
        "again: li a0, -2\n csrw whole, a0\n csrr a1, whole\n bne a0, a1, wrong\n"
        "csrrsi a1, whole, 1\n bne a0, a1, wrong\n csrr a1, whole\n li a2, -1\n"
        "bne a1, a2, wrong\n li a0, 77\n csrw mymode, a0\n addi t0, t0, -1\n bnez t0, again\n"
        "csrr a0, mymode\n li a7, 93\n ecall\nwrong: li a0, 1\n li a7, 93\n ecall\n"
    )
    chosen = [] if march is None else ["--march", march]
    done = rvx("run", path, "--ext", extension, "--tier", tier, *chosen)
    notes, _, end = done.err.rpartition("error: ")
    assert end == "the program exited with code 77\n"
    if march is None:
        assert notes == (
            "note: Xsmallfloat is left out, since Xsmallfloat 'fmode' and Xcsr 'mymode' are both "
            "the CSR at 0x800\n"
        )
    else:
        assert notes == ""


def test_two_extensions_with_a_state_of_one_name_are_refused(rvx, source, tmp_path):
    text = (
        "from rvx.isa import Extension\n"
        "X{0} = Extension('X{0}', version='1')\n"
        "X{0}.state('acc', 1)\n"
        "@X{0}.instruction('{0}put rs1', '0000000 00000 rs1 00{1} 00000 1011011')\n"
        "def set_(rs1, acc):\n    acc[0] = rs1\n"
    )
    for name, number in (("a", 0), ("b", 1)):
        (tmp_path / f"x{name}.py").write_text(text.format(name, number))
    path = source("_start: aput a1\nbput a2\n")
    done = rvx("run", path, "--ext", tmp_path / "xa.py", "--ext", tmp_path / "xb.py")
    assert done.code == 2
    assert done.err == (
        "error: Xa and Xb both declare the state 'acc'; choose another name, or let one of them "
        "require the other, which then has the same state\n"
    )


def test_the_table_the_document_and_the_classes_agree_on_what_is_custom(rvx, source, tmp_path):
    extension = tmp_path / "several.py"
    extension.write_text(
        "from rvx.isa import Extension\n"
        "Zicond = Extension('Zicond', version='1')\n"
        "Xown = Extension('Xown', version='1')\n"
        "@Zicond.instruction('czero.eqz rd, rs1, rs2', '0000111 rs2 rs1 101 rd 0110011')\n"
        "def eqz(rs1, rs2):\n    return rs1 if rs2 else 0\n"
        "@Xown.instruction('own rd, rs1', '0000010 00000 rs1 000 rd 1011011', kind='load')\n"
        "def own(rs1):\n    return rs1\n"
    )
    path = source(
        "_start: la a0, x\nplw pt0, 0(a0)\npadd.s pt0, pt0, pt0\npsw pt0, 0(a0)\n"
        "fcvt.h.s fa0, fa1\nczero.eqz a0, a0, zero\nown a0, a0\nli a0, 0\nli a7, 93\n"
        "ecall\n.data\nx: .word 0\n"
    )
    options = ["--ext", extension, "--march", "rv64gc_zfh_xposit"]
    document = rvx("run", path, *options, "--json").document
    assert document["custom_instructions"] == 4
    assert document["by_kind"]["custom"] == 4
    assert "load" not in document["by_kind"]
    assert document["by_kind"]["other"] == 1
    assert sum(document["by_kind"].values()) == document["instructions"]
    table = rvx("run", path, *options, "--count").out
    assert ["of", "these", "custom", "4"] in [line.split() for line in table.splitlines()]
    kinds = {
        name: rvx("isa", "show", name, *options, "--json").document["kind"]
        for name in ("own", "plw", "czero.eqz", "fcvt.h.s")
    }
    assert kinds == {"own": "custom", "plw": "custom", "czero.eqz": "other", "fcvt.h.s": "float"}


VECTORS = """
_start: vsetivli zero, 4, e16, m1, ta, ma
        li t0, {operand}
        vmv.v.x v2, t0
        vmv.v.x v4, t0
        {instruction}
        vmv.x.s a0, {result}
        li a7, 93
        ecall
"""


@pytest.mark.parametrize(
    ("instruction", "operand", "result", "expected"),
    [
        ("vadd.vv v8, v2, v4", 20, "v8", 40),
        ("vcpop.v v8, v2", 0x1234, "v8", 5),
        ("1: vandn.vv v8, v2, v4", 7, "v8", 0),
        ("vclz.v v8, v2", 1, "v8", 15),
        ("vfwmaccbf16.vv v8, v2, v4", 0, "v8", 0),
        ("vfadd.vv v8, v2, v4 ; vfcvt.x.f.v v8, v8", 0x4500, "v8", 10),
        ("vpadd.vv v8, v2, v4", 0, "v8", 0),
    ],
)
def test_what_a_source_uses_of_vectors_is_there(
    rvx, source, monkeypatch, instruction, operand, result, expected
):
    monkeypatch.setenv("RVX_COMPILE_AFTER", "never")
    text = VECTORS.format(instruction=instruction, operand=operand, result=result)
    done = rvx("run", source(text), "--pass-exit-code")
    assert (done.code, done.err) == (expected, "")


def test_an_interrupt_waits_for_no_compiler(rvx, tmp_path, monkeypatch):
    source = tmp_path / "loop.s"
    source.write_text("_start: addi a0, a0, 1\nj _start\n")

    def finish(_):
        raise AssertionError("it waits for what is being compiled")

    monkeypatch.setattr("rvx.emulator.hart.Hart.watch", lambda hart, *_: hart.stop())
    monkeypatch.setattr("rvx.emulator.handlers.interim.Interim.finish", finish)
    done = rvx("run", source)
    assert (done.code, done.err[:23]) == (130, "error: interrupted at 0")
