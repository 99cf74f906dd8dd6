"""Where the instructions of a run went: by function, line, class and extension, exactly."""

from rvx.analysis.profile.files import FORMATS, ProfileProblem, check, write
from rvx.analysis.profile.listing import SHORT, to_text
from rvx.analysis.profile.profile import Costs, Profile, ProfiledFunction, Spot, profile_of

__all__ = [
    "FORMATS",
    "SHORT",
    "Costs",
    "Profile",
    "ProfileProblem",
    "ProfiledFunction",
    "Spot",
    "check",
    "profile_of",
    "to_text",
    "write",
]
