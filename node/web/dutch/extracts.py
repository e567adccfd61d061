"""What is said of the files of sources as they are read, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

_AGAIN: Final = "vraag het extract opnieuw."
_FROM_WHERE: Final = "en zo is geen extract; kijk waar het vandaan komt."

EXTRACTS: Final[Mapping[str, str]] = {
    "{}: this file does not exist; put it in place or correct the mapping.":
        "{}: dit bestand is er niet; breng het binnen of verbeter de mapping.",
    "{}: this file does not exist; check the path.": "{}: dit bestand is er niet; kijk de naam na.",
    "{}: cannot be read ({}); check the file.": "{0}: kan niet worden gelezen; kijk het bestand na.",
    "{}: is empty; ask for the extract again.": f"{{}}: is leeg; {_AGAIN}",
    # csv
    "{}: cannot be read as CSV with `{}` between columns; check `separator` and the quotes.":
        "{}: is niet te lezen als CSV met `{}` tussen de kolommen; kijk `separator` en de aanhalingstekens na.",
    "{}: is not in {}; set `encoding` to what the file was written in.":
        "{}: is niet in {} geschreven; zet `encoding` op de codering van het bestand.",
    "{}, row 1: is not in {}; set `encoding` to what the file was written in.":
        "{}, rij 1: is niet in {} geschreven; zet `encoding` op de codering van het bestand.",
    "{}: holds a header and no rows; ask for the extract again.": f"{{}}: heeft koppen en geen rijen; {_AGAIN}",
    "{}, row 1: is longer than a megabyte; check that the file is CSV.":
        "{}, rij 1: is langer dan een megabyte; kijk of het bestand CSV is.",
    "{}: unpacks to more than {} times its size, which no extract does; check where it is from.":
        f"{{}}: is uitgepakt meer dan {{}} keer zo groot, {_FROM_WHERE}",
    "{}: has a text that never ends; check that the file is CSV.":
        "{}: heeft een tekst die niet eindigt; kijk of het bestand CSV is.",
    "{}: begins with data instead of headings; add a row of headings, then try again.":
        "{}: begint met gegevens in plaats van koppen; zet er een rij met koppen boven en probeer het opnieuw.",
    "{}: has no heading that is known here, and may begin with data; add a row of headings, or write the mapping by "
    "hand.":
        "{}: heeft geen kop die hier bekend is en begint misschien met gegevens; zet er een rij met koppen boven, of "
        "schrijf de mapping zelf.",
    "{}: has no sheet that shows; unhide the one to read.":
        "{}: heeft geen blad dat te zien is; maak het blad zichtbaar dat gelezen moet worden.",
    # headings
    "{}: column `{}` occurs twice; correct the extract, or the mapping's column and separator.":
        "{}: kolom `{}` komt twee keer voor; verbeter het extract, of `column` en `separator` in de mapping.",
    "{}: the columns are not those of the mapping: {}; ask the supplier what changed, then correct `columns` and "
    "`fields` in the mapping.":
        "{}: de kolommen zijn anders dan in de mapping: {}; vraag de leverancier wat er veranderde, en verbeter dan "
        "`columns` en `fields` in de mapping.",
    # parquet
    "{}: cannot be read as Parquet; check the file, or the mapping's kind.":
        "{}: is niet te lezen als Parquet; kijk het bestand na, of `kind` in de mapping.",
    "{}: cannot be read as Parquet; check the file.": "{}: is niet te lezen als Parquet; kijk het bestand na.",
    "{}: holds no rows; ask for the extract again.": f"{{}}: heeft geen rijen; {_AGAIN}",
    "{}, column `{}`: has a text of over 1,024 bytes; shorten it.":
        "{}, kolom `{}`: heeft een tekst van meer dan 1.024 bytes; kort die in.",
    "{}, column `{}`: is a floating-point column; deliver it as decimal, integer or text.":
        "{}, kolom `{}`: heeft drijvende komma's; lever haar als decimaal, geheel getal of tekst.",
    "{}, column `{}`: holds lists or blocks; deliver one value per cell.":
        "{}, kolom `{}`: heeft lijsten of blokken; lever één waarde per cel.",
    "{}, column `{}`: unpacks to more than a gigabyte in one row group; write it in smaller ones, or check where it is "
    "from.":
        "{}, kolom `{}`: is uitgepakt groter dan een gigabyte in één rijgroep; schrijf kleinere, of kijk waar het "
        "bestand vandaan komt.",
    # workbooks
    "{}: holds headings and no rows; ask for the extract again.": f"{{}}: heeft koppen en geen rijen; {_AGAIN}",
    "{}: unpacks to more than 2 GB; deliver it as CSV, or check where it is from.":
        "{}: is uitgepakt groter dan 2 GB; lever het als CSV, of kijk waar het vandaan komt.",
    "{}: holds two parts of one name, which no workbook does; check where it is from.":
        "{}: heeft twee delen met één naam, en dat heeft geen werkmap; kijk waar het vandaan komt.",
    "{}: holds more than 256 MB of texts or formatting; deliver it as CSV.":
        "{}: heeft meer dan 256 MB aan teksten of opmaak; lever het als CSV.",
    "{}: declares a document type, which no workbook does; check where it is from.":
        "{}: noemt een documenttype, en dat doet geen werkmap; kijk waar het vandaan komt.",
    "{}: reaches row {} and column {}, an area of more than {} cells; remove cells far outside the table, or deliver "
    "it "
    "as CSV.":
        "{}: reikt tot rij {} en kolom {}, een vlak van meer dan {} cellen; haal cellen ver buiten de tabel weg, of "
        "lever het als CSV.",
    "{}: has more than {} cells with an error such as #N/A; correct the formulas.":
        "{}: heeft meer dan {} cellen met een fout zoals #N/B; verbeter de formules.",
    "{}, row {}, column `{}`: is a formula whose result is not stored; open the file in Excel, save it, and deliver it "
    "again.":
        "{}, rij {}, kolom `{}`: is een formule zonder bewaarde uitkomst; open het bestand in Excel, bewaar het en "
        "lever het opnieuw.",
    "{}: repeats long texts to more than a gigabyte, which no extract does; check where it is from.":
        f"{{}}: herhaalt lange teksten tot meer dan een gigabyte, {_FROM_WHERE}",
    # loading
    "{}: {} not in the last linkage; run `python -m node linkage run` with the mappings of all sources that are "
    "compared.":
        "{0}: niet iedereen deed mee aan de laatste koppeling; laat de beheerder `python -m node linkage run` doen, "
        "met de mappings van alle bronnen die vergeleken worden.",
    "{}: brings no persons, which its last load did; ask for the extract again, or where it holds none from now on, "
    "`python -m node source remove {}` first.":
        "{0}: brengt geen personen, en de vorige keer wel; vraag het extract opnieuw, of verwijder de bron eerst als "
        "er voortaan geen in staan.",
    "{}: rows read and rows accounted for differ; report this as a fault.":
        "{}: het aantal gelezen rijen en wat ervan werd verschillen; meld dit als een fout.",
    "records.duckdb holds pseudonyms made with {} keys and secrets/ has {}; finish `key rotate-pseudonym`, or put the "
    "keys back that belong to these records.":
        "De pseudoniemen hier zijn met {} sleutels gemaakt en secrets/ heeft er {}; laat de beheerder `key "
        "rotate-pseudonym` afmaken, of de sleutels terugzetten die bij deze records horen.",
    "{}: key `complete_until`: {} is still to come; write the last day that is delivered whole.":
        "{}: sleutel `complete_until`: {} moet nog komen; schrijf de laatste dag die geheel geleverd is.",
}  # fmt: skip
