"""What a digest tells, on both databases: what is new, what was revised and in what, what was taken back, once each."""

from email.message import EmailMessage

import msgspec
import pytest

from connectors.database import writing
from hub.digests import news
from hub.digests.subscribe import Wish
from hub.identity import accounts
from schemas.payloads import EventRedacted, LessonPublished, LessonRevised, LessonWithdrawn
from tests.support.digests import SITE, Mailed, post
from tests.support.events import SignedEvent, TestRegion, lesson
from tests.support.hub_stores import join
from tests.support.mail_server import text_of

__all__ = ["post"]


def named(name: str, title: str, **fields: object) -> LessonPublished:
    return msgspec.structs.replace(lesson(title), lesson=name, **fields)


def said(mail: EmailMessage | None) -> str:
    assert mail is not None
    return text_of(mail)


def revise(post: Mailed, earlier: SignedEvent, words: LessonPublished, audience: str = "public") -> SignedEvent:
    return post.say(LessonRevised(earlier.id, "Een cijfer klopte niet.", words), audience)  # type: ignore[arg-type]


def test_a_new_lesson_is_told_once_with_where_it_stands(post: Mailed) -> None:
    post.say(named("oud", "Van voor de aanvraag"))
    post.clock.move(hours=1)
    post.subscribe()
    post.clock.move(minutes=1)
    made = post.say(named("a", "Een <b>les</b> & meer", advice="Begin\nklein. " + "Lang advies " * 60))
    mail = post.next_mail()
    text = said(mail)
    assert mail is not None
    assert mail["Subject"] == "Lessen van regio’s: 1 nieuw"
    assert "Een <b>les</b> & meer" in text
    assert "Xr-Duinrand, 22 november 2026" in text
    assert "Advies: Begin klein. Lang advies" in text
    assert f"{SITE}/lessons/{made.id}?lang=nl" in text
    assert "Van voor de aanvraag" not in text
    html = text_of(mail, "html")
    assert "Een &lt;b&gt;les&lt;/b&gt; &amp; meer" in html
    assert not [word for word in ("<img", "<script", "<style", "src=") if word in html]
    assert post.next_mail() is None, "nothing is new, so nothing is sent"


def test_both_forms_of_a_mail_lead_to_the_same_places(post: Mailed) -> None:
    post.subscribe(wish=Wish("en", "weekly", "rooster", {"theme": ["diabetes", "a&b"]}))
    post.say(named("a", "Het rooster"))
    mail = post.next_mail()
    text, html = said(mail), text_of(mail, "html").replace("&amp;", "&")  # type: ignore[arg-type]
    links = [word for word in text.split() if word.startswith(SITE)]
    assert len(links) == 4
    assert all(f'href="{one}"' in html for one in links)
    assert f"{SITE}/knowledge?q=rooster&kind=lesson&theme=diabetes&theme=a%26b&lang=en" in links


def test_only_what_fits_is_told_but_its_withdrawal_always(post: Mailed) -> None:
    post.subscribe(wish=Wish("nl", "daily", "", {"theme": ["diabetes"]}))
    fits = post.say(named("a", "Past"))
    post.say(named("b", "Past niet", themes=("eenzaamheid",)))
    text = said(post.next_mail(1))
    assert "Past" in text
    assert "Past niet" not in text
    other = revise(post, fits, named("a", "Past", themes=("eenzaamheid",)))
    text = said(post.next_mail(1))
    assert "VERANDERD" in text
    assert "Er is iets anders aan de les veranderd" in text
    post.say(LessonWithdrawn(other.id, "Het bleek anders."))
    text = said(post.next_mail(1))
    assert "NIET MEER GEBRUIKEN" in text
    assert "Teruggenomen op 24 november 2026" in text
    assert "Reden: Het bleek anders." in text
    assert post.next_mail(1) is None
    assert post.told() == set()


def test_a_revision_says_what_is_different_and_why(post: Mailed) -> None:
    post.subscribe()
    first = post.say(named("a", "Een les"))
    post.next_mail()
    second = revise(post, first, named("a", "Een les", advice="Doe het zo.", action="Wat wij deden"))
    third = revise(post, second, named("a", "Een les", advice="Doe het anders.", action="Wat wij deden"))
    mail = post.next_mail()
    text = said(mail)
    assert mail is not None
    assert mail["Subject"] == "Lessen van regio’s: 1 veranderd"
    assert "Dit is anders: wat de regio deed, het advies." in text
    assert "De vorige tekst kreeg u op 29 november 2026." in text
    assert f"/lessons/{third.id}" in text
    assert f"/lessons/{second.id}" not in text
    assert post.told() == {third.id}
    assert post.next_mail() is None


