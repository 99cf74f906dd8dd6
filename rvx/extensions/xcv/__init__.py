"""CORE-V: the extensions of CV32E40P, RV32 only, a file each."""
