"""What is said of the mapping of a source, in English and in Dutch: a key of it, and what is wrong with that."""

from collections.abc import Mapping
from typing import Final

MAPPINGS: Final[Mapping[str, str]] = {
    "{}: key `{}`: {}.": "{}: sleutel `{}`: {}.",
    "{}: key `legal.delete_by`: the date {} has passed; renew the agreement before loading this source again.":
        "{}: sleutel `legal.delete_by`: de datum {} is voorbij; vernieuw de overeenkomst voordat u deze bron opnieuw "
        "laadt.",
    "{}: this mapping file does not exist; check the path.": "{}: deze mapping is er niet; kijk de naam na.",
    "{}: cannot be read as YAML; correct the file.": "{}: is niet te lezen als YAML; verbeter het bestand.",
    "{}: cannot be read as YAML at line {}; correct the file.":
        "{}: is niet te lezen als YAML bij regel {}; verbeter het bestand.",
    "{}: holds no mapping; start it with `id:`, `kind:` and `legal:`.":
        "{}: is geen mapping; begin met `id:`, `kind:` en `legal:`.",
    # what is wrong with a key
    "is missing; add it": "ontbreekt; voeg hem toe",
    "is missing; no source is loaded without legal ground":
        "ontbreekt; zonder juridische vastlegging wordt geen bron geladen",
    "is missing; list by which fields persons may be compared":
        "ontbreekt; noem op welke velden personen vergeleken mogen worden",
    "is empty; fill it in": "is leeg; vul hem in",
    "is empty; fill it in, or remove this file from the mapping if it holds no records":
        "is leeg; vul hem in, of haal dit bestand uit de mapping als er geen records in staan",
    'is empty; list indicator ids, or ["all"]': 'is leeg; noem indicatoren, of ["all"]',
    "is empty; list all headings, or remove it": "is leeg; noem alle koppen, of haal hem weg",
    "is empty; name the sheet": "is leeg; noem het blad",
    "is empty; list the files": "is leeg; noem de bestanden",
    "is empty; list the tables": "is leeg; noem de tabellen",
    "names a column that `columns` does not list; correct its name, or list it if the file has it":
        "noemt een kolom die niet bij `columns` staat; verbeter haar naam, of zet haar erbij als het bestand haar "
        "heeft",
    "is not a key of a mapping; remove it or correct its spelling":
        "is geen sleutel van een mapping; haal hem weg of verbeter de spelling",
    "must be a group of keys": "moet een groep sleutels zijn",
    "must be a text": "moet een tekst zijn",
    "must be one of: {}": "moet een van deze zijn: {}",
    "must be a list of linkage fields, such as [surname, birth_date]":
        "moet een lijst van koppelvelden zijn, zoals [surname, birth_date]",
    'must be a list of indicator ids, or ["all"]': 'moet een lijst van indicatoren zijn, of ["all"]',
    "must be a date, written YYYY-MM-DD": "moet een datum zijn, geschreven als JJJJ-MM-DD",
    "must be a date after 2000, written YYYY-MM-DD": "moet een datum na 2000 zijn, geschreven als JJJJ-MM-DD",
    "must have either `column` or `constant`": "moet `column` of `constant` hebben, niet beide",
    "`pad` and `prefix` complete a column's texts; write a constant in full":
        "`pad` en `prefix` vullen teksten van een kolom aan; schrijf een constante voluit",
    "must be from 1 to 20 digits": "moet 1 tot en met 20 cijfers zijn",
    "must have 1 to 10 characters": "moet 1 tot en met 10 tekens hebben",
    'must be "," or "."': 'moet "," of "." zijn',
    "is not a date format": "is geen vorm van een datum",
    "must map canonical fields to columns": "moet vaste velden aan kolommen koppelen",
    "must map linkage fields to columns": "moet koppelvelden aan kolommen koppelen",
    "is no linkage field; use {}": "is geen koppelveld; gebruik {}",
    "is not among `legal.linkage_fields`; have it recorded there first":
        "staat niet bij `legal.linkage_fields`; laat het daar eerst vastleggen",
    "may only hold: {}": "mag alleen dit bevatten: {}",
    "may only mean {}": "mag alleen dit betekenen: {}",
    "is no field of a {}; use {}": "is geen veld van {}; gebruik {}",
    "is not a known encoding; use for instance utf-8 or windows-1252":
        "is geen bekende codering; gebruik bijvoorbeeld utf-8 of windows-1252",
    "must be at least 1": "moet ten minste 1 zijn",
    "must be 0 or more": "moet 0 of meer zijn",
    "must be 1 or more": "moet 1 of meer zijn",
    "must be between 0 and 1": "moet tussen 0 en 1 liggen",
    "must be below `parts`; parts are counted from 0": "moet lager zijn dan `parts`; delen tellen vanaf 0",
    "must not be more than `of`": "mag niet hoger zijn dan `of`",
    "must be lower case letters, digits, - or _": "moet bestaan uit kleine letters, cijfers, - of _",
    "must be an area code, such as GM0363": "moet een gebiedscode zijn, zoals GM0363",
    "belongs to a file of persons only; remove it": "hoort alleen bij een bestand van personen; haal hem weg",
    "belongs to kind {} only; remove it": "hoort alleen bij soort {}; haal hem weg",
    "does not belong to kind {}; remove it": "hoort niet bij soort {}; haal hem weg",
    "does not belong to a source of kind {}, whose tables are known; remove it":
        "hoort niet bij een bron van soort {}, waarvan de tabellen bekend zijn; haal hem weg",
    "does not go with `database`; leave one of them out": "gaat niet samen met `database`; laat een van beide weg",
    "must be one text or whole number; filter in a view":
        "moet één tekst of geheel getal zijn; filter in een view",
    "must be a number between quotes: \"1\"": "moet een getal tussen aanhalingstekens zijn: \"1\"",
}  # fmt: skip
