"""The rest of a bundle's way after the desk froze it: reviewers approve, and it is signed onto the chain."""

from connectors.database import writing
from node.release import candidate, review
from tests.support.small_region import CODE, NOW, SmallRegion


def let_out(region: SmallRegion, location: str) -> str:
    """Approve and sign the bundle of an address at the desk; return its name."""
    name = location.partition("?")[0].rpartition("/")[2]
    with writing(region.node.engine) as connection:
        for key in region.keys[: candidate.load(connection, name).needed]:
            review.approve(connection, name, CODE, key, NOW)
    region.publish(name)
    return name
