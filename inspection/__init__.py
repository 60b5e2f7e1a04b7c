"""Inspection of an uploaded proof of execution before anything is stored (rule F2, part 7).

``inspect_file(stream, name)`` returns a frozen ``Verdict``: either the file's real kind, size and hash, or one
of the four POE_FILE codes with the detail that explains the refusal. ``DETAIL_TEXTS`` turns a detail into a
sentence for the user who uploaded the file; ``clean_name`` makes the file's name safe to store and to show.

The package is pure: it uses no model, no setting and no clock, and parses with the standard library alone.
It is a gate, not a virus scanner: accepted files are still kept outside the web root and served as part 7 requires.
"""

from .inspection import inspect_file
from .names import clean_name, decoded_name, extension_of
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
    "decoded_name",
    "extension_of",
    "inspect_file",
]
