"""`rvx version`: which versions are at work."""

from __future__ import annotations

from rvx.cli.options import Json
from rvx.cli.output import print_json

SCHEMA = "rvx.version/1"


def version(as_json: Json = False) -> None:
    """Print the versions of rvx, of what it is built on, and of its extensions."""
    from rvx import extensions
    from rvx.analysis.versions import versions

    shipped = {name: extensions.load(name).version for name in extensions.names()}
    if as_json:
        print_json({"schema": SCHEMA, "versions": versions(), "extensions": shipped})
        return
    for name, number in versions().items():
        print(f"{name} {number}")
    for name, number in shipped.items():
        print(f"{name} {number}")
