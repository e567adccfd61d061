"""The file in an item of a bundle: handed out as it would leave, and a picture shown to who decides on it."""

from node.release import candidate
from node.release.candidate import FrozenItem
from node.release.host import file_of
from schemas.attached import PICTURES
from schemas.attachment import AttachmentPublished

from .markup import Html, h
from .page import link
from .visit import Answer, FormUnfit, Visit


def hand_out(visit: Visit, bundle_id: str, number: str) -> Answer:
    """Hand out the file of an item, byte by byte as readers would get it; raises FormUnfit where there is none."""
    with visit.desk.engine.connect() as connection:
        items = candidate.load(connection, bundle_id).items
    one = items[int(number) - 1] if 1 <= int(number) <= len(items) else None
    found = None if one is None else file_of(one.type, one.payload)
    if found is None:
        raise FormUnfit(visit.t("Dit onderdeel heeft geen bestand.", "This item has no file."))
    return handed(found)


def handed(file: AttachmentPublished) -> Answer:
    """Return a file to be saved, or shown as a picture in a page: by itself it may do nothing."""
    heads = (
        ("Content-Disposition", f'attachment; filename="{file.file_name}"'),
        ("Content-Security-Policy", "default-src 'none'; sandbox"),
    )
    return Answer(file.content, kind=file.media_type, heads=heads)


def shown(visit: Visit, bundle_id: str, item: FrozenItem, position: int) -> Html | None:
    """Return the way to an item's file, with the picture where it is one; None for items without a file."""
    found = file_of(item.type, item.payload)
    if found is None:
        return None
    address = f"/bundles/{bundle_id}/items/{position + 1}/file"
    said = visit.t(
        f"Open het bestand voor u beslist: {found.file_name}", f"Open the file before you decide: {found.file_name}"
    )
    look = visit.t(
        "In een afbeelding zoekt geen programma naar personen. Kijk zelf naar gezichten en woorden.",
        "No program looks for persons in a picture. Look yourself, at faces and at words.",
    )
    picture = h("img", src=address, alt=found.alternative, class_="shown") if found.media_type in PICTURES else None
    return h(
        "div", h("p", link(said, address)), h("p", look) if picture is not None else None, picture, class_="limits"
    )
