"""Extensions that are still drafts: for vectors, and the dot products of machine learning.

Encodings are those of riscv-opcodes at the date that is the version; what a draft leaves open is
said where it is chosen. Nothing here is loaded unless it is named: drafts change, and some of them
use each other's words.
"""

from rvx.extensions.drafts.absolute_difference import Zvabd
from rvx.extensions.drafts.dot4 import Zvdot4a8i
from rvx.extensions.drafts.dots import (
    Zvfbdota32f,
    Zvfqwbdota8f,
    Zvfqwdota8f,
    Zvfwbdota16bf,
    Zvfwdota16bf,
    Zvqwbdota8i,
    Zvqwdota8i,
)
from rvx.extensions.drafts.ofp import Zvfofp4min, Zvfofp8min
from rvx.extensions.drafts.zip import Zvzip
from rvx.extensions.drafts.zvfbfa import Zvfbfa
from rvx.extensions.drafts.zvt import (
    Zvt,
    Zvt4t,
    Zvt8t,
    Zvt16t,
    Zvt32t,
    Zvt64t,
    Zvt128t,
    Zvt256t,
)
from rvx.extensions.drafts.zvvm import Zvvfmm, Zvvm, Zvvmm, Zvvmtls, Zvvmttls

__all__ = [
    "Zvabd",
    "Zvdot4a8i",
    "Zvfbdota32f",
    "Zvfbfa",
    "Zvfofp4min",
    "Zvfofp8min",
    "Zvfqwbdota8f",
    "Zvfqwdota8f",
    "Zvfwbdota16bf",
    "Zvfwdota16bf",
    "Zvqwbdota8i",
    "Zvqwdota8i",
    "Zvt",
    "Zvt4t",
    "Zvt8t",
    "Zvt16t",
    "Zvt32t",
    "Zvt64t",
    "Zvt128t",
    "Zvt256t",
    "Zvvfmm",
    "Zvvm",
    "Zvvmm",
    "Zvvmtls",
    "Zvvmttls",
    "Zvzip",
]
