"""The stems of the index are PostgreSQL's: `dutch_stem` and `english_stem` are asked for every word of known texts."""

import re

import pytest
from sqlalchemy import text

from connectors.database import open_engine
from hub.knowledge.words import LANGUAGES, stem
from hub.web.words import WORDS
from schemas.codes import Language
from tests.support.shared_data import ROOT

pytestmark = pytest.mark.real_postgres
# what the algorithms' own descriptions give as examples, and the words with a rule of their own
KNOWN = {
    "nl": {"lichamelijkheden": "licham", "opglimpende": "opglimp", "mogelijkheid": "mogelijk", "brood": "brod",
           "zuigelingen": "zuigel", "yoghurt": "yoghurt", "gemene": "gemen", "dankbaarheid": "dankbar"},
    "en": {"consignment": "consign", "knightly": "knight", "skies": "sky", "dying": "die", "generously": "generous",
           "succeeding": "succeed", "hopping": "hop", "agreed": "agre", "rational": "ration", "controlling": "control"},
}  # fmt: skip


def vocabulary(lang: Language) -> set[str]:
    texts = [one[0 if lang == "nl" else 1] for one in WORDS.values()]
    texts += [] if lang == "nl" else [one.read_text(encoding="utf-8") for one in (ROOT / "docs").glob("*.md")]
    return {*KNOWN[lang], *re.findall(r"[a-z]{2,30}", " ".join(texts).lower())}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_has_the_stem_that_postgresql_gives_it(postgres_url: str, lang: Language) -> None:
    words = sorted(vocabulary(lang))
    assert len(words) > 400
    engine = open_engine(postgres_url)
    named = "dutch_stem" if lang == "nl" else "english_stem"
    with engine.connect() as connection:
        rows = connection.execute(
            text(
                "SELECT word, ts_lexize(CAST(:named AS regdictionary), word) FROM unnest(CAST(:words AS text[])) word"
            ),
            {"named": named, "words": words},
        )
        told = {word: stems[0] for word, stems in rows if stems}  # none for a stop word
    engine.dispose()
    assert {word: stem(lang, word) for word in told} == told
    assert {word: stem(lang, word) for word in KNOWN[lang]} == KNOWN[lang]
