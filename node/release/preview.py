"""The exact preview: every item of a bundle as its readers will see it, who they are, and what changes for them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

import msgspec
from sqlalchemy import Connection

from schemas.assessment import AssessmentPublished, AssessmentRevised
from schemas.catalogue import catalogue
from schemas.citation import CitationPublished
from schemas.codes import TOTAL, Audience, EventType
from schemas.definition import IndicatorDefinition, Text
from schemas.evaluation import EvaluationPublished, EvaluationRevised
from schemas.item_words import told_fields
from schemas.items import Item, ItemRevised
from schemas.payloads import (
    Computed,
    Content,
    IndicatorCorrected,
    IndicatorPublished,
    LessonPublished,
    LessonRevised,
    Payload,
    ReplyPublished,
    ReplyRevised,
    TakenOver,
)
from schemas.quality_words import quality_words
from schemas.upcast import read_payload
from schemas.values import Suppressed, TypedValue, Withdrawn

from .assessment_words import assessment_parts
from .candidate import FrozenBundle, FrozenItem
from .evaluation_words import parts
from .item_words import kind_of
from .preview_words import KINDS, OF_CITATION, OF_LESSON, OF_NOTICE, OF_REPLY, value_of
from .proof import Proof, promised
from .standing import content_of, of_event
from .states import BundleState
from .subject import Words
from .title_words import titled
from .wording import READERS, cut_words, value_words

Part = tuple[str, Text, Text]  # a stable key, what it is, and what it says
Change = Literal["new", "changed", "withdrawn", "unchanged"]


@dataclass(frozen=True, slots=True)
class Row:
    """One cell, or one field of words or an evaluation, as readers see it; `before` is what they saw until now.

    `depth` is along how many dimensions a cell is cut: 0 for the total of all. Of figures the first rows are the
    payload's cells in their order.
    """

    what: Text
    value: Text | None
    before: Text | None
    change: Change
    depth: int = 0
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class PreviewedItem:
    """One item as it will be read, and the hash of its exact bytes that the bundle's root covers."""

    position: int
    kind: Text
    title: Text
    about: tuple[Text, ...]
    audience: Audience
    readers: Text
    payload_hash: str
    rows: tuple[Row, ...] = field(repr=False)
    reason: str | None = None
    proof: Proof | None = None

    def count(self, change: Change) -> int:
        """Return how many rows are new, changed, withdrawn or unchanged."""
        return Counter(row.change for row in self.rows)[change]

    @property
    def is_first(self) -> bool:
        """Tell whether nothing of this item was read before."""
        return all(row.change == "new" for row in self.rows)


@dataclass(frozen=True, slots=True)
class Preview:
    """A bundle as it would leave; `root` is what each reviewer signs."""

    bundle: str
    author: str
    state: BundleState
    root: str
    approvals_needed: int
    items: tuple[PreviewedItem, ...]


def preview(connection: Connection, bundle: FrozenBundle) -> Preview:
    """Return a bundle as its readers will see it, against what each item replaces."""
    items = tuple(_item(connection, position, item) for position, item in enumerate(bundle.items))
    return Preview(bundle.id, bundle.author, bundle.state, bundle.root, bundle.needed, items)


def _item(connection: Connection, position: int, item: FrozenItem) -> PreviewedItem:
    payload = read_payload(item.type, item.payload) if item.payload else None
    content = None if payload is None else content_of(payload)
    before = _before(connection, payload)
    title, about, rows = titled(item.title, item.type), _bare(item), _said(payload)
    proof = item.proof
    if isinstance(content, IndicatorPublished):
        definition = catalogue().get(content.indicator)
        title, about = _headed(content, definition)
        rows = _cells(content, before if isinstance(before, IndicatorPublished) else None, definition)
        proof = proof or promised(content)
    elif isinstance(content, LessonPublished):
        rows = _fields(content, before if isinstance(before, LessonPublished) else None, OF_LESSON)
    elif isinstance(content, EvaluationPublished):
        rows = _parts(parts(content), parts(before) if isinstance(before, EvaluationPublished) else ())
    elif isinstance(content, AssessmentPublished):
        old = assessment_parts(before) if isinstance(before, AssessmentPublished) else ()
        rows = _parts(assessment_parts(content), old)
    elif isinstance(content, ReplyPublished):
        rows = _fields(content, before if isinstance(before, ReplyPublished) else None, OF_REPLY)
    elif isinstance(content, CitationPublished):
        rows = _fields(content, None, OF_CITATION)
    elif isinstance(content, Item):
        rows = _parts(told_fields(content), told_fields(before) if isinstance(before, Item) else ())
    reason = getattr(payload, "reason", None)
    readers = READERS[item.audience]
    return PreviewedItem(
        position, kind_of_event(item.type), title, about, item.audience, readers, item.payload_hash, rows, reason, proof
    )


