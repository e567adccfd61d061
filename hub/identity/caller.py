"""Who is asking: a person with roles, a token with scopes, or a member of the public; and what each may read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from schemas.codes import REGION_CODE, Audience
from schemas.refused import Refused

NATIONAL: Final = "national"
PARTNER: Final = "partner"
ADMINISTRATOR: Final = "administrator"
REGION_ROLE: Final = "region:"
SEND: Final = "send:"
READ: Final = "read:"
MANAGE: Final = "manage"
_WIDEST_FIRST: Final[tuple[Audience, ...]] = ("network", "partners", "public")
_SCOPE: Final = re.compile(rf"{READ}(public|partners|network)|{MANAGE}")


class RoleUnknown(Refused, ValueError):
    """A role that is not one of ours."""


class ScopeUnknown(Refused, ValueError):
    """A token's scope that is not one of ours."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who is asking: the audience they belong to, and their region where they showed its sending token."""

    audience: Audience = "public"
    region: str | None = None
    name: str | None = None  # account, for the person's own pages and for the log
    roles: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    @property
    def is_national(self) -> bool:
        """Tell whether a person of the national team asks."""
        return NATIONAL in self.roles

    @property
    def is_administrator(self) -> bool:
        """Tell whether an administrator asks, or a token that was made to manage."""
        return ADMINISTRATOR in self.roles or MANAGE in self.scopes

    @property
    def regions(self) -> frozenset[str]:
        """Return the codes of the regions a person works for; never enough to send an event."""
        return frozenset(role.removeprefix(REGION_ROLE) for role in self.roles if role.startswith(REGION_ROLE))


PUBLIC: Final = Caller()


def checked_roles(roles: Iterable[str]) -> frozenset[str]:
    """Return roles as a set; raises RoleUnknown for one that is none, and where there is none at all."""
    found = frozenset(roles)
    for role in found:
        if role not in (NATIONAL, PARTNER, ADMINISTRATOR) and not _names_region(role, REGION_ROLE):
            raise RoleUnknown("A role is national, partner, administrator or region:CODE, like region:GG0111.")
    if not found:
        raise RoleUnknown("Somebody without a role can do nothing here; give at least one role.")
    return found


def checked_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """Return scopes as a set; raises ScopeUnknown for one that is none, for two regions, and where there is none."""
    found = frozenset(scopes)
    for scope in found:
        if not _SCOPE.fullmatch(scope) and not _names_region(scope, SEND):
            raise ScopeUnknown("A scope is send:REGION, read:public, read:partners, read:network or manage.")
    if sum(scope.startswith(SEND) for scope in found) > 1:
        raise ScopeUnknown("A token sends for one region only; make one token per region.")
    if not found:
        raise ScopeUnknown("A token without a scope can do nothing; give at least one scope.")
    return found


def person(name: str, roles: frozenset[str]) -> Caller:
    """Return a signed-in person as a caller; no role lets a person send events, and `administrator` reads nothing."""
    if NATIONAL in roles or any(role.startswith(REGION_ROLE) for role in roles):
        return Caller("network", name=name, roles=roles)
    return Caller("partners" if PARTNER in roles else "public", name=name, roles=roles)


def bearer(owner: str, scopes: frozenset[str]) -> Caller:
    """Return the bearer of a token as a caller, with what its scopes say and nothing of what its owner may do."""
    audience: Audience = next((one for one in _WIDEST_FIRST if f"{READ}{one}" in scopes), "public")
    region = next((scope.removeprefix(SEND) for scope in scopes if scope.startswith(SEND)), None)
    return Caller(audience, region, owner, scopes=scopes)


def _names_region(text: str, prefix: str) -> bool:
    return text.startswith(prefix) and REGION_CODE.fullmatch(text.removeprefix(prefix)) is not None
