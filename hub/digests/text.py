"""Put a mail into words: one list of parts, written as plain text and as simple HTML, so that both say the same.

No image, style or script is in it, and nothing that tells whether or when it was read.
"""

from collections.abc import Iterator
from typing import Final, Literal, NamedTuple
from urllib.parse import urlencode, urlsplit

from markupsafe import escape

from connectors.mail import Mail
from hub.digests.evidence import OtherEvidence
from hub.digests.news import News, Revised, TakenBack
from hub.digests.subscribe import Wish
from hub.digests.to_region import ToRegion
from hub.digests.words import day, word
from hub.serving.evidence_text import evidence_said
from hub.serving.lessons import AcceptedLesson, EvidenceChange
from schemas.codes import Language

_LONGEST: Final = 280  # characters of an advice


class Part(NamedTuple):
    """One part of a mail: a heading, a paragraph or an item; its lines, and where it leads with what to say there."""

    kind: Literal["heading", "paragraph", "item"]
    lines: tuple[str, ...]
    address: str = ""
    label: str = ""


class Links(NamedTuple):
    """Where a mail leads: the hub's address without a last slash, and the ends of this reader's own links."""

    site: str
    leave: str
    confirm: str = ""

    def page(self, path: str, lang: Language) -> str:
        """Return the address of a page in a language."""
        return f"{self.site}{path}{'&' if '?' in path else '?'}lang={lang}"

    @property
    def one_click(self) -> str:
        """Return where a mail program ends the subscription (RFC 8058), and where a person is asked whether to."""
        return f"{self.site}/digests/leave/{self.leave}"


def confirmation(wish: Wish, to: str, links: Links, reference: str) -> Mail:
    """Return the mail that asks whether somebody wants a digest."""
    lang = wish.language
    host, rhythm = urlsplit(links.site).netloc, word(wish.rhythm, lang)
    parts = (
        _said("hello", lang),
        Part("paragraph", (word("confirm_why", lang, site=host, rhythm=rhythm),)),
        _choice(wish, links),
        Part(
            "paragraph",
            (word("confirm_do", lang),),
            links.page(f"/digests/confirm/{links.confirm}", lang),
            word("confirm_link", lang),
        ),
        _said("confirm_replaces", lang),
        Part(
            "paragraph",
            (word("confirm_not", lang),),
            links.page(f"/digests/leave/{links.leave}", lang),
            word("erase_link", lang),
        ),
    )
    return _mail(to, word("confirm_subject", lang), parts, links, reference, lang)


def digest_mail(wish: Wish, found: News, to: str, links: Links, reference: str) -> Mail:
    """Return the mail that tells what is news."""
    lang = wish.language
    counted = {"new": len(found.new), "revised": len(found.revised), "evidence": len(found.evidence)}
    counted |= {"taken_back": len(found.taken_back), "to_region": len(found.to_region)}
    what = ", ".join(word(f"count_{name}", lang, count=count) for name, count in counted.items() if count)
    parts = (
        _said("hello", lang),
        Part("paragraph", (word("digest_lead", lang, rhythm=word(wish.rhythm, lang)),)),
        *_section("taken_back", [_taken_back(one, links, lang) for one in found.taken_back], lang),
        *_section("evidence", [_evidence(one, links, lang) for one in found.evidence], lang),
        *_section("revised", [_revised(one, links, lang) for one in found.revised], lang),
        *_section("to_region", [_to_region(one, links, lang) for one in found.to_region], lang),
        *_section("new", [_new(one, links, lang) for one in found.new], lang),
        *_more(wish, found.more, links),
        _said("foot", lang),
        _choice(wish, links),
        Part("paragraph", (word("other_choice", lang),), links.page("/subscribe", lang)),
        Part("paragraph", (word("leave", lang),), links.page(f"/digests/leave/{links.leave}", lang)),
    )
    return _mail(to, word("digest_subject", lang, what=what), parts, links, reference, lang)


def _section(name: str, items: list[Part], lang: Language) -> Iterator[Part]:
    if items:
        yield Part("heading", (word(name, lang),))
        if name != "new":
            yield _said(f"{name}_lead", lang)
        yield from items


def _taken_back(one: TakenBack, links: Links, lang: Language) -> Part:
    sent, at = day(one.sent_on, lang), day(one.at, lang)
    key = "was_destroyed" if one.is_destroyed else "was_withdrawn"
    lines = [word(key, lang, region=_line(one.region_name), sent=sent, at=at), *_reason(one.reason, lang)]
    if one.newer is not None:
        lines.append(word("there_is_newer", lang))
    return Part("item", tuple(lines), links.page(f"/lessons/{one.newer or one.event_id}", lang))


