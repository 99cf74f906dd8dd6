"""Grids of comparisons: many cells, on many processors, whose rows are on disk as they finish.

`grid` says which cells there are, `cell` makes a row of one, `journal` keeps the rows, and
`workers` and `cluster` are the two ways to have many cells done.
"""

from rvx.analysis.sweep.cell import Cell
from rvx.analysis.sweep.grid import Grid, read_grid
from rvx.analysis.sweep.journal import Journal
from rvx.analysis.sweep.run import Rows, sweep

__all__ = ["Cell", "Grid", "Journal", "Rows", "read_grid", "sweep"]
