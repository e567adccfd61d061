"""Audit a pattern of hidden cells from scratch: what could an attacker still work out?

Shares no formula with the suppression it checks: there every sum is a relation between neighbouring figures,
here every figure is a set of leaves, and only leaves can move.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from .insider_audit import insider_faults
from .leaves import Figure, Table, complements_of, tables_of
from .model import ReleaseModel
from .policy import DisclosurePolicy
from .statistic import CellKey, Statistic
from .versions import Picture, earlier_pictures, telling_changes
from .widths import SLACK, Constraint, Target, measure

Named = tuple[Figure, str, Target]

ATTACKERS = ("plain", "status", "contributor")
"""plain: all published figures, sums, links and earlier releases. status: also which blanks are small.
contributor: also that he himself is counted in the cell."""

ORGANISATION = "organisation"
"""The status attacker who also knows what it was paid itself, in every cell; where it is known who was paid."""


@dataclass(frozen=True)
class Finding:
    """One way in which a pattern fails: a cell, what is wrong with it, and the least attacker who profits."""

    cell: CellKey
    fault: str
    attacker: str


@dataclass(frozen=True)
class AuditReport:
    """What an audit established: for the reviewers, except `public_hash`, which may be published.

    `worst_width` is the narrowest proven range among protected figures, as a multiple of what the policy
    requires (1.0: just what is promised; proof stops about there, so true ranges may be wider), or None if
    nothing needs protection. `model_hash` covers hidden values too and must stay in the node.
    """

    passed: bool
    attackers: tuple[str, ...]
    worst_width: float | None
    failures: tuple[Finding, ...]
    solver_status: str
    model_hash: str
    public_hash: str
    cells: int
    hidden: int


def audit(model: ReleaseModel, statuses: Mapping[CellKey, str], policy: DisclosurePolicy) -> AuditReport:
    """Prove that every protected figure keeps its range against every attacker, or say which one does not.

    `statuses` says of each cell "published", "primary" or "complementary". Each range is proven against the
    status attacker. The others hold no value impossible that he holds possible, so their ranges are no
    narrower: the plain attacker knows less, and all the contributor adds is that his cell is at least 1. Of a
    small cell the status attacker knows that too; any other is at least minimum_persons, and from 1 up to
    there is wider than any width a policy can ask.

    All vintages are audited as one: the attacker is taken to know every change between them, so that what each
    tells bounds one and the same movement; and no change may tell of 1 to 9 persons.
    """
    tables = tables_of(model, statuses, policy)
    now = Picture(tables, complements_of(model, tables, policy))
    pictures = [*earlier_pictures(model, now, policy), now]
    figures = list(now.figures())
    ruled = {_identity(one) for picture in pictures for one in picture.figures() if one.is_protected}
    failures = list(_misjudged(model, statuses, figures, ruled))
    failures += [Finding(one.cell, fault, "plain") for one, fault in telling_changes(now, pictures[:-1], policy)]
    failures += [
        Finding(part[nodes].cell, "is shown although its whole is hidden", "plain")
        for _, part, whole, rests in now.linked
        for nodes in rests
        if whole[nodes].is_open and not part[nodes].is_open and part[nodes].value and not part[nodes].known
    ]
    statistics = {(one.key, one.period): one for one in model.statistics}
    named = [
        target
        for picture in pictures
        for target in _named_targets(list(picture.figures()), list(picture.pools(statistics, policy)), policy)
    ]
    targets = [target for *_, target in named]
    known = [one for picture in pictures for one in picture.figures()]
    measured = measure(_knowledge(known, policy, knows_status=True), targets)
    widths = measured.widths
    narrow = [i for i, width in enumerate(widths) if width < 1 - SLACK]
    plain = measure(_knowledge(known, policy, knows_status=False), [targets[i] for i in narrow])
    for i, width in zip(narrow, plain.widths, strict=True):
        attacker = "plain" if width < 1 - SLACK else "status"
        failures.append(Finding(named[i][0].cell, f"{named[i][1]} has too narrow a range", attacker))
    knowing, insider_status = insider_faults(pictures, statistics, policy)
    failures += [Finding(one.cell, fault, ORGANISATION) for one, fault in knowing]
    status = next((one for one in (measured.status, plain.status, insider_status) if one != "optimal"), "optimal")
    return AuditReport(
        passed=not failures and status == "optimal",
        attackers=(*ATTACKERS, *([ORGANISATION] if any(one.paid for one in figures) else [])),
        worst_width=float(widths.min()) if len(widths) else None,
        failures=tuple(sorted(set(failures), key=lambda one: (one.cell, one.fault))),
        solver_status=status,
        model_hash=_model_hash(model, statuses, policy),
        public_hash=_public_hash(model, tables),
        cells=len(model.cells),
        hidden=sum(1 for one in figures if one.is_open and not one.is_complement),
    )


def _identity(one: Figure) -> tuple[CellKey, bool]:
    return one.cell, one.is_complement


def _misjudged(
    model: ReleaseModel,
    statuses: Mapping[CellKey, str],
    figures: Sequence[Figure],
    ruled: Collection[tuple[CellKey, bool]],
) -> Iterator[Finding]:
    """Find cells whose status breaks a rule, whatever their range; `ruled` are those that a rule ever hid."""
    for one in figures:
        if one.is_complement:
            continue
        status, is_ruled = statuses.get(one.cell), _identity(one) in ruled
        withheld = one.cell in model.earlier.cells and not one.known
        if status not in ("published", "primary", "complementary"):
            yield Finding(one.cell, "has no status", "plain")
        elif status == "published" and is_ruled:
            yield Finding(one.cell, "is shown although the rules hide it", "plain")
        elif status == "published" and withheld:
            yield Finding(one.cell, "was hidden earlier and is shown now", "plain")
        elif status != "published" and (status == "primary") != is_ruled:
            yield Finding(one.cell, "bears another reason than the rules give", "status")
        elif status == "complementary" and one.value == 0 and not withheld:
            yield Finding(one.cell, "is hidden although it is zero", "status")


def _named_targets(
    figures: Sequence[Figure], pools: Sequence[list[Figure]], policy: DisclosurePolicy
) -> Iterator[Named]:
    share = policy.magnitude_width_share
    for one in figures:
        if one.is_protected:
            width = max(1, -int(-one.value * share // 1)) if one.is_sum else policy.width
            what = "the complement of the cell" if one.is_complement else "the cell"
            yield one, what, Target(one.columns, one.signs, float(width))
    for pool in pools:
        columns = np.concatenate([one.columns for one in pool])
        signs = np.concatenate([one.signs for one in pool])
        amount = sum(one.value for one in pool)
        width = max(1, -int(-amount * share // 1)) if pool[0].is_sum else policy.width
        yield pool[0], "the sum of the cell and its small neighbours", Target(columns, signs, float(width))


def _knowledge(figures: Sequence[Figure], policy: DisclosurePolicy, knows_status: bool) -> list[Constraint]:
    known = []
    for one in figures:
        low, high = one.bounds(policy, knows_status)
        if one.is_open or not one.is_complement:
            known.append(Constraint(one.columns, one.signs, low - one.value, high - one.value))
    return known


def _public_hash(model: ReleaseModel, tables: Mapping[tuple[str, str], Table]) -> str:
    """Hash what everyone may see: the published figures, which cells are blank, and how they are linked."""
    never = {
        (one.key, one.period): [{group.name for group in side.beside} for side in one.dimensions]
        for one in model.statistics
    }
    rows = [
        [*key, *nodes, None if one.is_open else one.value]
        for key, table in tables.items()
        for nodes, one in table.items()
        if not any(node in names for node, names in zip(nodes, never[key], strict=True))
    ]
    links = [[link.part_key, link.whole_key] for link in model.links]
    return _sha256({"figures": rows, "links": links})


def _model_hash(model: ReleaseModel, statuses: Mapping[CellKey, str], policy: DisclosurePolicy) -> str:
    earlier = sorted([str(cell), value] for cell, value in model.earlier.cells.items())
    marks = sorted([str(cell), str(status)] for cell, status in statuses.items())
    statistics = [_spelled(one) for one in model.statistics]
    vintages = [[one.moment, _spelled(one.statistic)] for one in model.earlier.vintages]
    return _sha256([statistics, [asdict(link) for link in model.links], earlier, vintages, marks, asdict(policy)])


def _spelled(one: Statistic) -> list[object]:
    return [
        [one.key, one.period, one.kind],
        [asdict(side) for side in one.dimensions],
        [one.values.tolist(), one.contributors.tolist(), None if one.largest is None else one.largest.tolist()],
        *([] if one.organisations is None else [one.organisations.codes, one.organisations.amounts.tolist()]),
    ]


def _sha256(content: object) -> str:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
