"""What the stages hand on: sections of fragments, symbols, values, relocations, objects."""
