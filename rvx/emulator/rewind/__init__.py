"""Going back: moments of a machine are kept, and what came after one of them is done again.

A run is deterministic, so that a moment is the count of instructions that were executed: to get to
one, a `snapshot` before it is put back, and the rest is performed again (`timeline`). A snapshot is
an `image` of memory, the words that compiled code works on, and what objects of Python hold
(`memento`). What the outside world was told and has said is not repeated (`streams`).
"""
