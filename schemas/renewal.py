"""What a region's service key signs to renew the region's token at the hub: whose it is, and the next token's hash."""

from .canonical import canonical_bytes


def renewal_message(region: str, token_sha256: str) -> bytes:
    """Return the canonical bytes that are signed with purpose regiohelix/renewal/v1; the token itself never travels."""
    return canonical_bytes({"region": region, "token_sha256": token_sha256})
