"""Signatures that somebody made elsewhere, such as in a browser, with a key that never comes here."""

from dataclasses import dataclass
from typing import Protocol

from schemas.signature import PublicKey, Purpose


class Signer(Protocol):
    """Whoever can sign: a key at hand, or a signature that was brought."""

    @property
    def public(self) -> PublicKey:
        """Return the verifying half."""

    def sign(self, purpose: Purpose, message: bytes) -> str:
        """Return the signature as 128 hexadecimal digits."""


@dataclass(frozen=True, slots=True)
class BroughtSignature:
    """One signature that was made elsewhere: it signs the one message that it fits, and nothing else."""

    public: PublicKey
    signature: str

    def sign(self, purpose: Purpose, message: bytes) -> str:
        """Return the signature that was brought; raises SignatureMismatch where it is of another message or key."""
        self.public.verify(purpose, message, self.signature)
        return self.signature
