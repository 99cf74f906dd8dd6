"""SiFive's products of matrices in vector registers: words without bodies.

`sf.vqmacc.4x8x4` adds, for each block of 8 x 4 bytes of vs2, its product with the 4 x 8 bytes of
vs1 to 4 x 4 integers of 32 bits of vd; `2x8x2` is the same of smaller blocks, and
`sf.vfwmacc.4x4x4` of BF16 into binary32. How many registers vd has, and where elements lie under
other widths of registers, is in a document of SiFive's that was not at hand; so programs are
assembled and disassembled, and not run.

Source: LLVM, test/MC/RISCV/rvv/xsfvqmacc.s and xsfvfwmacc.s.
"""

from __future__ import annotations

from rvx.isa import Extension


def _extension(name: str, base: str, doc: str) -> Extension:
    return Extension(
        name,
        version="1.0",
        doc=f"SiFive: {doc}, encodings only",
        source="LLVM, test/MC/RISCV/rvv/xsfvqmacc.s, xsfvfwmacc.s",
        requires=(base,),
    )


Xsfvqmaccqoq = _extension("Xsfvqmaccqoq", "Zve32x", "products of 4 x 8 and 8 x 4 bytes")
Xsfvqmaccdod = _extension("Xsfvqmaccdod", "Zve32x", "products of 2 x 8 and 8 x 2 bytes")
Xsfvfwmaccqqq = _extension("Xsfvfwmaccqqq", "Zve32f", "products of 4 x 4 BF16")

_SIGNS = {
    "u": ("00", "both unsigned"),
    "": ("01", "both signed"),
    "us": ("10", "those of vs1 unsigned, of vs2 signed"),
    "su": ("11", "those of vs1 signed, of vs2 unsigned"),
}
for _made, _shape, _high in ((Xsfvqmaccqoq, "4x8x4", "1111"), (Xsfvqmaccdod, "2x8x2", "1011")):
    for _letters, (_low, _what) in _SIGNS.items():
        _made.encoding(
            f"sf.vqmacc{_letters}.{_shape} vd, vs1, vs2",
            f"{_high}{_low}1 vs2 vs1 010 vd 1011011",
            kind="vector",
            doc=f"vd += vs1 vs2, blocks of bytes, {_what}, into 32 bits.",
        )
Xsfvfwmaccqqq.encoding(
    "sf.vfwmacc.4x4x4 vd, vs1, vs2",
    "1111001 vs2 vs1 001 vd 1011011",
    kind="vector",
    doc="vd += vs1 vs2, blocks of BF16, into binary32.",
)
