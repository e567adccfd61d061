"""Names by rule: after a title, initials, a first name or a role, and after 'van der'. Other names are not seen."""

import re
from collections.abc import Iterator
from typing import Final

from .trace import NAME, Trace

_TITLE: Final = (
    r"(?:(?i:dhr|mevr|mw|mej|drs|dr|prof|ing|ir|mr|mrs|ms|miss|mejuffrouw|meneer|mevrouw|(?:de\s)?heer|fam|familie|"
    r"dokter|doctor|professor|zuster|broeder|pastoor|dominee)\.?)"
)
_ROLE: Final = (
    r"(?:(?i:pati[eë]nte?|cli[eë]nte?|bewoonster|bewoner|huisarts|verpleegkundige|wijkverpleegkundige|praktijkondersteuner|"
    r"poh|specialist|collega|genaamd|heet|heette|named|called|nurse|patient|wethouder|mantelzorger))"
)
_BETWEEN: Final = (
    r"(?:(?i:van|de|der|den|het|'t|te|ten|ter|v/d|v\.d\.|vd|op|in|von|el|al|ben|bin|le|la|du|oude|groot)\s){0,3}"
)
_SURNAME: Final = r"[A-ZÀ-Þ][\w'’]{2,}(?:-[A-ZÀ-Þ][\w'’]+)?"
_INITIALS: Final = r"(?:[A-ZÀ-Þ][a-z]{0,2}\.\s?){1,6}"
# A sentence that begins after an abbreviation, and what is no person after an initial.
_NO_NAME: Final = (
    r"(?!(?:De|Het|Een|Wij|We|Ze|Zij|Hij|Ik|Daarna|Daarom|Dit|Dat|Deze|Die|Er|In|Op|Voor|Bij|Met|Als|Ook|Maar|Want|Toen|"
    r"Nu|Na|Om|Zo|Wie|Wat|Hoe|Waar|Veel|Meer|Niet|Dus|Door|Uit|Aan|Alle|Coli|The|This|That|They|It|And|But|For|With|After|When|"
    r"Our|Their|Each|All|Some|Here|There|Then)\b)"
)
# Common first names, set down by us; a first name counts only with a surname or a second part.
_FIRST_NAME: Final = (
    r"(?:"
    r"Aad|Abdel|Achmed|Adriaan|Adri|Ahmed|Albert|Ali|Alice|Andre|André|Anja|Anke|Ank|Anna|Anne|Anneke|Annelies|"
    r"Annemarie|Anton|Antoon|Arend|Arie|Arjan|Astrid|Ayse|Barbara|Bart|Bas|Bep|Bert|Bianca|Bob|Bram|Brigitte|"
    r"Carla|Carolien|Chantal|Charlotte|Chris|Christina|Cor|Corrie|Cornelis|Daan|Daniel|Daniël|David|Dennis|"
    r"Desiree|Dick|Dirk|Edwin|Eline|Elisabeth|Ellen|Els|Emma|Eric|Erik|Esther|Eva|Evelien|Fatima|Fatma|Femke|"
    r"Fenna|Ferry|Floor|Frank|Frans|Fred|Frits|Gerard|Gerda|Gerrit|Gert|Gijs|Greet|Guus|Hanneke|Hannie|Hans|"
    r"Harm|Harrie|Harry|Hassan|Heleen|Henk|Hendrik|Herman|Hilde|Ibrahim|Ilse|Inge|Ingrid|Irene|Iris|Jaap|Jacob|"
    r"Jacqueline|Jan|Janneke|Jannie|Jantje|Jasper|Jeanette|Jelle|Jeroen|Jessica|Jo|Joep|Johan|Johanna|Johannes|"
    r"John|Joke|Joop|Joost|Joris|José|Judith|Julia|Karel|Karin|Kees|Khadija|Kim|Klaas|Koen|Lars|Laura|Lea|Leen|"
    r"Leo|Lianne|Lieke|Lies|Linda|Lisa|Lotte|Louis|Luuk|Maaike|Maarten|Maartje|Manon|Marcel|Maria|Marianne|"
    r"Marie|Marieke|Marijke|Marion|Marjan|Marjolein|Mark|Marleen|Marloes|Martijn|Martin|Martine|Mathijs|"
    r"Maurice|Mehmet|Merel|Mia|Michael|Michel|Miep|Mieke|Milan|Miriam|Mohamed|Mohammed|Monique|Mustafa|Nadia|"
    r"Nel|Nico|Nicole|Niels|Noor|Olga|Oscar|Pascal|Patricia|Patrick|Paul|Paula|Petra|Peter|Piet|Pieter|Rachid|"
    r"Raymond|Renate|René|Ria|Rianne|Richard|Rick|Rien|Riet|Rik|Rob|Robert|Robin|Roel|Ronald|Ruben|Ruud|Saida|"
    r"Sander|Sandra|Sanne|Sara|Saskia|Sem|Silvia|Simone|Sjaak|Sjoerd|Sofie|Sonja|Stefan|Stephanie|Susanne|"
    r"Suzanne|Sven|Tamara|Teun|Theo|Thijs|Thomas|Tim|Tineke|Tom|Ton|Toos|Trudy|Truus|Vera|Vincent|Wendy|"
    r"Wilhelmina|Willeke|Willem|Wil|Wim|Wouter|Yvonne|Youssef|Zeynep"
    r")"
)

_PATTERNS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\w]){_TITLE}\s?(?:{_TITLE}\s?){{0,4}}(?:{_INITIALS})?{_BETWEEN}{_NO_NAME}{_SURNAME}",
        rf"(?<![\w.])(?!St\.|Nr\.|Art\.){_INITIALS}{_BETWEEN}{_NO_NAME}{_SURNAME}",
        rf"\b[A-Z]\s(?:van der|van den|van de|de|van)\s{_SURNAME}",
        rf"\b{_FIRST_NAME}(?:\s[A-Z]\.)?\s{_BETWEEN}{_NO_NAME}{_SURNAME}",
        rf"\b(?:{_FIRST_NAME}-{_SURNAME}|{_SURNAME}-{_FIRST_NAME})\b",
        rf"\b(?:[Vv]an\s(?:[Dd]er|[Dd]en)|[Vv]/d|[Vv]\.d\.)\s{_NO_NAME}{_SURNAME}",
        rf"\b{_ROLE}\s{_BETWEEN}{_NO_NAME}[A-ZÀ-Þ][a-zà-þ'’]{{2,}}\b",
    )
)


def names(text: str) -> Iterator[Trace]:
    """Yield what is built as a name in a plain text."""
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            yield Trace(*match.span(), NAME)
