"""The floating-point status register, which F and Zfinx have in common."""

from rvx.extensions.zicsr import Zicsr
from rvx.isa import Extension


def declare_status(extension: Extension) -> None:
    """Declares fcsr and its two parts."""
    state = "fcsr"
    extension.state(
        state, 1, "the accrued exceptions in bits 4 to 0, the rounding mode in bits 7 to 5"
    )
    extension.csr(
        "fflags", 0x001, state=state, lsb=0, bits=5, doc="Accrued exceptions: NX UF OF DZ NV"
    )
    extension.csr("frm", 0x002, state=state, lsb=5, bits=3, doc="Dynamic rounding mode")
    extension.csr("fcsr", 0x003, state=state, lsb=0, bits=8, doc="fflags and frm")


def declare_status_aliases(extension: Extension) -> None:
    """Declares the short ways to read and write them."""
    for csr, name in ((0x003, "csr"), (0x002, "rm"), (0x001, "flags")):
        extension.alias(f"fr{name} rd", f"csrrs rd, {csr}, zero", of=Zicsr)
        extension.alias(f"fs{name} rs1", f"csrrw zero, {csr}, rs1", of=Zicsr)
        extension.alias(f"fs{name} rd, rs1", f"csrrw rd, {csr}, rs1", of=Zicsr)
    # What frcsr and fscsr were called first.
    extension.alias("frsr rd", "csrrs rd, 0x003, zero", of=Zicsr, is_printed=False)
    extension.alias("fssr rs1", "csrrw zero, 0x003, rs1", of=Zicsr, is_printed=False)
    extension.alias("fssr rd, rs1", "csrrw rd, 0x003, rs1", of=Zicsr, is_printed=False)
    for csr, name in ((0x002, "rm"), (0x001, "flags")):
        extension.alias(f"fs{name}i rd, uimm", f"csrrwi rd, {csr}, uimm", of=Zicsr)
        extension.alias(f"fs{name}i uimm", f"csrrwi zero, {csr}, uimm", of=Zicsr, is_printed=False)
