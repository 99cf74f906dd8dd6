"""GDB's remote serial protocol: `packets` on the line, `description` of registers, `server`.

Source: Debugging with GDB, appendix E, "GDB Remote Serial Protocol".
"""
