"""Per-vector scaled quantisation (VS-Quant and Keller's accelerator).

Rooms: `format` the formats as values; `exact` the reference on fractions and Python integers;
`scalar` the compiled datapath; `array` the quantisers; `golden` matrix products in the order of
operations of the kernels.
"""

from rvx.formats.block.vsq.format import Scheme, Vsq, parse_scheme

__all__ = ["Scheme", "Vsq", "parse_scheme"]
