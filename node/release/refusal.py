"""Why the release stage says no: one base for whoever shows or records a refusal."""

from schemas.refused import Refused


class ReleaseRefused(Refused, ValueError):
    """A release, or a part of it, that may not leave the region; the message says why and what to do."""
