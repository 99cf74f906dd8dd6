"""What all HTML pages of rvx have in common: their head and their look.

A page is one file that needs nothing else, works without a network, on a telephone, in the dark,
and on paper.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --bar: #e8943a66;
  --page: light-dark(#fff, #16181c); --ink: light-dark(#1c1e21, #e4e6ea); }
:root[data-theme=light] { color-scheme: light; }
:root[data-theme=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 76rem;
  background: var(--page); color: var(--ink); }
h1 { font-size: 1.4rem; margin: 0 0 .2rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .2rem 0 .6rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: right;
  white-space: nowrap; font-variant-numeric: tabular-nums; }
th { font-weight: 600; }
th.l, td.l { text-align: left; }
td.bar { background: linear-gradient(90deg, var(--bar) var(--share), transparent var(--share)); }
code, pre, .code td { font-family: ui-monospace, monospace; font-size: .85rem; }
details { border: 1px solid var(--line); border-radius: 4px; margin: .4rem 0; }
summary { padding: .35rem .6rem; cursor: pointer; overflow-wrap: anywhere; }
summary:hover { background: var(--soft); }
.code td { border-bottom: 0; padding: 0 .6rem; }
.code .source td { padding-top: .4rem; opacity: .75; white-space: pre; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr));
  gap: 0 2rem; }
a { color: inherit; }
@media print {
  :root, :root[data-theme] { color-scheme: light; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  .wide { overflow: visible; }
  * { print-color-adjust: exact; }
}
"""


def head(title: str, style: str = "") -> Iterator[str]:
    """The lines of a page up to its content.

    Args:
        title: of the page, as plain text.
        style: of this page, beside that of all.
    """
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<link rel="icon" href="data:,">'
    yield f"<title>{escape(title)}</title><style>{STYLE}{style}</style></head><body>"
