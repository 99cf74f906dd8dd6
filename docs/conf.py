"""How Sphinx builds the documentation: `python -m sphinx -W -b html docs docs/_build/html`.

The pages of instructions are made from the declarations when a build begins; they are not in git.
"""

import tomllib
from pathlib import Path
from typing import Any

_ROOT = Path(__file__).resolve().parent.parent

project = "rvx"
author = "the rvx authors"
release = next(
    line.split('"')[1]
    for line in (_ROOT / "rvx" / "version.py").read_text(encoding="utf-8").splitlines()
    if line.startswith("__version__")
)
html_title = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["description"]
html_short_title = "rvx"
html_theme = "furo"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
autodoc_typehints = "description"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}
napoleon_numpy_docstring = False
# `python -m sphinx -b man docs docs/_build/man`: the page of all commands, made from the program.
man_pages = [("reference/cli", "rvx", "RISC-V extensions: declare, run, compare", "", 1)]
exclude_patterns = ["_build"]
# A single backtick in a docstring is code, as it is in Markdown.
default_role = "code"
highlight_language = "text"
myst_heading_anchors = 2


def _write_reference(_: Any) -> None:
    from rvx.cli.docs import docs

    docs(Path(__file__).resolve().parent / "reference", check=False)


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.connect("builder-inited", _write_reference)
