"""A region with a linkage and a sample to judge, made by hand: no persons are compared, so that pages come at once."""

import secrets
from datetime import date, timedelta

import msgspec

from connectors.secret_files import write_secret
from node.bootstrap import Node
from node.records import clerical
from node.records.clerical import Sample, SampledPair
from node.records.linkage_report import LinkageReport, LinkedBetween
from node.records.load import writing_store

CANARIES = ("kanariesma", "vinkstra", "9911kx", "parkietlaan-sneek")
"""Values in the sample, of the first pair and of the second, that may stand on its page and nowhere else."""
_RULE = "name, birth date and postcode"


def report(today: date) -> LinkageReport:
    """Return the account of a linkage of two sources."""
    between = LinkedBetween(("praktijk", "register"), {_RULE: 300, "model": 41}, 998)
    fields = ("given_name", "surname", "birth_date", "postcode")
    return LinkageReport(
        today.isoformat(), {"register": 400, "praktijk": 380}, {_RULE: 300, "model": 41}, 4, 3, 1,
        {"1": 98, "2": 341}, 2, precision_permille=998, recall_permille=973,
        fields={"register": fields, "praktijk": fields}, between=(between,),
    )  # fmt: skip


def sample() -> Sample:
    """Return three pairs to judge, with values that are found again wherever they should not be."""
    sources = ("praktijk", "register")
    first = {"surname": (CANARIES[0], CANARIES[0]), "postcode": (CANARIES[2], None)}
    second = {"surname": (CANARIES[1], CANARIES[1]), "city": (CANARIES[3], "joure")}
    pairs = (
        SampledPair(1, "linked", sources, first),
        SampledPair(2, "apart", sources, second),
        SampledPair(3, "linked", sources, {"surname": ("mees", "mees"), "birth_date": ("1950-02-03", "1950-02-03")}),
    )
    return Sample("5a5a5a5a5a5a5a5a", {"linked": 341, "apart": 12}, pairs)


def keep(node: Node, today: date, days: int = 14, judged: int = 0) -> Sample:
    """Keep that account in the node's records, the sample as `linkage sample` does, and some pairs as judged."""
    made, home, key = sample(), node.settings.home, secrets.token_bytes(32)
    with writing_store(home) as records:
        records.execute("DELETE FROM linkage_run")
        records.execute("INSERT INTO linkage_run VALUES (?, ?)", [today, msgspec.json.encode(report(today)).decode()])
        for pair in made.pairs[:judged]:
            clerical.keep_verdict(records, made, pair, "same")
    clerical.delete_sample(home)
    write_secret(node.settings.secret(clerical.SAMPLE_KEY), key)
    clerical.write_sample(home, made, key, today + timedelta(days=days))
    return made
