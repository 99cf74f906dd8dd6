"""Minifloats: FP8 to FP64 and any other small binary floating-point format."""
