"""What is said of files beside words, in English and in Dutch: what is a part here is the end of `this file ...`."""

from collections.abc import Mapping
from typing import Final

_INSPECT: Final = "in Word: File, Info, Check for Issues, Inspect Document, Remove All; then save it anew"
_CONTROLEER: Final = (
    "in Word: Bestand, Info, Controleren op problemen, Document controleren, Alles verwijderen; bewaar het daarna "
    "opnieuw"
)
_STRIP: Final = "save it anew without metadata, for instance with `magick old -strip new`"
_SCHOON: Final = "bewaar het opnieuw zonder metagegevens, bijvoorbeeld met `magick oud -strip nieuw`"

FILES: Final[Mapping[str, str]] = {
    "{}: this file {}.": "{}: dit bestand {}.",
    "{}: there is no such file; check its name.": "{}: dat bestand is er niet; kijk de naam na.",
    "No file was chosen; choose one and send the form again.":
        "Er is geen bestand gekozen; kies er een en verstuur het formulier opnieuw.",
    "An attachment's name here holds small letters, digits and hyphens, at most 49, and begins with no hyphen.":
        "De korte naam van een bestand heeft hoogstens 49 kleine letters, cijfers en streepjes en begint met geen "
        "streepje.",
    "No reader sees file '{}', so there is nothing to take back.":
        "Geen lezer krijgt bestand '{}', dus er is niets terug te nemen.",
    # any kind
    "is empty or larger than {} KiB; make it smaller, or link to where it lies":
        "is leeg of groter dan {} KiB; maak het kleiner, of verwijs naar waar het staat",
    "is something else by its bytes than by its name (.{}); name it for what it is":
        "is volgens zijn inhoud iets anders dan volgens zijn naam (.{}); noem het naar wat het is",
    "holds more than {} characters of text; share it in parts":
        "heeft meer dan {} tekens tekst; deel het in delen",
    "has a name that is not plain: write at most {} letters, digits, blanks and . _ - ( ), without a folder, and begin "
    "with a letter or digit":
        "heeft geen gewone naam: schrijf hoogstens {} letters, cijfers, spaties en . _ - ( ), zonder map, en begin met "
        "een letter of cijfer",
    "is of no kind that can be shared; save it as one of {}":
        "is van een soort die niet kan worden gedeeld; bewaar het als een van {}",
    "is by its bytes of a kind that cannot be looked through (such as PDF); save it as DOCX, text or a picture":
        "is van een soort die niet kan worden doorzocht (zoals PDF); bewaar het als DOCX, tekst of afbeelding",
    # text
    "is no text in UTF-8; save it as UTF-8": "is geen tekst in UTF-8; bewaar het als UTF-8",
    "holds signs that nobody sees (control signs, turned text); take them out":
        "heeft tekens die niemand ziet (stuurtekens, gedraaide tekst); haal ze weg",
    "holds no words": "heeft geen woorden",
    "begins like a web page, drawing or script; share its words alone":
        "begint als een webpagina, tekening of script; deel alleen de woorden",
    "holds HTML or a link that runs something; write it in plain Markdown with links to https":
        "heeft HTML of een link die iets uitvoert; schrijf het in gewone Markdown met links naar https",
    "shows a picture from elsewhere; share the picture as a file of its own":
        "toont een afbeelding van elders; deel die afbeelding als eigen bestand",
    # pictures
    "is no whole JPEG picture; save it anew": "is geen hele JPEG-afbeelding; bewaar het opnieuw",
    "is no whole PNG picture; save it anew": "is geen hele PNG-afbeelding; bewaar het opnieuw",
    f"holds notes beside the picture (EXIF: who made it, where, when, a preview); {_STRIP}":
        f"heeft gegevens naast het beeld (EXIF: wie het maakte, waar, wanneer, een voorbeeld); {_SCHOON}",
    f"holds notes beside its pixels (who made it, where, when); {_STRIP}":
        f"heeft gegevens naast het beeld (wie het maakte, waar, wanneer); {_SCHOON}",
    f"goes on behind the end of its picture; {_STRIP}": f"gaat door na het einde van het beeld; {_SCHOON}",
    "has no pixels, or more than {} million; make the picture smaller":
        "heeft geen beeldpunten, of meer dan {} miljoen; maak de afbeelding kleiner",
    "unpacks to more than its picture holds; save it anew":
        "is uitgepakt groter dan zijn beeld; bewaar het opnieuw",
    # documents
    "is no whole document; open it in Word and save it anew":
        "is geen heel document; open het in Word en bewaar het opnieuw",
    "is no whole document; open it and save it anew": "is geen heel document; open het en bewaar het opnieuw",
    "holds signs that turn text around; take them out": "heeft tekens die tekst omdraaien; haal ze weg",
    "holds macros; save it as a document without macros (.docx)":
        "heeft macro's; bewaar het als document zonder macro's (.docx)",
    "holds macros or a control; save it as a document without macros (.docx)":
        "heeft macro's of een besturingselement; bewaar het als document zonder macro's (.docx)",
    "holds another file or a control inside; take it out, or paste it as a picture":
        "heeft een ander bestand of een besturingselement in zich; haal dat weg, of plak het als afbeelding",
    f"holds comments, names of their writers, or data that readers do not see; take them out, {_INSPECT}":
        f"heeft opmerkingen, namen van wie ze schreef, of gegevens die lezers niet zien; haal ze weg, {_CONTROLEER}",
    f"has a part that plain documents do not have; {_INSPECT}":
        f"heeft een deel dat gewone documenten niet hebben; {_CONTROLEER}",
    "is a zip archive and no Word document; save it as .docx":
        "is een zip-archief en geen Word-document; bewaar het als .docx",
    "is no Word document, or a template; save it as .docx": "is geen Word-document, of een sjabloon; bewaar als .docx",
    "takes a template, picture or part from elsewhere; put it into the document, and choose the template Normal":
        "haalt een sjabloon, afbeelding of deel van elders; zet het in het document, en kies het sjabloon Normal",
    f"names its author, manager or who saved it last; take the names out, {_INSPECT}":
        f"noemt de auteur, de manager of wie het laatst bewaarde; haal de namen weg, {_CONTROLEER}",
    "holds another file, a control or a part from elsewhere; take it out":
        "heeft een ander bestand, een besturingselement of een deel van elders; haal dat weg",
    "tells who changed or noted what; accept or refuse all changes and take the notes out":
        "vertelt wie wat veranderde of opmerkte; accepteer of weiger alle wijzigingen en haal de opmerkingen weg",
    "has a field that does not end; open it in Word and save it anew":
        "heeft een veld dat niet eindigt; open het in Word en bewaar het opnieuw",
    "has a field that does not begin; open it in Word and save it anew":
        "heeft een veld dat niet begint; open het in Word en bewaar het opnieuw",
    "has a field that is too long; turn it into plain text": "heeft een veld dat te lang is; maak er gewone tekst van",
    "has a field that fetches or runs something, or names a person; turn it into plain text":
        "heeft een veld dat iets ophaalt of uitvoert, of een persoon noemt; maak er gewone tekst van",
    "is nested too deeply or has too many parts; make it simpler":
        "is te diep genest of heeft te veel delen; maak het eenvoudiger",
    "declares a document type, which no Word document does; check where it is from":
        "noemt een documenttype, en dat doet geen Word-document; kijk waar het vandaan komt",
    "holds notes between its parts that nobody sees; open it in Word and save it anew":
        "heeft aantekeningen tussen zijn delen die niemand ziet; open het in Word en bewaar het opnieuw",
    "unpacks to more than {} parts or {} MiB; make it smaller":
        "is uitgepakt meer dan {} delen of {} MiB; maak het kleiner",
    "has a part whose name leads outside of it; open it and save it anew":
        "heeft een deel waarvan de naam naar buiten leidt; open het en bewaar het opnieuw",
    "is locked with a password or packed in an unusual way; save it anew without a password":
        "heeft een wachtwoord of is ongewoon ingepakt; bewaar het opnieuw zonder wachtwoord",
    "holds data that belongs to none of its parts; open it and save it anew":
        "heeft gegevens die bij geen van zijn delen horen; open het en bewaar het opnieuw",
    "has too many parts to read; make it simpler": "heeft te veel delen om te lezen; maak het eenvoudiger",
    "holds pictures that are not packed as pictures are; take them out, or save them anew":
        "heeft afbeeldingen die niet ingepakt zijn zoals afbeeldingen; haal ze weg, of bewaar ze opnieuw",
    "holds pictures of more than {} million pixels together; make them smaller":
        "heeft afbeeldingen van samen meer dan {} miljoen beeldpunten; maak ze kleiner",
    "has a drawing that takes a picture, or leads, elsewhere; paste it anew as a picture":
        "heeft een tekening die een afbeelding van elders haalt of naar elders leidt; plak haar opnieuw als afbeelding",
    "has a part with two names; open it and save it anew":
        "heeft een deel met twee namen; open het en bewaar het opnieuw",
    # what it stands beside
    "Event {} of {} is none of {} of this region that readers see; release that first, then attach the "
    "file again.":
        "Wat dit bestand noemt, is geen les of item van deze regio dat lezers zien; breng dat eerst uit en voeg het "
        "bestand dan opnieuw toe.",
    "What {} stands beside is for {}, so the file cannot be for {}; choose --audience {}.":
        "Waar het bestand bij staat, is voor {1}, dus het bestand kan niet voor {2} zijn; kies {3}.",
    "{} files stand beside it already and {} is the most; take one back with `python -m node item withdraw attachment "
    "NAME`, or put two into one.":
        "Er staan al {} bestanden bij en {} is het meeste; neem er een terug op zijn pagina, of maak er van twee een.",
}  # fmt: skip
