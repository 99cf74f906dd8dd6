"""Statements to fragments: forms of instructions, pseudo-instructions, and where bytes go."""
