"""Estimated cycles: how long a run would take on a core that a TOML file describes.

An estimate, and no simulation of the core: `core` reads the description, `costs` says what a word
costs there, `scoreboard` puts the instructions of a trace in time, `estimate` adds up, and
`published` compares the result with what others have measured.
"""

from rvx.analysis.cycles.core import Core, CoreError, core_names, load_core
from rvx.analysis.cycles.estimate import Estimate, Estimator
from rvx.analysis.cycles.scoreboard import Cause

__all__ = ["Cause", "Core", "CoreError", "Estimate", "Estimator", "core_names", "load_core"]
