"""Number formats: posits, minifloats, integers and block-scaled formats.

Every family has the same rooms: `format` (the format as a value), `exact` (the slow reference on
`fractions.Fraction`), `scalar` (kernels on raw bits, compiled by `rvx.jit`), `array` (NumPy).
"""
