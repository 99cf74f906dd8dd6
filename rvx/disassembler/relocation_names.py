"""Names of the RISC-V relocations, by number (psABI 1.0, with the names of GNU binutils)."""

_RUNS: dict[int, str] = {
    0: "NONE 32 64 RELATIVE COPY JUMP_SLOT",
    6: "TLS_DTPMOD32 TLS_DTPMOD64 TLS_DTPREL32 TLS_DTPREL64 TLS_TPREL32 TLS_TPREL64",
    16: "BRANCH JAL CALL CALL_PLT GOT_HI20 TLS_GOT_HI20 TLS_GD_HI20",
    23: "PCREL_HI20 PCREL_LO12_I PCREL_LO12_S HI20 LO12_I LO12_S",
    29: "TPREL_HI20 TPREL_LO12_I TPREL_LO12_S TPREL_ADD",
    33: "ADD8 ADD16 ADD32 ADD64 SUB8 SUB16 SUB32 SUB64 GNU_VTINHERIT GNU_VTENTRY ALIGN",
    44: "RVC_BRANCH RVC_JUMP RVC_LUI GPREL_I GPREL_S TPREL_I TPREL_S RELAX",
    52: "SUB6 SET6 SET8 SET16 SET32 32_PCREL IRELATIVE PLT32 SET_ULEB128 SUB_ULEB128",
}
RELOCATION_NAMES: dict[int, str] = {
    start + i: f"R_RISCV_{name}"
    for start, names in _RUNS.items()
    for i, name in enumerate(names.split())
}
"""Number to name; numbers that are not here are reserved or for other tools."""
