"""Every installed dependency has a licence that goes with Apache-2.0: none is under the GPL or AGPL."""

import re
from importlib.metadata import Distribution, distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# Zope's is a BSD-like licence, approved by the OSI; waitress is under it.
FREE = re.compile(
    r"\b(MIT|0?BSD|Apache|MPL|Mozilla|LGPL|Lesser|PSF|Python Software|ISC|Unlicense|Zlib|PostgreSQL|Zope)",
    re.IGNORECASE,
)
STRONG_COPYLEFT = re.compile(r"(?<!L)\bA?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def _licence(distribution: Distribution) -> str:
    """Give what the distribution says of itself: expression, classifiers, else the first line of its licence."""
    metadata = distribution.metadata
    classifiers = [c.rsplit("::", 1)[-1] for c in metadata.get_all("Classifier") or [] if c.startswith("License ::")]
    said = [text for text in (metadata.get("License-Expression"), *classifiers) if text]
    # The free-text field may hold a whole licence; its beginning names it.
    return "; ".join(said) or (metadata.get("License") or "").strip()[:200] or _file_of(distribution)[:200]


def _file_of(distribution: Distribution) -> str:
    """Give the licence file of a distribution that says nothing in its metadata."""
    named = distribution.metadata.get_all("License-File") or []
    texts = (distribution.read_text(place) for name in named for place in (name, f"licenses/{name}"))
    return next(filter(None, texts), "")


def _locked() -> dict[str, str]:
    lock = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    names = {_normal(name) for name in re.findall(r"^([A-Za-z0-9._-]+)==", lock, re.MULTILINE)}
    return {
        name: _licence(distribution)
        for distribution in distributions()
        if (name := _normal(distribution.metadata["Name"])) in names
    }


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_no_dependency_is_under_a_licence_that_ours_cannot_take() -> None:
    licences = _locked()
    assert len(licences) > 60
    assert {name: said for name, said in licences.items() if not FREE.search(said)} == {}
    # A choice between two licences may name the GPL beside a free one.
    bound = {name: said for name, said in licences.items() if STRONG_COPYLEFT.search(said) and " OR " not in said}
    assert bound == {}


def test_the_patterns_tell_the_licences_apart() -> None:
    assert STRONG_COPYLEFT.search("GPL-3.0-only")
    assert STRONG_COPYLEFT.search("GNU General Public License v3 (GPLv3)")
    assert not STRONG_COPYLEFT.search("LGPL-2.1-or-later")
    assert not STRONG_COPYLEFT.search("GNU Lesser General Public License v2 or later (LGPLv2+)")
    assert not FREE.search("Proprietary")
