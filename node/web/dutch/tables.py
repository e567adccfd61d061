"""What is said of public tables and their mappings, in English and in Dutch."""

from collections.abc import Mapping
from typing import Final

TABLES: Final[Mapping[str, str]] = {
    # the table's own rows
    "{} must have one column {}; correct the mapping or the file.":
        "{} moet één kolom {} hebben; verbeter de mapping of het bestand.",
    "{} has no row that passes `filters`; correct the filters in the mapping.":
        "Geen rij van {} voldoet aan `filters`; verbeter de filters in de mapping.",
    "{}, row {}: area {} occurs twice; narrow `filters` to one row per area.":
        "{}, rij {}: gebied {} komt twee keer voor; beperk `filters` tot één rij per gebied.",
    "{}, row {}: area {} occurs twice; narrow `filters` to one row per area and period.":
        "{}, rij {}: gebied {} komt twee keer voor; beperk `filters` tot één rij per gebied en periode.",
    "{} has a header that `layouts` does not list: beside the nearest it {}; see what changed, then add the layout.":
        "{} heeft koppen die `layouts` niet noemt: naast de naaste {}; kijk wat is veranderd en voeg ze dan toe.",
    "has no {} and has another column {}": "ontbreekt {} en is er een andere kolom {}",
    "has no {}": "ontbreekt {}",
    "has another column {}": "is er een andere kolom {}",
    "has another order": "is de volgorde anders",
    "{}, row {}, column {}: expected a code such as GM0363; correct it.":
        "{}, rij {}, kolom {}: hier hoort een code zoals GM0363; verbeter dat.",
    "{}, row {}, column {}: expected a date in the form {}; correct it.":
        "{}, rij {}, kolom {}: hier hoort een datum in de vorm {}; verbeter dat.",
    "{}, row {}, column {}: expected {}, or nothing; correct it.":
        "{}, rij {}, kolom {}: hier hoort {}, of niets; verbeter dat.",
    "a percentage from 0 to 100 with a decimal {} and at most {} decimals":
        "een percentage van 0 tot en met 100 met een decimale {} en hoogstens {} decimalen",
    "a number from 0 with a decimal {} and at most {} decimals":
        "een getal vanaf 0 met een decimale {} en hoogstens {} decimalen",
    "a percentage from 0 to 100 with a decimal {} and at most 1 decimal":
        "een percentage van 0 tot en met 100 met een decimale {} en hoogstens 1 decimaal",
    "a number from 0 with a decimal {} and at most 1 decimal":
        "een getal vanaf 0 met een decimale {} en hoogstens 1 decimaal",
    "a whole number from 0": "een geheel getal vanaf 0",
    "comma": "komma",
    "point": "punt",
    "{}, row {}, column {}: is an error such as #N/A; correct it.":
        "{}, rij {}, kolom {}: hier staat een fout zoals #N/B; verbeter die.",
    "{}, row {}: expected {} cells; repair this row.": "{}, rij {}: hier horen {} cellen; herstel deze rij.",
    "{} is not in the encoding {}; correct `encoding`.":
        "{} is niet in de codering {} geschreven; verbeter `encoding`.",
    "{} is not CSV with separator {}; correct `separator`.":
        "{} is geen CSV met scheidingsteken {}; verbeter `separator`.",
    "{} is not a whole gzip file; fetch it again.": "{} is geen heel gzip-bestand; haal het opnieuw op.",
    "{} unpacks to more than 512 MB, which no such table needs; check where it is from.":
        "{} is uitgepakt groter dan 512 MB, en zo groot is zo'n tabel niet; kijk waar het vandaan komt.",
    "{} cannot be read; check its path and its permissions.":
        "{} kan niet worden gelezen; kijk of de naam in de mapping klopt, en of het bestand hier staat.",
    # who lies where
    "{} has no row for {}, which {} has; add the region.": "{} heeft geen rij voor {}, en {} wel; voeg de regio toe.",
    "{} has no row for {} and {} more, which {} has; add the region.":
        "{} heeft geen rij voor {} en nog {}, en {} wel; voeg de regio toe.",
    "{}, row {}: area {} occurs twice; give every area one region.":
        "{}, rij {}: gebied {} komt twee keer voor; geef ieder gebied één regio.",
    "{}, row {}: expected an area code and a region code; correct this row.":
        "{}, rij {}: hier horen een gebiedscode en een regiocode; verbeter deze rij.",
    # what is taken over
    "{} has no rows for region {}; check the region code.": "{} heeft geen rijen voor regio {}; kijk de regiocode na.",
    "{} rows of {} belong to no area and were left out.": "{} rijen van {} horen bij geen gebied en zijn weggelaten.",
    "1 row of {} belongs to no area and was left out.": "1 rij van {} hoort bij geen gebied en is weggelaten.",
    "The owner marks figures of {} as provisional: {}.": "De eigenaar noemt cijfers van {} voorlopig: {}.",
    # the mapping
    "In {}, key {}: {}; correct it.": "In {}, sleutel {}: {}; verbeter dat.",
    "{} is not in the catalogue": "{} staat niet in de catalogus",
    "{} is not of kind {}": "{} is niet van de soort {}",
    "is missing": "ontbreekt",
    "is no key of a mapping": "is geen sleutel van een mapping",
    "must be a whole number": "moet een geheel getal zijn",
    "must be a text between quotes": "moet een tekst tussen aanhalingstekens zijn",
    "must be true or false": "moet true of false zijn",
    "must be a list": "moet een lijst zijn",
    'must be a day between quotes, such as "2025-09-22"':
        'moet een dag tussen aanhalingstekens zijn, zoals "2025-09-22"',
    "must be a mapping of keys": "moet uit sleutels met waarden bestaan",
    "must not be empty": "mag niet leeg zijn",
    "must be one character": "moet één teken zijn",
    "must be a column's name, or a list of the names it has in several layouts":
        "moet de naam van een kolom zijn, of een lijst van de namen die zij in verschillende koppen heeft",
    "must be `cbs`, or texts between quotes, each with its meaning":
        "moet `cbs` zijn, of teksten tussen aanhalingstekens, ieder met haar betekenis",
    'must be a list of endings, such as ["*"]': 'moet een lijst van eindes zijn, zoals ["*"]',
    "must give every text one of the meanings {}": "moet iedere tekst een van deze betekenissen geven: {}",
    "must be from {} to {}": "moet van {} tot en met {} zijn",
    "must be like %Y-%m-%d": "moet zijn zoals %Y-%m-%d",
    'must look like "2024", or name a column, its unit and its format':
        'moet eruitzien als "2024", of een kolom noemen met haar eenheid en vorm',
    "must be csv or xlsx": "moet csv of xlsx zijn",
    'must be "." or ","': 'moet "." of "," zijn',
    "must be code or municipality_number": "moet code of municipality_number zijn",
    "must be percentage, count or rate": "moet percentage, count of rate zijn",
    "must be one of {}": "moet een van deze zijn: {}",
    "belongs to a CSV only; remove it": "hoort alleen bij een CSV; haal het weg",
    "belongs to a workbook only; remove it, or write kind: xlsx":
        "hoort alleen bij een werkmap; haal het weg, of schrijf kind: xlsx",
    "must be 0 for numbers: count": "moet 0 zijn bij numbers: count",
    "must name at least one column": "moet ten minste één kolom noemen",
    "two columns have the same indicator; give each its own":
        "twee kolommen hebben dezelfde indicator; geef ieder haar eigen",
    "must name columns of `values`, each with the column of its text":
        "moet kolommen van `values` noemen, ieder met de kolom van haar tekst",
    "{} is not YAML in UTF-8; check its indents, colons and quotes.":
        "{} is geen YAML in UTF-8; kijk naar inspringingen, dubbele punten en aanhalingstekens.",
    "The mapping: line {} is not YAML; correct it.": "De mapping: regel {} is geen YAML; verbeter die.",
    "The mapping: is not YAML; correct it.": "De mapping is geen YAML; verbeter dat.",
    "The mapping": "De mapping",
    "{}: The file is longer than a megabyte; settings and lessons are shorter.":
        "{}: Het bestand is langer dan een megabyte; maak het korter.",
    "{}: The file is nested too deeply; write it flatter.": "{}: Het bestand is te diep genest; schrijf het vlakker.",
    "{}: The file has an alias (*name); write the value out.":
        "{}: Het bestand heeft een verwijzing (*naam); schrijf de waarde uit.",
    "{}: The file has a value that cannot be; put it between quotes.":
        "{}: Het bestand heeft een waarde die niet kan; zet haar tussen aanhalingstekens.",
    # bringing them in
    "There is no table '{}' here; begin it under 'Public tables'.":
        "Er is hier geen tabel '{}'; begin haar onder 'Openbare tabellen'.",
    "A file's name ends in none of .csv, .csv.gz and .xlsx, or holds odd signs; rename it, then choose it again.":
        "De naam van een bestand eindigt niet op .csv, .csv.gz of .xlsx, of heeft vreemde tekens; geef het een andere "
        "naam en kies het opnieuw.",
    "The table, who lies where and the mapping are needed; bring in what is lacking.":
        "De tabel, wie waar ligt en de mapping zijn nodig; breng in wat ontbreekt.",
    "The mapping: `membership.file` is no name of a file beside it; name it without a path.":
        "De mapping: `membership.file` is geen naam van een bestand ernaast; noem het zonder pad.",
    "'{}' is no name of a table; write lower-case letters, digits, - and _.":
        "'{}' is geen naam van een tabel; schrijf kleine letters, cijfers, - en _.",
    # workbooks
    "{}: is not an .xlsx file, or has a password; save it as an Excel workbook (.xlsx) without password.":
        "{}: is geen .xlsx-bestand, of heeft een wachtwoord; bewaar het als Excel-werkmap (.xlsx) zonder wachtwoord.",
    "{}: cannot be read as an Excel workbook; open it in Excel and save it anew.":
        "{}: kan niet als Excel-werkmap worden gelezen; open het in Excel en bewaar het opnieuw.",
    "{}: cannot be read; open it in Excel and save it anew.":
        "{}: kan niet worden gelezen; open het in Excel en bewaar het opnieuw.",
    "{}: has {} sheets; name the one to read as `sheet` in the mapping.":
        "{}: heeft {} bladen; noem het blad dat gelezen wordt als `sheet` in de mapping.",
    "{}: has no sheet `{}` among its {} sheets; correct the extract, or `sheet` in the mapping.":
        "{0}: heeft onder zijn bladen ({2}) geen `{1}`; verbeter het bestand, of `sheet` in de mapping.",
}  # fmt: skip