def _revised(one: Revised, links: Links, lang: Language) -> Part:
    sent = "" if one.sent_on is None else day(one.sent_on, lang)
    if one.lesson is None:
        return Part("item", (word("beyond", lang, region=_line(one.region_name), sent=sent),))
    lines = [*_title(one.lesson, lang), *_reason(one.reason, lang)]
    if one.sent_on is not None:
        names = [word(f"part_{part}", lang) for part in one.changed]
        told = (word("changed", lang, parts=", ".join(names)), word("changed_more", lang))
        lines += told if names else (word("changed_else", lang),)
        lines.append(word("got_before", lang, sent=sent))
    lines += _changes(one.lesson.evidence_changed, lang)
    return Part("item", tuple(lines), links.page(f"/lessons/{one.lesson.event_id}", lang))


def _to_region(one: ToRegion, links: Links, lang: Language) -> Part:
    said = word(f"{one.kind}_to_region", lang, region=_line(one.region_name), at=day(one.accepted_at, lang))
    return Part("item", (_line(one.title), said), links.page(f"/items/{one.event_id}", lang))


def _evidence(one: OtherEvidence, links: Links, lang: Language) -> Part:
    lines = [*_title(one.lesson, lang), *_changes(one.changes, lang)]
    lines.append(word("got_lesson", lang, sent=day(one.sent_on, lang)))
    return Part("item", tuple(lines), links.page(f"/lessons/{one.lesson.event_id}", lang))


def _changes(changes: tuple[EvidenceChange, ...], lang: Language) -> list[str]:
    return [_line(evidence_said(one).told(lang)) for one in changes]


def _new(one: AcceptedLesson, links: Links, lang: Language) -> Part:
    advice = _line(one.payload.advice)
    if len(advice) > _LONGEST:
        advice = advice[:_LONGEST].rsplit(" ", 1)[0] + " …"
    lines = (*_title(one, lang), word("advice_is", lang, advice=advice), *_changes(one.evidence_changed, lang))
    return Part("item", lines, links.page(f"/lessons/{one.event_id}", lang))


def _title(one: AcceptedLesson, lang: Language) -> tuple[str, str]:
    return _line(one.payload.title), f"{_line(one.region_name)}, {day(one.accepted_at, lang)}"


def _reason(reason: str | None, lang: Language) -> tuple[str, ...]:
    return () if not reason else (word("reason", lang, reason=_line(reason)),)


def _more(wish: Wish, count: int, links: Links) -> Iterator[Part]:
    if count:
        lang = wish.language
        yield Part("paragraph", (word("more", lang, count=count),), links.page(_knowledge(wish), lang))


def _choice(wish: Wish, links: Links) -> Part:
    return Part("paragraph", (word("your_choice", wish.language),), links.page(_knowledge(wish), wish.language))


def _knowledge(wish: Wish) -> str:
    pairs = [("q", wish.question)] if wish.question else []
    pairs += [("kind", "lesson")]
    pairs += [(name, value) for name, values in sorted(wish.facets.items()) for value in values]
    return f"/knowledge?{urlencode(pairs)}"


def _said(key: str, lang: Language) -> Part:
    return Part("paragraph", (word(key, lang),))


def _line(text: str) -> str:
    """Return a region's words on one line, without signs that move or turn what stands beside them."""
    return "".join(one for one in " ".join(text.split()) if one.isprintable())


def _mail(to: str, subject: str, parts: tuple[Part, ...], links: Links, reference: str, lang: Language) -> Mail:
    return Mail(to, subject, _text(parts), _html(parts, subject, lang), reference, links.one_click)


def _text(parts: tuple[Part, ...]) -> str:
    blocks = []
    for part in parts:
        if part.kind == "heading":
            blocks.append("\n".join((part.lines[0].upper(), "-" * len(part.lines[0]))))
            continue
        lines = [*part.lines, *([part.address] if part.address else [])]
        blocks.append("\n".join(lines) if part.kind == "paragraph" else "- " + "\n  ".join(lines))
    return "\n\n".join(blocks) + "\n"


def _html(parts: tuple[Part, ...], subject: str, lang: Language) -> str:
    blocks: list[str] = []
    for part in parts:
        lines = [str(escape(line)) for line in part.lines]
        if part.address:
            label = str(escape(part.label or part.address))
            lines.append(f'<a href="{escape(part.address)}">{label}</a>')
        tag = {"heading": "h2", "paragraph": "p", "item": "li"}[part.kind]
        block = f"<{tag}>{'<br>'.join(lines)}</{tag}>"
        if part.kind == "item":
            opened = blocks and blocks[-1].endswith("</ul>")
            block = blocks.pop().removesuffix("</ul>") + block + "</ul>" if opened else f"<ul>{block}</ul>"
        blocks.append(block)
    head = f'<meta charset="utf-8"><title>{escape(subject)}</title>'
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{"".join(blocks)}</body></html>\n'
