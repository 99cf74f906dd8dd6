"""Any number format by its name, as one notion: what codes mean, and which code a number gets.

The families beside this room have kernels; here all of them, and those without kernels, answer the
same questions exactly (`format.Format`). `catalogue.parse` reads names.
"""
