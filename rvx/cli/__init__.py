"""The command line: one module a command, each a thin layer over library functions."""

from __future__ import annotations

import os
import sys
import threading


def start() -> None:
    """Runs the `rvx` program; Ctrl-C while it is still being imported ends it as later."""
    try:
        from rvx.cli import gnu_as

        if gnu_as.is_stand_in(sys.argv[1:]):
            gnu_as.main()
        from rvx.cli.main import main
    except KeyboardInterrupt:
        from rvx.errors import Exit

        sys.stderr.write("error: interrupted\n")
        raise SystemExit(int(Exit.INTERRUPTED)) from None
    try:
        main()
    except SystemExit as end:
        _leave_if_interrupted(end.code)
        raise


def _leave_if_interrupted(code: object) -> None:
    """Who has pressed Ctrl-C does not wait for what LLVM compiles at the moment: seconds, maybe."""
    from rvx.errors import Exit

    is_alone = not any(thread.name.startswith("rvx ") for thread in threading.enumerate())
    if code == Exit.INTERRUPTED and not is_alone:
        sys.stdout.flush()
        sys.stderr.flush()
        if scratch := sys.modules.get("rvx.emulator.linux.scratch"):
            scratch.erase_all()
        os._exit(Exit.INTERRUPTED)
