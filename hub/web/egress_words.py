"""The words of a region's ledger and of its page for residents, in Dutch and English."""

from typing import Final

from schemas.item_words import NOUN_WORDS

EGRESS_WORDS: Final[dict[str, tuple[str, str]]] = {
    "region_tab_region": ("Cijfers en kennis", "Figures and knowledge"),
    "region_tab_ledger": ("Wat er naar buiten ging", "What left"),
    "region_tab_residents": ("Voor inwoners", "For residents"),
    "region_pages": ("Pagina’s van deze regio", "Pages of this region"),
    "profile": ("Alle cijfers van deze regio", "All figures of this region"),
    "profile_lead": (
        "Het nieuwste van elk cijfer, naast de regio’s samen. Er is geen totaalscore.",
        "The newest of every figure, beside the regions together. There is no overall score.",
    ),
    "lessons_of_region": ("Lessen van deze regio", "Lessons of this region"),
    "ledger_title": ("Wat {name} naar buiten bracht", "What left {name}"),
    "ledger_lead": (
        "Alles wat deze regio ooit vrijgaf, het nieuwste eerst. Elke regel is ondertekend en hangt aan de vorige: "
        "weglaten of veranderen valt op.",
        "All that this region ever released, the newest first. Every line is signed and linked to the one before: "
        "leaving out or changing shows.",
    ),
    "ledger_none": ("Deze regio bracht nog niets naar buiten.", "Nothing left this region yet."),
    "ledger_verify": ("Controleer deze pagina", "Verify this page"),
    "ledger_holds": (
        "Klopt: {count} van {count} regels. Nagerekend zijn kenmerk, volgorde, handtekening van de regio, goedkeuring"
        " en, waar u die mag zien, inhoud.",
        "It holds: {count} of {count} lines. Verified are id, order, the region’s signature, approval and, where you "
        "may see it, content.",
    ),
    "ledger_faults": (
        "Klopt niet: {faults} van {count} regels. Ze staan hieronder met wat er mis is; meld het de regio en de hub.",
        "It does not hold: {faults} of {count} lines. They stand below with what is wrong; tell the region and the "
        "hub.",
    ),
    "ledger_limit": (
        "De hub rekent hier zichzelf na. Zekerder is het zelf: haal de keten op en reken haar op uw eigen computer na.",
        "The hub verifies itself here. It is surer to do it yourself: fetch the chain and verify it on your own "
        "machine.",
    ),
    "link_number": ("Nummer", "Number"),
    "approved_by": ("Goedgekeurd namens", "Approved on behalf of"),
    "id_of_event": ("Kenmerk", "Id"),
    "fault": ("Nagerekend", "Verified"),
    "fault_none": ("klopt", "holds"),
    "fault_unreadable": ("niet te lezen", "cannot be read"),
    "fault_altered": ("veranderd: het kenmerk past niet", "altered: the id does not fit"),
    "fault_order": ("volgt niet op de vorige", "does not follow the one before"),
    "fault_signature": ("handtekening past niet", "the signature does not fit"),
    "fault_approvals": ("te weinig goedkeuringen", "too few approvals"),
    "fault_payload": ("inhoud past niet bij het kenmerk", "the content does not fit the id"),
    "content_destroyed": ("inhoud vernietigd", "content destroyed"),
    "left_unknown": ("niet te lezen", "cannot be read"),
    "left_indicator_published": ("cijfer", "figure"),
    "left_indicator_corrected": ("cijfer gecorrigeerd", "figure corrected"),
    "left_indicator_withdrawn": ("cijfer teruggetrokken", "figure withdrawn"),
    "left_indicator_pending": ("correctie aangekondigd", "correction announced"),
    "left_lesson_published": ("les", "lesson"),
    "left_lesson_revised": ("les herzien", "lesson revised"),
    "left_lesson_withdrawn": ("les teruggetrokken", "lesson withdrawn"),
    "left_evaluation_published": ("evaluatie", "evaluation"),
    "left_evaluation_revised": ("evaluatie herzien", "evaluation revised"),
    "left_evaluation_withdrawn": ("evaluatie teruggetrokken", "evaluation withdrawn"),
    "left_assessment_published": ("oordeel van een panel", "a panel’s opinion"),
    "left_assessment_revised": ("oordeel van een panel herzien", "a panel’s opinion revised"),
    "left_assessment_withdrawn": ("oordeel van een panel teruggetrokken", "a panel’s opinion withdrawn"),
    "left_reply_published": ("reactie op een vergelijking", "reply to a comparison"),
    "left_reply_revised": ("reactie herzien", "reply revised"),
    "left_reply_withdrawn": ("reactie teruggetrokken", "reply withdrawn"),
    "left_reply_waived": ("geen reactie nodig", "no reply needed"),
    "left_citation_published": ("verwijzing naar een les", "citation of a lesson"),
    "left_citation_withdrawn": ("verwijzing teruggetrokken", "citation withdrawn"),
    **{f"left_{noun}_published": (one.nl, one.en) for noun, (one, _) in NOUN_WORDS.items()},
    **{f"left_{noun}_revised": (f"{one.nl} herzien", f"{one.en} revised") for noun, (one, _) in NOUN_WORDS.items()},
    **{
        f"left_{noun}_withdrawn": (f"{one.nl} teruggetrokken", f"{one.en} withdrawn")
        for noun, (one, _) in NOUN_WORDS.items()
    },
    "left_event_redacted": ("opdracht om iets te vernietigen", "order to destroy something"),
    "left_key_enrolled": ("nieuwe sleutel", "new key"),
    "left_key_revoked": ("sleutel ingetrokken", "key revoked"),
    "residents_title": ("Wat ging er over u naar buiten?", "What left about you?"),
    "residents_lead": (
        "Uw gegevens bleven in {name}. Naar buiten ging hoe vaak iets voorkomt bij groepen mensen.",
        "Your data stayed in {name}. What left is how often something occurs among groups of people.",
    ),
    "residents_what": ("Wat", "What"),
    "residents_what_text": (
        "Cijfers over mensen in deze regio die nu te zien zijn: {figures}.",
        "Figures about people in this region that can be seen now: {figures}.",
    ),
    "residents_hidden_text": (
        "Van {hidden} daarvan is het getal verborgen: zo’n klein getal, of een getal waaruit het af te leiden is, zou "
        "iemand kunnen verraden.",
        "Of these the number is hidden for {hidden}: so small a number, or one that it could be worked out from, might "
        "give somebody away.",
    ),
    "residents_groups": ("uitgesplitst naar", "told apart by"),
    "residents_more": ("en nog {count}", "and {count} more"),
    "residents_nothing": (
        "Er zijn geen cijfers over mensen in deze regio te zien.",
        "No figures about people here can be seen.",
    ),
    "residents_why": ("Waarom", "Why"),
    "residents_why_text": (
        "Om de zorg te verbeteren: regio’s zien waar het bij anderen beter gaat en leren waarom. Bij elk cijfer staat"
        " wat er geteld is. Waarom de regio een bron mag gebruiken, legt zij zelf vast; vraag het haar of haar "
        "functionaris gegevensbescherming.",
        "To better care: regions see where others do better and learn why. With each figure stands what was counted. "
        "Why the region may use a source it records itself; ask the region or its data protection officer.",
    ),
    "residents_who": ("Wie keurde het goed", "Who approved it"),
    "residents_who_text": (
        "Mensen van de regio bekeken alles voordat het ging, en ondertekenden met een eigen sleutel. Namens wie zij "
        "dat bij de laatste berichten ({count}) deden:",
        "People of the region looked at everything before it left, and signed with keys of their own. On whose behalf "
        "they did so of the latest events ({count}):",
    ),
    "residents_who_times": ("{count} keer", "{count}×"),
    "residents_who_none": (
        "Van deze berichten is hier niet bekend namens wie er is getekend.",
        "On whose behalf these events were signed is not known here.",
    ),
    "residents_object": ("Wilt u niet meegeteld worden?", "Do you not want to be counted?"),
    "residents_object_text": (
        "Maak bezwaar bij uw huisarts, uw ziekenhuis of de regio. Uw gegevens worden dan bij het tellen overgeslagen."
        " Wat al naar buiten ging, gaat over groepen.",
        "Object with your doctor, your hospital or the region. Your data are then passed over in counting. What left "
        "already is about groups.",
    ),
    "chain": ("Wat de hub heeft ontvangen", "What the hub has received"),
    "chain_events": ("Ondertekende berichten", "Signed events"),
    "chain_last": ("Hoogste volgnummer", "Highest sequence number"),
    "chain_received": ("Laatste bericht", "Last event"),
    "chain_gaps": ("Ontbrekende berichten", "Missing events"),
    "chain_gaps_told": (
        "Deze volgnummers heeft de hub niet, of niet volledig. De regio stuurt ze opnieuw zodra zij verbinding maakt.",
        "The hub does not have these sequence numbers, or not whole. The region sends them again when it next calls.",
    ),
    "chain_whole": (
        "Er ontbreekt niets tot en met het hoogste volgnummer.",
        "Nothing is missing up to the highest number.",
    ),
    "chain_ledger": ("Keten om na te rekenen", "Chain to verify"),
}
