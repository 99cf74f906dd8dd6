"""`python -m rvx` is the `rvx` program."""

from rvx.cli.main import main

main()
