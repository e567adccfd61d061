"""What is said of extracts and their mappings as they come in, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

_REPAIR: Final = "verbeter het extract, of `column` en `separator` in de mapping."
_MANY: Final = "{0}: {1} van {2} rijen worden afgekeurd, meer dan het toegestane deel van {3}"
_ONE: Final = "{0}: 1 van {1} rijen wordt afgekeurd, meer dan het toegestane deel van {2}"
_ONLY: Final = "{0}: de enige rij wordt afgekeurd, meer dan het toegestane deel van {1}"
_OFTEN: Final = "het vaakst om kolom `{{{0}}}`; 'Bekijk' noemt de redenen, verbeter daarna het extract of de mapping."

SOURCES: Final[Mapping[str, str]] = {
    # columns and rows
    "{}: column `{}` is missing; correct the extract, or the mapping's column and separator.":
        f"{{}}: kolom `{{}}` ontbreekt; {_REPAIR}",
    "{}: column `{}` is missing (`{}` may be its new name); correct the extract, or the mapping's column and "
    "separator.":
        f"{{}}: kolom `{{}}` ontbreekt (misschien heet zij nu `{{}}`); {_REPAIR}",
    "{}: column `{}` is missing, and so is {}; correct the extract, or the mapping's column and separator.":
        f"{{}}: kolom `{{}}` ontbreekt, en ook {{}}; {_REPAIR}",
    "{}: column `{}` is missing, and so are {}; correct the extract, or the mapping's column and separator.":
        f"{{}}: kolom `{{}}` ontbreekt, en ook {{}}; {_REPAIR}",
    "{}: column `{}` is missing (`{}` may be its new name), and so is {}; correct the extract, or the mapping's column "
    "and separator.":
        f"{{}}: kolom `{{}}` ontbreekt (misschien heet zij nu `{{}}`), en ook {{}}; {_REPAIR}",
    "{}: column `{}` is missing (`{}` may be its new name), and so are {}; correct the extract, or the mapping's "
    "column and separator.":
        f"{{}}: kolom `{{}}` ontbreekt (misschien heet zij nu `{{}}`), en ook {{}}; {_REPAIR}",
    "{}, row {}": "{}, rij {}",
    "{}: {} of {} rows are rejected, above the allowed share of {}; correct the extract or mapping.":
        f"{_MANY}; verbeter het extract of de mapping.",
    "{}: {} of {} rows are rejected, above the allowed share of {}; most often column `{}` {}; correct the extract or "
    "mapping.":
        f"{_MANY}, {_OFTEN.format(4)}",
    "{}: 1 of {} rows is rejected, above the allowed share of {}; correct the extract or mapping.":
        f"{_ONE}; verbeter het extract of de mapping.",
    "{}: 1 of {} rows is rejected, above the allowed share of {}; most often column `{}` {}; correct the extract or "
    "mapping.":
        f"{_ONE}, {_OFTEN.format(3)}",
    "{}: 1 of 1 row is rejected, above the allowed share of {}; correct the extract or mapping.":
        f"{_ONLY}; verbeter het extract of de mapping.",
    "{}: 1 of 1 row is rejected, above the allowed share of {}; most often column `{}` {}; correct the extract or "
    "mapping.":
        f"{_ONLY}, {_OFTEN.format(2)}",
    # bringing them in
    "There is no folder '{}' here; begin it under 'Sources'.": "Er is hier geen map '{}'; begin haar onder 'Bronnen'.",
    "'{}' is no name of a source; write lower-case letters, digits, - and _.":
        "'{}' is geen naam van een bron; schrijf kleine letters, cijfers, - en _.",
    "This file's name ends in none of .csv, .csv.gz, .xlsx and .parquet, or holds odd signs.":
        "De naam van dit bestand eindigt niet op .csv, .csv.gz, .xlsx of .parquet, of heeft vreemde tekens; geef het "
        "een andere naam en kies het opnieuw.",
    "A file of 1 byte to {} GB can come in by this page; load it by command.":
        "Langs deze pagina komt een bestand van 1 byte tot {} GB binnen; laad dit op de opdrachtregel.",
    "The node's disk has no room for this file: {} MB are to come, and {} MB stay free. Make room on the disk, then "
    "send it again.":
        "De schijf van de node heeft geen plaats voor dit bestand: er moet nog {} MB komen, en {} MB blijft vrij. Maak "
        "plaats op de schijf en kies het opnieuw.",
    "The file broke off on its way; send it again.": "Het bestand kwam niet heel aan; kies het opnieuw.",
    "The files are of several kinds; give each kind a folder of its own.":
        "De bestanden zijn van verschillende soorten; geef iedere soort een eigen map.",
    # the mapping
    "The mapping: `kind` is none of {}; load others by command.":
        "De mapping: `kind` is geen van {}; laad andere soorten op de opdrachtregel.",
    "The mapping: `id` is not '{}', the name of its folder.":
        "De mapping: `id` is niet '{}', de naam van deze map; verbeter dat.",
    "The mapping: `{}` could lead out of this folder, or is unknown; leave it out, or load this source by command.":
        "De mapping: `{}` kan buiten deze map leiden, of is onbekend; laat het weg, of laad deze bron op de "
        "opdrachtregel.",
    "The mapping: a `file` is no name of a file in this folder; name it without a path.":
        "De mapping: een `file` is geen naam van een bestand in deze map; noem het zonder pad.",
}  # fmt: skip
