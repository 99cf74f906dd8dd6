"""Directives: a table from their names to functions, filled by the modules of this package."""

from rvx.assembler.directives.registry import DIRECTIVES, find

__all__ = ["DIRECTIVES", "find"]
