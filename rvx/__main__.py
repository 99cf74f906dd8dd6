"""`python -m rvx` is the `rvx` program."""

from rvx.cli import start

start()
