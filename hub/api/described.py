"""What /openapi.json says of every route besides its answer: who may call it, and which refusals it can give."""
# mypy: disable-error-code="import-untyped, misc, no-any-unimported"

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from apispec import APISpec, BasePlugin

from hub.api.access import Policy, policy_of
from hub.api.problem import MEDIA_TYPE, ProblemSchema

_SCHEME: Final = "token"
_PROBLEM: Final = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_FORBIDS: Final = frozenset({Policy.SUBSCRIBER, Policy.FOLLOWER, Policy.NATIONAL, Policy.ADMINISTRATOR})
_NEEDS_TOKEN: Final = _FORBIDS | {Policy.REGION}
_BODY_REFUSALS: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


class Refusals(BasePlugin):
    """Adds to every operation the refusals that its policy can give, all of them as problem documents."""

    def __init__(self, policies: Mapping[str, Policy]) -> None:
        """Take the policies of blueprints and routes; they may still grow until the blueprint is registered."""
        self._policies = policies

    def init_spec(self, spec: APISpec) -> None:
        """Name the form of a refusal and the way to show a token."""
        spec.components.schema("Problem", schema=ProblemSchema)
        spec.components.security_scheme(_SCHEME, {"type": "http", "scheme": "bearer"})

    def operation_helper(self, path: str | None = None, operations: dict[str, Any] | None = None, **how: Any) -> None:
        """Complete the operations of one route."""
        policy = policy_of(how["rule"].endpoint, self._policies)
        for method, operation in (operations or {}).items():
            if isinstance(operation, dict) and "responses" in operation:
                _complete(operation, method, policy)


def _complete(operation: dict[str, Any], method: str, policy: Policy | None) -> None:
    responses = operation["responses"]
    for status in _given_by(policy, method, "requestBody" in operation):
        responses.setdefault(str(int(status)), {"description": status.phrase})
    for status, response in responses.items():
        if status == "default":
            responses[status] = {"description": "Any other refusal.", "content": _PROBLEM}
        elif int(status) >= HTTPStatus.BAD_REQUEST:
            said = response["description"] if isinstance(response, dict) else HTTPStatus(int(status)).phrase
            responses[status] = {"description": said, "content": _PROBLEM}
    if policy in _NEEDS_TOKEN:
        operation["security"] = [{_SCHEME: []}]
    elif policy is Policy.READER:
        operation["security"] = [{_SCHEME: []}, {}]


def _given_by(policy: Policy | None, method: str, has_body: bool) -> list[HTTPStatus]:
    given = [HTTPStatus.TOO_MANY_REQUESTS, *(_BODY_REFUSALS if has_body else ())]
    if policy in _NEEDS_TOKEN or policy is Policy.READER:
        given.append(HTTPStatus.UNAUTHORIZED)
    if policy in _FORBIDS or (policy is Policy.READER and method != "get"):
        given.append(HTTPStatus.FORBIDDEN)
    return given
