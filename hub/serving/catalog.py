"""What the hub holds for a reader, described for catalogues: DCAT-AP 3 and HealthDCAT-AP as JSON-LD."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, Select, and_, func, select

from hub import tables
from hub.intake.hold import open_to
from hub.serving.days import PeriodUnknown, days_of
from hub.serving.figures import Offer, figures_of, readable
from schemas.catalogue import catalogue
from schemas.codes import Audience
from schemas.definition import IndicatorDefinition, Text
from schemas.payloads import TakenOver
from schemas.upcast import read_payload

_EU: Final = "http://publications.europa.eu/resource/authority/"
_FORMATS: Final = {
    "csv": ("text/csv", f"{_EU}file-type/CSV"),
    "json": ("application/json", f"{_EU}file-type/JSON"),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", f"{_EU}file-type/XLSX"),
    "parquet": ("application/vnd.apache.parquet", f"{_EU}file-type/PARQUET"),
}
_LICENCES: Final = {
    "CC-BY-4.0": "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    "CC BY 4.0": "http://publications.europa.eu/resource/authority/licence/CC_BY_4_0",
    "CC0": "http://publications.europa.eu/resource/authority/licence/CC0",
}
_CONTEXT: Final = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "healthdcatap": "http://healthdataportal.eu/ns/health#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EHDS: Final = "http://data.europa.eu/eli/reg/2025/327/oj"


def as_catalog(connection: Connection, reader: Audience, found: Sequence[Offer], address: str) -> bytes:
    """Return the catalogue of what a reader may see; `address` is where the hub is found, without a final slash.

    Figures that a region computed carry no licence of their own yet, and say so by having none.
    """
    known = [(one, catalogue()[one.indicator]) for one in found if one.indicator in catalogue()]
    open_to_all = {(row.indicator, row.region_set) for row in connection.execute(_places("public"))}
    licences = _licences(connection, reader)
    catalog = {
        "@context": _CONTEXT,
        "@id": f"{address}/catalog.jsonld",
        "@type": "dcat:Catalog",
        "dct:title": _said(Text("Regiohelix: regio's vergeleken", "Regiohelix: regions compared")),
        "dct:description": _said(
            Text(
                "Cijfers en lessen die Nederlandse gezondheidsregio's hebben uitgebracht; geen gegevens over personen.",
                "Figures and lessons that Dutch health regions released; no data on persons.",
            )
        ),
        "dct:publisher": _publisher(address),
        "dct:language": [{"@id": f"{_EU}language/NLD"}, {"@id": f"{_EU}language/ENG"}],
        "dcat:dataset": [
            _dataset(one, definition, licences, (one.indicator, one.region_set) in open_to_all, address)
            for one, definition in known
        ],
    }
    return msgspec.json.encode(catalog)


def _dataset(
    offer: Offer,
    definition: IndicatorDefinition,
    licences: Mapping[tuple[str, str], str],
    is_public: bool,
    address: str,
) -> dict[str, Any]:
    here = f"{address}/api/v1/indicators/{offer.indicator}/comparison"
    query = f"set={offer.region_set}".replace(" ", "%20")
    name = f"{address}/catalog.jsonld#{offer.indicator}@{offer.region_set}".replace(" ", "%20")
    first, last = _span(offer.periods)
    licence = licences.get((offer.indicator, offer.region_set))
    described: dict[str, Any] = {
        "@id": name,
        "@type": "dcat:Dataset",
        "dct:identifier": f"{offer.indicator}@{offer.region_set}",
        "dct:title": _said(definition.title),
        "dct:description": _said(definition.description),
        "dct:publisher": _publisher(address),
        "dcat:theme": {"@id": f"{_EU}data-theme/HEAL"},
        "dct:accessRights": {"@id": f"{_EU}access-right/{'PUBLIC' if is_public else 'RESTRICTED'}"},
        "dcatap:applicableLegislation": {"@id": _EHDS},
        "healthdcatap:populationCoverage": _said(
            Text(f"{offer.regions} regio's van {offer.region_set}", f"{offer.regions} regions of {offer.region_set}")
        ),
        "adms:versionNotes": f"definition {definition.version}, sha256 {definition.hash}",
        "dcat:distribution": [
            {
                "@id": f"{here}?{query}&format={kind}",
                "@type": "dcat:Distribution",
                "dcat:accessURL": {"@id": f"{here}?{query}"},
                "dcat:downloadURL": {"@id": f"{here}?{query}&format={kind}"},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media}"},
                "dct:format": {"@id": form},
                **({} if licence is None else {"dct:license": {"@id": licence}}),
            }
            for kind, (media, form) in _FORMATS.items()
        ],
    }
    if first is not None and last is not None:
        described["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": first, "@type": "xsd:date"},
            "dcat:endDate": {"@value": last, "@type": "xsd:date"},
        }
    return described


def _licences(connection: Connection, reader: Audience) -> dict[tuple[str, str], str]:
    """Return the licence of what was taken over, by indicator and set, where all regions name the same one we know."""
    payload, event = tables.indicator_payload, tables.event
    place = (payload.c.indicator, payload.c.region_set, payload.c.region)
    last = select(*place, func.max(payload.c.sequence).label("sequence")).where(
        payload.c.audience.in_(readable(reader)), *open_to(reader, payload.c)
    )
    newest = last.group_by(*place).subquery()
    rows = connection.execute(
        select(newest.c.indicator, newest.c.region_set, event.c.type, event.c.payload)
        .join(event, and_(event.c.region == newest.c.region, event.c.sequence == newest.c.sequence))
        .where(event.c.payload != b"")
    )
    named: dict[tuple[str, str], set[str | None]] = {}
    for row in rows:
        origin = figures_of(read_payload(row.type, row.payload)).origin
        licence = _LICENCES.get(origin.licence) if isinstance(origin, TakenOver) else None
        named.setdefault((row.indicator, row.region_set), set()).add(licence)
    agreed = {place: next(iter(licences)) for place, licences in named.items() if len(licences) == 1}
    return {place: licence for place, licence in agreed.items() if licence is not None}


def _places(reader: Audience) -> Select[Any]:
    payload = tables.indicator_payload.c
    seen = (payload.audience.in_(readable(reader)), *open_to(reader, payload))
    return select(payload.indicator, payload.region_set).where(*seen).distinct()


def _span(periods: Sequence[str]) -> tuple[str | None, str | None]:
    days = []
    for period in periods:
        try:
            days.append(days_of(period))
        except PeriodUnknown:
            continue
    if not days:
        return None, None
    return min(first for first, _ in days).isoformat(), max(last for _, last in days).isoformat()


def _publisher(address: str) -> dict[str, Any]:
    return {"@id": address, "@type": "foaf:Agent", "foaf:name": "Regiohelix"}


def _said(text: Text) -> list[dict[str, str]]:
    return [{"@value": text.nl, "@language": "nl"}, {"@value": text.en, "@language": "en"}]
