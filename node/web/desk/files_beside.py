"""The files beside a lesson, on its page: what readers get, what waits here, and the way to another one."""

from sqlalchemy import Connection

from node.knowledge import attachments
from node.release import host
from node.release.standing import StandingItem
from schemas.attachment import MOST_OF_ONE, AttachmentPublished

from .markup import Html, h
from .page import badge, link, panel
from .visit import Visit


def files_panel(visit: Visit, connection: Connection, there: StandingItem | None) -> Html:
    """Return the files beside what readers see; without that, what has to come first."""
    title = visit.t("Bestanden erbij", "Files beside it")
    if there is None:
        told = visit.t(
            "Als lezers de les zien, kan er een bestand bij: een controlelijst, een formulier, een afbeelding.",
            "Once readers see the lesson a file can go with it: a checklist, a form, a picture.",
        )
        return panel(title, h("p", told, class_="quiet small"))
    released = {one.item: one for one in host.files_beside(connection, there.subject)}
    drafts = {one.item: one for one in drafts_beside(connection, there) if one.item not in released}
    here = {one.item for one in attachments.drafts(connection)}
    listed = [
        h("li", link(one.title, f"/files/{name}") if name in here else one.title, " ",
          badge(visit.t("uitgebracht", "released"), "ok") if name in released
          else badge(visit.t("concept", "draft")))
        for name, one in {**released, **drafts}.items()
    ]  # fmt: skip
    more = link(visit.t("Voeg een bestand toe", "Add a file"), f"/files?of={there.event_id}")
    return panel(
        title,
        h("ul", listed, class_="list") if listed else h("p", visit.t("Nog geen.", "None yet."), class_="quiet"),
        h("p", more, class_="gap-s") if len(released) < MOST_OF_ONE else None,
    )


def drafts_beside(connection: Connection, there: StandingItem) -> list[AttachmentPublished]:
    """Return the files that are kept here and belong to something, by whichever of its versions they name."""
    kept = attachments.drafts(connection)
    return [one for one in kept if (beside := host.stands_beside(connection, one)) and beside.subject == there.subject]
