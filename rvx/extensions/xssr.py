"""Xssr: Snitch's stream semantic registers. ft0 to ft2 become streams of doublewords in memory.

A stream is up to four nested loops over addresses. Set its bounds, strides and repetition, start it
for reading or writing, and enable streams with `csrsi 0x7c0, 1`: from then on an instruction that
names ft0, ft1 or ft2 takes or appends the next element, and loads, stores and address arithmetic
disappear from the loop. An indirect stream gathers or scatters by an array of indices. What the
machine leaves undefined, or would wait for forever, ends the program with a sentence
(`rvx.isa.misuse`); the intersection of two indirect streams is refused.
"""

from __future__ import annotations

from rvx.isa import Extension, Words, streams
from rvx.isa.bits import narrow

Xssr = Extension(
    "Xssr",
    version="snitch-2fa38482",
    doc="Stream semantic registers: ft0 to ft2 read from or write to memory, in up to four loops",
    source="pulp-platform/snitch_cluster 2fa38482, hw/snitch_ssr and docs/rm/hw/"
    "custom_instructions.md; Schuiki et al., IEEE TC 70(2), 2021",
    requires=("D", "Zicsr"),
)
Xssr.state(streams.STATE, streams.WORDS, "whether streams are enabled, and the three data movers")
Xssr.csr("ssr", 0x7C0, state=streams.STATE, lsb=0, bits=1, doc="Whether ft0 to ft2 are streams")


@Xssr.instruction("scfgwi rs1, uimm", "uimm[11:0] rs1 010 00000 0101011")
def scfgwi(rs1: int, uimm: int, ssr: Words, fault: Words) -> None:
    """Register uimm[9:5] of stream uimm[4:0] (31: all) = rs1; from 16 on they start the stream."""
    streams.write_register(ssr, uimm, rs1, fault)


@Xssr.instruction("scfgri rd, uimm", "uimm[11:0] 00000 001 rd 0101011")
def scfgri(uimm: int, ssr: Words, fault: Words, xlen: int) -> int:
    """rd = register uimm[9:5] of stream uimm[4:0]; 0 is the status, with bit 31 when it is done."""
    return narrow(streams.read_register(ssr, uimm, fault), xlen)


@Xssr.instruction("scfgw rs1, rs2", "0000000 rs2 rs1 010 00001 0101011")
def scfgw(rs1: int, rs2: int, ssr: Words, fault: Words) -> None:
    """As scfgwi, with the register and the stream in rs2."""
    streams.write_register(ssr, rs2 & 0xFFF, rs1, fault)


@Xssr.instruction("scfgr rd, rs2", "0000000 rs2 00001 001 rd 0101011")
def scfgr(rs2: int, ssr: Words, fault: Words, xlen: int) -> int:
    """As scfgri, with the register and the stream in rs2."""
    return narrow(streams.read_register(ssr, rs2 & 0xFFF, fault), xlen)
