"""Looks into an uploaded proof of execution before anything is stored (rule F2, part 7).

``inspect_file(stream, name)`` answers with a frozen ``Verdict``: what the file really is, its size and its
hash, or which of the four POE_FILE codes refuses it and the detail that says why. ``DETAIL_TEXTS`` turns a
detail into a sentence for the person who uploaded it; ``clean_name`` makes the name they gave safe to store
and to show.

The package is pure: it touches no model, no setting and no clock, and parses with the standard library alone.
It is a gate, not a virus scanner: what passes is still kept outside the web root and served as part 7 says.
"""

from .inspection import inspect_file
from .names import clean_name, extension_of
from .texts import DETAIL_TEXTS
from .verdict import DEFAULT_LIMITS, Detail, InspectionLimits, Kind, Problem, Verdict

__all__ = [
    "DEFAULT_LIMITS",
    "DETAIL_TEXTS",
    "Detail",
    "InspectionLimits",
    "Kind",
    "Problem",
    "Verdict",
    "clean_name",
    "extension_of",
    "inspect_file",
]
