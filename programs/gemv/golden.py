"""What the product of a matrix and a vector must be."""

from rvx.analysis.products import golden, reference

__all__ = ["golden", "reference"]
