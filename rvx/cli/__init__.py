"""The command line: one module a command, each a thin layer over library functions."""

from __future__ import annotations

import sys


def start() -> None:
    """Runs the `rvx` program; Ctrl-C while it is still being imported ends it as later."""
    try:
        from rvx.cli.main import main
    except KeyboardInterrupt:
        from rvx.errors import Exit

        sys.stderr.write("error: interrupted\n")
        raise SystemExit(int(Exit.INTERRUPTED)) from None
    main()
