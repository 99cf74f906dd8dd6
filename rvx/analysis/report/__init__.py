"""A page about what comparisons, sweeps, studies and profiles have found.

`studies` reads their documents, and `page` makes HTML of them.
"""

from rvx.analysis.report.page import to_html
from rvx.analysis.report.studies import ReportProblem, Study, read

__all__ = ["ReportProblem", "Study", "read", "to_html"]
