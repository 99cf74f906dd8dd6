"""ELF files: writing and reading objects and executables."""
