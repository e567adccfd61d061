"""Hold the profile of an extract against that of the last load: rows, empty columns, codes and months that moved.

Differences of shares in percentage points, not a test: an extract of all rows has no sampling error.
"""

from collections.abc import Iterator
from typing import Final

from .finding import Finding, Severity
from .profile import FileProfile, Profile
from .sanity import named

_ROWS_WARN, _ROWS_SERIOUS = 0.2, 0.5  # share of the earlier rows
_EMPTY_MOVED: Final = 0.1  # of the rows
_CODE_MOVED: Final = 0.05
_MONTH_MOVED: Final = 0.1
_USUAL_MONTH: Final = 20
_STILL_COMING: Final = 3  # months at the end that deliveries still fill
_MOST_CODES: Final = 5


def drift(before: Profile, now: Profile) -> tuple[Finding, ...]:
    """Return what moved between two loads of one source."""
    earlier = {(file.file, file.record): file for file in before}
    later = {(file.file, file.record): file for file in now}
    found = [Finding("drift_new", "warning", name) for name, record in later
             if (name, record) not in earlier]  # fmt: skip
    found += [Finding("drift_gone", "serious", name) for name, record in earlier
              if (name, record) not in later]  # fmt: skip
    for place, one in later.items():
        if place in earlier:
            found += _of_file(earlier[place], one)
    return tuple(found)


def _of_file(before: FileProfile, now: FileProfile) -> Iterator[Finding]:
    moved = abs(now.read - before.read) / max(1, before.read)
    if moved > _ROWS_WARN:
        severity: Severity = "serious" if moved > _ROWS_SERIOUS and now.read < before.read else "warning"
        detail = f"{(now.read - before.read) / max(1, before.read):+.0%}"
        yield Finding("drift_rows", severity, now.file, rows=now.read, of=before.read, detail=detail)
    for field in now.empty:
        if field in before.empty:
            share, was = _share(now.empty[field], now.sound), _share(before.empty[field], before.sound)
            if abs(share - was) > _EMPTY_MOVED:
                detail = f"{share:.0%} (was {was:.0%})"
                yield Finding("drift_empty", "warning", now.file, field, now.empty[field], now.sound, detail)
    yield from _codes(before, now)
    changed = _changed_months(before.months, now.months)
    if changed:
        yield Finding("drift_month", "note", now.file, rows=len(changed), detail=named(changed))


def _codes(before: FileProfile, now: FileProfile) -> Iterator[Finding]:
    shares = {
        code: (_share(before.codes.get(code, 0), before.sound), _share(now.codes.get(code, 0), now.sound))
        for code in before.codes.keys() | now.codes.keys()
    }
    moved = sorted(shares, key=lambda code: (-abs(shares[code][1] - shares[code][0]), code))
    for code in moved[:_MOST_CODES]:
        was, share = shares[code]
        if abs(share - was) > _CODE_MOVED:
            detail = f"{code}: {was:.0%} -> {share:.0%}"
            yield Finding("drift_code", "warning", now.file, rows=now.codes.get(code, 0), of=now.sound, detail=detail)


def _changed_months(before: dict[str, int], now: dict[str, int]) -> list[str]:
    settled = sorted(before)[:-_STILL_COMING]
    return [
        month for month in settled
        if before[month] >= _USUAL_MONTH and abs(now.get(month, 0) - before[month]) > _MONTH_MOVED * before[month]
    ]  # fmt: skip


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
