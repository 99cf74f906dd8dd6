"""What the dot product must be."""

from rvx.analysis.products import golden, reference

__all__ = ["golden", "reference"]
