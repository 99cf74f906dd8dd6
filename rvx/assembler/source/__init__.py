"""Source text to statements: lines, macros, conditionals, and the grammar of operands."""
