"""Sources of person data inside a region: mappings, readers of extracts, and an invented region to try them on."""

from schemas.refused import Refused


class SourceRefused(Refused):
    """A source that may not or cannot be loaded as it is; the message is one sentence: what, where, what to do.

    It never carries a person's value: file, row, column and expected form only.
    """