def kind_of_event(type_: EventType) -> Text:
    """Return what kind of thing an event is; of a kind that nobody worded yet, its bare name."""
    noun = type_.split(".", 2)[-1]
    return KINDS.get(type_) or kind_of(type_) or Text(noun, noun)


def _bare(item: FrozenItem) -> tuple[Text, ...]:
    if item.payload:
        return ()
    return (Text("De inhoud is vernietigd.", "The payload was destroyed."),)


def _before(connection: Connection, payload: Payload | None) -> Content | None:
    match payload:
        case (
            IndicatorCorrected(corrects=event_id)
            | LessonRevised(revises=event_id)
            | EvaluationRevised(revises=event_id)
            | AssessmentRevised(revises=event_id)
            | ReplyRevised(revises=event_id)
            | ItemRevised(revises=event_id)
        ):
            found = of_event(connection, event_id)
            return None if found is None else found.content
    return None


def _headed(figures: IndicatorPublished, definition: IndicatorDefinition | None) -> tuple[Text, tuple[Text, ...]]:
    """Return title and what readers are told about figures: what is counted, among whom, where it comes from."""
    title = Text(figures.indicator, figures.indicator) if definition is None else definition.title
    about = [Text(f"{figures.indicator}, versie {figures.version}", f"{figures.indicator}, version {figures.version}")]
    if definition is not None:
        about.insert(0, definition.description)
    match figures.origin:
        case Computed(sources=sources):
            named = ", ".join(sources) or "?"
            about += [Text(f"Geteld uit: {named}.", f"Counted from: {named}."), *quality_words(figures.quality)]
        case TakenOver() as taken:
            where = f"{taken.owner}, {taken.table}, {taken.licence}, {taken.retrieved_on}, {taken.url}"
            about.append(
                Text(
                    f"Overgenomen van: {where}.",
                    f"Taken over from: {where}.",
                )
            )
    return Text(f"{title.nl}, {figures.period}", f"{title.en}, {figures.period}"), tuple(about)


def _cells(
    figures: IndicatorPublished, before: IndicatorPublished | None, definition: IndicatorDefinition | None
) -> tuple[Row, ...]:
    old = {} if before is None or before.dimensions != figures.dimensions else _by_nodes(before)
    new = _by_nodes(figures)
    rows = []
    for nodes in dict.fromkeys((*new, *old)):
        then, now = old.get(nodes), new.get(nodes)
        rows.append(
            Row(
                cut_words(figures.dimensions, nodes),
                None if now is None else value_words(now, definition),
                None if then is None else value_words(then, definition),
                _change(then, now),
                sum(node != TOTAL for node in nodes),
                isinstance(now, Suppressed),
            )
        )
    return tuple(rows)


def _by_nodes(figures: IndicatorPublished) -> dict[tuple[str, ...], TypedValue]:
    return {cell.nodes: cell.value for cell in figures.cells}


def _change(then: TypedValue | None, now: TypedValue | None) -> Change:
    if now is None or (isinstance(now, Withdrawn) and not isinstance(then, Withdrawn)):
        return "withdrawn"
    if then is None:
        return "new"
    return "unchanged" if then == now else "changed"


def _fields(words: Words, before: Words | None, fields: Mapping[str, Text]) -> tuple[Row, ...]:
    rows = []
    for name, what in fields.items():
        now = value_of(name, getattr(words, name))
        then = None if before is None else value_of(name, getattr(before, name))
        change: Change = "new" if then is None else "unchanged" if then == now else "changed"
        rows.append(Row(what, now, then, change))
    return tuple(rows)


def _parts(new: Iterable[Part], before: Iterable[Part]) -> tuple[Row, ...]:
    old: dict[str, tuple[Text, Text | None]] = {key: (what, said) for key, what, said in before}
    rows = []
    for key, what, now in new:
        then = old.pop(key, (what, None))[1]
        change: Change = "new" if then is None else "unchanged" if then == now else "changed"
        rows.append(Row(what, now, then, change))
    return (*rows, *(Row(what, None, then, "withdrawn") for what, then in old.values()))


def _said(payload: Payload | None) -> tuple[Row, ...]:
    """Return the bare fields of a notice, which holds no figures and no words but its reason."""
    if payload is None:
        return ()
    fields = msgspec.structs.asdict(payload)
    return tuple(
        Row(OF_NOTICE.get(name, Text(name, name)), value_of(name, value), None, "new")
        for name, value in fields.items()
        if name != "reason"
    )
