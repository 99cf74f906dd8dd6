"""The command line: one module a command, each a thin layer over library functions."""

from __future__ import annotations

import sys

INTERRUPTED = 130
"""As in `rvx.errors.Exit`, which is not imported yet where it is needed."""


def start() -> None:
    """Runs the `rvx` program; Ctrl-C while it is still being imported ends it as later."""
    try:
        from rvx.cli.main import main
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        raise SystemExit(INTERRUPTED) from None
    main()
