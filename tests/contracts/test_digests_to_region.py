"""A digest of a region's account tells what other regions answered and asked that region, once, and to nobody else."""

from connectors.database import writing
from hub.identity import accounts
from schemas.item_kinds import revision
from schemas.items import ItemWithdrawn
from tests.support.digests import SITE, Mailed, post
from tests.support.events import TestRegion, lesson
from tests.support.hub_stores import join
from tests.support.items import an_item
from tests.support.mail_server import text_of

__all__ = ["post"]


def test_a_region_hears_of_answers_and_questions_to_it_and_others_do_not(post: Mailed) -> None:
    with writing(post.hub.engine) as connection:
        accounts.add_account(connection, "anna", "anna@region.example.nl", ["region:XR-DUINRAND"], post.clock.now)
    mine = post.say(lesson("Een les van ons"))
    asked = post.say(an_item("question"))
    other = join(post.hub, TestRegion("XR-ANDERS"))
    post.clock.move(hours=1)
    post.subscribe("anna@region.example.nl", account="anna")
    post.subscribe()  # a visitor, who hears of lessons only
    post.clock.move(minutes=1)
    own = {"question": asked.id, "question_region": "XR-DUINRAND", "lessons": []}
    answer = post.say(an_item("answer", title="Zo deden wij het", **own), "network", other)
    post.say(
        an_item("answer", "elders", title="Aan een ander", **(own | {"question_region": "XR-ELDERS"})), region=other
    )
    about = post.say(an_item("question", title="Hoe lang duurde dat?", lesson=mine.id), region=other)
    post.say(an_item("question", "los", title="Zomaar een vraag"), region=other)
    post.say(an_item("question", "zelf", title="Een vraag van onszelf", lesson=mine.id))
    mail = post.next_mail()
    assert mail is not None
    assert (mail["To"], mail["Subject"]) == ("anna@region.example.nl", "Lessen van regio’s: 2 aan uw regio")
    text = text_of(mail).replace("\r\n", "\n")
    assert "Zo deden wij het\n  Xr-Anders antwoordt op een vraag van uw regio" in text
    assert "Hoe lang duurde dat?\n  Xr-Anders vraagt iets over een les van uw regio" in text
    assert [f"{SITE}/items/{one.id}?lang=nl" in text for one in (answer, about)] == [True, True]
    assert not [title for title in ("Aan een ander", "Zomaar", "van onszelf") if title in text]
    assert post.next_mail() is None, "each is told once"


def test_an_answer_that_is_revised_or_taken_back_after_it_was_told_is_no_news(post: Mailed) -> None:
    with writing(post.hub.engine) as connection:
        accounts.add_account(connection, "anna", "anna@region.example.nl", ["region:XR-DUINRAND"], post.clock.now)
    asked, other = post.say(an_item("question")), join(post.hub, TestRegion("XR-ANDERS"))
    post.clock.move(hours=1)
    post.subscribe("anna@region.example.nl", account="anna")
    post.clock.move(minutes=1)
    own = {"question": asked.id, "question_region": "XR-DUINRAND", "lessons": []}
    answer = post.say(an_item("answer", **own), region=other)
    assert post.next_mail() is not None
    second = post.say(revision(answer.id, "Duidelijker.", an_item("answer", **own)), region=other)
    assert post.next_mail() is None, "another wording of what was told"
    post.say(ItemWithdrawn(second.id, "Toch niet."), region=other)
    assert post.next_mail() is None
