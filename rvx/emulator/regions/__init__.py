"""Translated regions: hot loops as one compiled function over registers and memory."""
