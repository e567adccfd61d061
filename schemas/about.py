"""What a lesson is about, in the field's own classifications; each may be left out, and says nothing then."""

from typing import Final, Literal

import msgspec

Aim = Literal["health", "quality", "cost", "workforce"]  # Triple Aim, and a fourth: work in care
Change = Literal["organise", "finance", "monitor"]  # the three changes of the Plot model
Lens = Literal["ambition", "gains", "relationship", "organisation", "process"]
Rainbow = Literal[
    "person_focused", "population_based", "clinical", "professional", "organisational", "system", "functional",
    "normative",
]  # fmt: skip
Phase = Literal["preparation", "execution", "acceleration"]
Scope = Literal["theme", "region_wide"]
PRINCIPLES: Final = range(1, 9)  # RIVM's guiding principles, by number


class LessonAbout(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where a lesson belongs, and which evaluations of its region it rests on (`evidence`: their events)."""

    aims: tuple[Aim, ...] = ()
    changes: tuple[Change, ...] = ()
    lenses: tuple[Lens, ...] = ()
    rainbow: tuple[Rainbow, ...] = ()
    principles: tuple[int, ...] = ()
    phases: tuple[Phase, ...] = ()
    scope: Scope | None = None
    evidence: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return what is said, in a line."""
        said = {name: getattr(self, name) for name in self.__struct_fields__ if getattr(self, name)}
        return "; ".join(
            f"{name}: {', '.join(map(str, value)) if isinstance(value, tuple) else value}"
            for name, value in said.items()
        )
