"""What can go wrong, each in one sentence that says what, where and what to do."""

from collections.abc import Iterator, Mapping
from typing import Any

MOST_CHARACTERS = 600  # of a sentence that a hub or something before it wrote


class HubError(Exception):
    """Anything that keeps an answer from coming."""


class HubUnreachable(HubError):
    """A hub that does not answer, or not in time."""


class AnswerNotUnderstood(HubError):
    """An answer that is not what this version of the client reads."""


class PandasMissing(HubError):
    """`to_pandas` where pandas is not installed."""


class HubRefused(HubError):
    """A request that the hub refused: `status` is the HTTP status, `errors` what was wrong with which argument."""

    def __init__(self, status: int, sentence: str, errors: Mapping[str, Any] | None = None) -> None:
        """Take what the hub said."""
        super().__init__(sentence)
        self.status = status
        self.errors = dict(errors or {})


def refusal(status: int, problem: Any) -> HubRefused:
    """Return the refusal that a problem document (RFC 9457) tells of; anything else is told by its status alone."""
    if not isinstance(problem, Mapping) or not isinstance(problem.get("detail"), str):
        return HubRefused(status, f"The hub answered {status} without saying why; try again later or ask its operator.")
    errors = problem.get("errors")
    told = dict(errors) if isinstance(errors, Mapping) else {}
    said = "; ".join(_leaves(told))
    sentence = f"{problem['detail']} ({said})" if said else problem["detail"]
    return HubRefused(status, sentence[:MOST_CHARACTERS], told)


def _leaves(errors: Any, name: str = "") -> Iterator[str]:
    if isinstance(errors, Mapping):
        for key, inner in errors.items():
            yield from _leaves(inner, str(key))
    elif isinstance(errors, list):
        for one in errors:
            yield from _leaves(one, name)
    else:
        yield f"{name}: {errors}"
