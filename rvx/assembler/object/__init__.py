"""Fragments to an object: relaxation, addresses, relocations, symbols and debug sections."""
