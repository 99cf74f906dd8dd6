"""Python files of users: extensions, and the parts of kernels."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from rvx.errors import RvxError


class UserFileError(RvxError, ValueError):
    """A file that cannot be imported; the message names it, the line and the reason."""


def run_file(path: Path, name: str) -> ModuleType:
    """Runs a file as the module of this name; it is not there when this fails.

    Raises:
        UserFileError: there is no such file, or it raised an exception.
    """
    if not path.is_file():
        raise UserFileError(f"there is no file '{path}'")
    spec = importlib.util.spec_from_file_location(name, path.resolve())
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except Exception as error:
        del sys.modules[name]
        if before is not None:
            sys.modules[name] = before
        raise UserFileError(f"'{path}' cannot be imported: {_sentence(error, path)}") from error
    return module


def _sentence(error: Exception, path: Path) -> str:
    """The error with the line of the user's file where it came up."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.resolve()):
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f"line {line}: " if line else ""
    return f"{where}{type(error).__name__}: {error}"