def test_a_revision_of_a_lesson_from_before_is_told_as_one(post: Mailed) -> None:
    old = post.say(named("a", "Een oude les"))
    post.clock.move(hours=1)
    post.subscribe()
    revise(post, old, named("a", "Een oude les, herzien"))
    mail = post.next_mail()
    assert mail is not None
    assert mail["Subject"] == "Lessen van regio’s: 1 veranderd"
    assert "kreeg u" not in said(mail).partition("NIEUW")[0].partition("VERANDERD")[2].partition("U krijgt")[0]


def test_a_lesson_published_over_without_a_word_is_told_as_changed(post: Mailed) -> None:
    post.subscribe()
    post.say(named("a", "Een les"))
    post.next_mail()
    over = post.say(named("a", "Een les met een andere titel"))
    text = said(post.next_mail())
    assert "Dit is anders: de titel." in text
    assert post.told() == {over.id}


def test_a_destroyed_lesson_is_told_without_a_word_of_it_and_with_what_took_its_place(post: Mailed) -> None:
    post.subscribe()
    first = post.say(named("a", "Hier stond een naam"))
    gone = post.say(named("b", "Ook hier stond een naam"))
    post.next_mail()
    second = revise(post, first, named("a", "Zonder naam"))
    post.say(EventRedacted(first.id, "Er stond een naam in."))
    post.say(EventRedacted(gone.id, "Er stond een naam in."))
    text = said(post.next_mail())
    assert text.count("Hebt u een kopie? Wis die ook.") == 2
    assert "stond een naam\n" not in text
    assert "Er is een nieuwe versie:" in text
    assert f"/lessons/{second.id}" in text
    assert post.told() == {second.id}
    post.say(LessonWithdrawn(second.id, "Toch niet."))
    assert "Teruggenomen" in said(post.next_mail())


def test_what_comes_back_after_it_was_withdrawn_is_new(post: Mailed) -> None:
    post.subscribe()
    first = post.say(named("a", "Een les"))
    post.next_mail()
    post.say(LessonWithdrawn(first.id, "Nog niet af."))
    post.next_mail()
    post.say(named("a", "Een les, nu af"))
    assert "NIEUW" in said(post.next_mail())


def test_who_may_read_less_still_hears_of_what_they_were_sent(post: Mailed) -> None:
    with writing(post.hub.engine) as connection:
        accounts.add_account(connection, "anna", "anna@region.example.nl", ["region:XR-DUINRAND"], post.clock.now)
    post.subscribe("anna@region.example.nl", account="anna")
    gone, new = (post.say(named(name, f"Les {name}"), "network") for name in "ab")
    post.next_mail()
    with writing(post.hub.engine) as connection:
        accounts.set_roles(connection, "anna", ["partner"], post.clock.now)
    post.say(LessonWithdrawn(gone.id, "Een reden voor het netwerk."), "network")
    revise(post, new, named("b", "Les b, anders"), "network")
    text = said(post.next_mail())
    assert "Teruggenomen op" in text
    assert "die mag u niet meer lezen" in text
    assert not [words for words in ("Een reden", "Een cijfer", "Les a", "Les b") if words in text]
    assert post.told() == set()


def test_a_reader_is_told_nothing_that_is_not_for_them(post: Mailed) -> None:
    post.subscribe()
    post.say(named("a", "Voor partners"), "partners")
    post.say(named("b", "Voor het netwerk"), "network")
    assert post.next_mail() is None


def test_a_long_absence_is_told_in_one_mail_and_what_does_not_fit_comes_next(
    post: Mailed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(news, "MOST", 2)
    post.subscribe()
    other = join(post.hub, TestRegion("XR-ANDERS"))
    for number in range(3):
        post.say(named(f"l-{number}", f"Les nummer {number}"), region=other)
        post.clock.move(days=7)
    first = said(post.next_mail())
    assert first.count("Les nummer") == 2
    assert "Er zijn er nog 1." in first
    second = said(post.next_mail())
    assert second.count("Les nummer") == 1
    assert post.next_mail() is None


def test_text_of_a_region_moves_no_line_and_turns_no_reading_order(post: Mailed) -> None:
    post.subscribe()
    post.say(named("a", "Een\nles\u202e met\u2028tekens", advice="x\r\n\r\nNIET MEER GEBRUIKEN\r\n- een les"))
    text = said(post.next_mail())
    assert "Een les met tekens" in text
    assert "\nNIET MEER" not in text
