"""Studies that reproduce what a paper claims, on the emulator: `rvx paper NAME`."""
