"""`rvx asm`: assembles a source."""
