"""Python files of users: extensions, and the parts of kernels."""

from __future__ import annotations

import sys
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path
from types import ModuleType

from rvx.errors import RvxError

MODULE_PREFIX = "rvx_user_"
"""What the names of modules of users begin with: mistakes in them are not rvx's."""

MARK = "\ufeff"
"""What some editors put in front of text, to say in which order its bytes are."""


class UserFileError(RvxError, ValueError):
    """A file that cannot be imported, or failed; the message names it, the line and the reason."""


def why_no_text(data: bytes) -> str:
    """What shows that nobody meant these bytes for text in UTF-8; empty if nothing does."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "it is text in UTF-16"
    at = data.find(0)
    return f"byte 0x00 at offset {at}" if at >= 0 else ""


def read_text(path: Path) -> str:
    """The text of a file; a byte order mark in front is no part of it.

    Raises:
        UserFileError: it is not UTF-8.
        OSError: it cannot be read.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        error.filename = error.filename or str(path)
        raise
    problem = why_no_text(data)
    if problem:
        raise UserFileError(f"'{path}' is not text in UTF-8: {problem}")
    try:
        return data.decode("utf-8").removeprefix(MARK)
    except UnicodeDecodeError as error:
        raise UserFileError(
            f"'{path}' is not text in UTF-8: byte {data[error.start]:#04x} at offset {error.start}"
        ) from None


def users_mistake(error: BaseException) -> UserFileError | None:
    """An exception as a sentence with the line of the user's file that it came up in.

    Returns:
        None if no code of a user's was running.
    """
    found = None
    trace = error.__traceback__
    while trace is not None:
        frame = trace.tb_frame
        if str(frame.f_globals.get("__name__", "")).startswith(MODULE_PREFIX):
            found = f"'{frame.f_code.co_filename}', line {trace.tb_lineno}: {_said(error)}"
        trace = trace.tb_next
    return None if found is None else UserFileError(found)


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".strip().removesuffix(":")


def run_file(path: Path, name: str) -> ModuleType:
    """Runs a file as the module of this name; it is not there when this fails.

    Its text is read each time: Python's own cache takes a file of the same size, changed within
    the same second, for the old one.

    Raises:
        UserFileError: there is no such file, or it raised an exception.
    """
    import importlib.util
    from importlib.machinery import SourceFileLoader

    if not path.is_file():
        raise UserFileError(f"there is no file '{path}'")
    file = str(path.resolve())
    loader = SourceFileLoader(name, file)
    spec = importlib.util.spec_from_file_location(name, file, loader=loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    before = sys.modules.get(name)
    sys.modules[name] = module
    try:
        exec(loader.source_to_code(loader.get_data(file), file), module.__dict__)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        if before is not None:
            sys.modules[name] = before
        raise UserFileError(f"'{path}' cannot be imported: {_sentence(error, path)}") from error
    return module


def _sentence(error: BaseException, path: Path) -> str:
    """The error with the line of the user's file where it came up."""
    line = getattr(error, "lineno", None) if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path.resolve()):
            line = trace.tb_lineno
        trace = trace.tb_next
    where = f"line {line}: " if line else ""
    return f"{where}{_said(error)}"
