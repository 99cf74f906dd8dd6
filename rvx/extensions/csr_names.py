"""Names of the standard CSRs: those of GNU binutils 2.40 (privileged 1.12), and newer ones."""

_RUNS: dict[int, str] = {
    0x001: "fflags frm fcsr",
    0x008: "vstart vxsat vxrm",
    0x00F: "vcsr",
    0x015: "seed",
    0x100: "sstatus",
    0x104: "sie stvec scounteren",
    0x10A: "senvcfg",
    0x10C: "sstateen0 sstateen1 sstateen2 sstateen3",
    0x114: "sieh",
    0x140: "sscratch sepc scause stval sip",
    0x14D: "stimecmp",
    0x150: "siselect sireg",
    0x154: "siph",
    0x15C: "stopei stimecmph",
    0x180: "satp",
    0x200: "vsstatus",
    0x204: "vsie vstvec",
    0x214: "vsieh",
    0x240: "vsscratch vsepc vscause vstval vsip",
    0x24D: "vstimecmp",
    0x250: "vsiselect vsireg",
    0x254: "vsiph",
    0x25C: "vstopei vstimecmph",
    0x280: "vsatp",
    0x300: "mstatus misa medeleg mideleg mie mtvec mcounteren",
    0x308: "mvien mvip menvcfg",
    0x30C: "mstateen0 mstateen1 mstateen2 mstateen3 mstatush",
    0x313: "midelegh mieh",
    0x318: "mvienh mviph menvcfgh",
    0x31C: "mstateen0h mstateen1h mstateen2h mstateen3h mcountinhibit",
    0x340: "mscratch mepc mcause mtval mip",
    0x34A: "mtinst mtval2",
    0x350: "miselect mireg",
    0x354: "miph",
    0x35C: "mtopei",
    0x5A8: "scontext",
    0x600: "hstatus",
    0x602: "hedeleg hideleg hie htimedelta hcounteren hgeie hvien hvictl henvcfg",
    0x60C: "hstateen0 hstateen1 hstateen2 hstateen3",
    0x613: "hidelegh",
    0x615: "htimedeltah",
    0x618: "hvienh",
    0x61A: "henvcfgh",
    0x61C: "hstateen0h hstateen1h hstateen2h hstateen3h",
    0x643: "htval hip hvip hviprio1 hviprio2",
    0x64A: "htinst",
    0x655: "hviph hviprio1h hviprio2h",
    0x680: "hgatp",
    0x6A8: "hcontext",
    0x747: "mseccfg",
    0x757: "mseccfgh",
    0x7A0: "tselect tdata1 tdata2 tdata3 tinfo tcontrol",
    0x7A8: "mcontext",
    0x7AA: "mscontext",
    0x7B0: "dcsr dpc dscratch0 dscratch1",
    0xB00: "mcycle",
    0xB02: "minstret",
    0xB80: "mcycleh",
    0xB82: "minstreth",
    0xC00: "cycle time instret",
    0xC20: "vl vtype vlenb",
    0xC80: "cycleh timeh instreth",
    0xDA0: "scountovf",
    0xDB0: "stopi",
    0xE12: "hgeip",
    0xEB0: "vstopi",
    0xF11: "mvendorid marchid mimpid mhartid mconfigptr",
    0xFB0: "mtopi",
}
_NEWER_RUNS: dict[int, str] = {
    0x007: "utvt",
    0x011: "ssp",
    0x017: "jvt",
    0x045: "unxti",
    0x047: "uintthresh uscratchcsw uscratchcswl",
    0x107: "stvt",
    0x120: "scountinhibit",
    0x145: "snxti",
    0x147: "sintthresh sscratchcsw sscratchcswl",
    0x14E: "sctrctl sctrstatus",
    0x152: "sireg2 sireg3",
    0x155: "sireg4 sireg5 sireg6",
    0x15F: "sctrdepth",
    0x181: "srmcfg",
    0x24E: "vsctrctl",
    0x252: "vsireg2 vsireg3",
    0x255: "vsireg4 vsireg5 vsireg6",
    0x307: "mtvt",
    0x312: "medelegh",
    0x321: "mcyclecfg minstretcfg",
    0x345: "mnxti",
    0x347: "mintthresh mscratchcsw mscratchcswl",
    0x34E: "mctrctl",
    0x352: "mireg2 mireg3",
    0x355: "mireg4 mireg5 mireg6",
    0x612: "hedelegh",
    0x721: "mcyclecfgh minstretcfgh",
    0x740: "mnscratch mnepc mncause",
    0x744: "mnstatus",
    0xCB1: "uintstatus",
    0xDB1: "sintstatus",
    0xFB1: "mintstatus",
}
# stem, tail, first number, last number, address of number 0
_NUMBERED: tuple[tuple[str, str, int, int, int], ...] = (
    ("mhpmevent", "", 3, 31, 0x320),
    ("mhpmevent", "h", 3, 31, 0x720),
    ("pmpcfg", "", 0, 15, 0x3A0),
    ("pmpaddr", "", 0, 63, 0x3B0),
    ("mhpmcounter", "", 3, 31, 0xB00),
    ("mhpmcounter", "h", 3, 31, 0xB80),
    ("hpmcounter", "", 3, 31, 0xC00),
    ("hpmcounter", "h", 3, 31, 0xC80),
)


def _of_runs(runs: dict[int, str]) -> dict[str, int]:
    return {
        name: start + i for start, names in runs.items() for i, name in enumerate(names.split())
    }


def _names() -> dict[str, int]:
    numbered = {
        f"{stem}{number}{tail}": base + number
        for stem, tail, first, last, base in _NUMBERED
        for number in range(first, last + 1)
    }
    return _of_runs(_RUNS) | numbered


NAMES: dict[str, int] = _names()
"""The name to print of every standard CSR, with its address."""

NEWER_NAMES: dict[str, int] = _of_runs(_NEWER_RUNS)
"""Names that were published after binutils 2.40 (riscv-opcodes, csrs.csv); assembly may use them.

They are not printed, so that disassemblies stay those of objdump 2.40.
"""

OBSOLETE_NAMES: dict[str, int] = {
    "ustatus": 0x000,
    "uie": 0x004,
    "utvec": 0x005,
    "uscratch": 0x040,
    "uepc": 0x041,
    "ucause": 0x042,
    "ubadaddr": 0x043,
    "utval": 0x043,
    "uip": 0x044,
    "sedeleg": 0x102,
    "sideleg": 0x103,
    "sbadaddr": 0x143,
    "sptbr": 0x180,
    "mucounteren": 0x320,
    "mscounteren": 0x321,
    "mhcounteren": 0x322,
    "mbadaddr": 0x343,
    "mbase": 0x380,
    "mbound": 0x381,
    "mibase": 0x382,
    "mibound": 0x383,
    "mdbase": 0x384,
    "mdbound": 0x385,
    "mcontrol": 0x7A1,
    "mcontrol6": 0x7A1,
    "icount": 0x7A1,
    "itrigger": 0x7A1,
    "etrigger": 0x7A1,
    "tmexttrigger": 0x7A1,
    "textra32": 0x7A3,
    "textra64": 0x7A3,
    "dscratch": 0x7B2,
}
"""Older and special names that assembly may use, and that are not printed."""
