"""What riscv-unified-db says of instructions, as extensions of rvx.

`syntax` reads IDL, the language of the operations there; `body` makes a Python body of an
operation; `database` reads the YAML files; `extension` writes an extension file.
"""
