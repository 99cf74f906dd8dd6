"""Searches for the parameters that cost least and err least: a Pareto front, found by Optuna.

`space` says which parameters there are and what a choice of them gives: of a kernel it is what a
cell of a sweep gives, of an accumulator what `rvx dot` does. `study` tries choices, and keeps them
on disk.
"""

from rvx.analysis.search.space import Axis, SearchError, Space, space_of
from rvx.analysis.search.study import Found, Trial, search

__all__ = ["Axis", "Found", "SearchError", "Space", "Trial", "search", "space_of"]
