"""Bodies: what the function behind an instruction may be made of, and what it means.

A body that is not rvx's own is a user's: it is read, checked and written out once more with all of
its arithmetic spelled, when the extension is loaded. What is interpreted and what is compiled is
that one text, so that both mean the same. `docs/reference/bodies.md` is the definition.
"""

from rvx.bodies.form import Form, check_bodies, form_of
from rvx.bodies.problem import BodyProblem

__all__ = ["BodyProblem", "Form", "check_bodies", "form_of"]
