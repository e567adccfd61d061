"""Invented regions: extracts as Dutch sources deliver them, with the truth beside them. No person in it exists.

Everything is drawn from one seed per region, so the same region at the same scale is the same to the last byte.
Rates are round figures near the Dutch ones (a demonstration, not an estimate of anything).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from . import synthetic_care, synthetic_chronic, synthetic_mappings
from .synthetic_files import FileTruth, write_extract
from .synthetic_organisations import with_organisations
from .synthetic_people import Columns, People, draw_people

DEFAULT_SCALE: Final = 0.04
PERIOD: Final = "2024"


@dataclass(frozen=True)
class SyntheticRegion:
    """An invented region: municipalities by area code with inhabitants at scale 1, and how its care differs.

    In the municipalities of `one_provider` a single organisation delivers all care, as on an island.
    """

    code: str
    name: str
    seed: int
    municipalities: Mapping[str, int]
    diabetes: float = 1.0
    hba1c: float = 0.78
    flu: float = 0.55
    emergency: float = 1.0
    costs: float = 1.0
    one_provider: tuple[str, ...] = ()

    @property
    def inhabitants(self) -> int:
        """Return the number of inhabitants at scale 1."""
        return sum(self.municipalities.values())


@dataclass(frozen=True)
class Truth:
    """What was put into the extracts: a test compares what comes out. Costs in cents, PREM in tenths."""

    persons: int
    persons_by_municipality: Mapping[str, int]
    diabetics: int
    diabetics_by_municipality: Mapping[str, int]
    hba1c_measured: int
    gp_contacts: int
    admissions: int
    acute_admissions: int
    emergency_visits: int
    flu_vaccinated: int
    respondents: int
    feeling_well: int
    prem_tenths: int
    cost_cents: int
    bmi_measured: int
    obese: int
    smokers: int
    five_medicines: int
    files: Mapping[str, FileTruth]


SYNTHETIC_REGIONS: Final = (
    SyntheticRegion(
        "XR-DUINRAND",
        "Duinrand",
        101,
        {
            "XG-ZANDWIJK": 118_000,
            "XG-HELMSTAD": 84_000,
            "XG-OUDEDUIN": 52_000,
            "XG-STRANDHOVE": 27_000,
            "XG-MEEUWEN": 13_500,
            "XG-VUURTOREN": 5_500,
        },
        one_provider=("XG-VUURTOREN",),
    ),
    SyntheticRegion(
        "XR-VEENKANT",
        "Veenkant",
        202,
        {
            "XG-VEENDORP": 96_000,
            "XG-TURFMEER": 71_000,
            "XG-BROEKVAART": 48_000,
            "XG-WIEKSLOOT": 22_000,
            "XG-HOOGBRUG": 9_000,
            "XG-KLEINVEEN": 4_000,
        },
        diabetes=1.15,
        hba1c=0.72,
        flu=0.51,
        emergency=1.1,
        costs=1.06,
    ),
    SyntheticRegion(
        "XR-HEUVELZOOM",
        "Heuvelzoom",
        303,
        {
            "XG-HEUVELEN": 89_500,
            "XG-MERGELSTAD": 61_000,
            "XG-BEEKDAL": 39_000,
            "XG-ZUIDBERG": 18_000,
            "XG-BOSRAND": 2_500,
        },
        diabetes=0.92,
        hba1c=0.83,
        flu=0.6,
        emergency=0.9,
        costs=0.97,
    ),
)


def write_region(folder: Path, region: SyntheticRegion, scale: float = DEFAULT_SCALE) -> Truth:
    """Write one region's extracts and a mapping file per source into a folder, and return the truth.

    Files: gemeente.csv, huisarts_*.csv, ziekenhuis_*.csv, verzekeraar_*.csv, apotheek.csv, enquete.csv and
    {gemeente,huisarts,ziekenhuis,verzekeraar,apotheek,enquete}.yaml. About one row in a hundred is dirty, in addition
    to a sound row, so that the truth does not depend on it.
    """
    rng = np.random.default_rng(region.seed)
    folder.mkdir(parents=True, exist_ok=True)
    people = draw_people(rng, region.municipalities, scale)
    diagnoses, diabetic = synthetic_care.diagnoses(rng, people, region.diabetes)
    measurements, measured = synthetic_care.hba1c(rng, people, diabetic, region.hba1c)
    vaccinations = synthetic_care.flu(rng, people, region.flu)
    contacts = synthetic_care.gp_contacts(rng, people, diabetic)
    admissions, acute = synthetic_care.admissions(rng, people)
    emergency = synthetic_care.emergency_visits(rng, people, region.emergency)
    costs, cents = synthetic_care.costs(rng, people, diabetic, region.costs)
    answers, well, prem = synthetic_care.survey(rng, people)

    def delivered(columns: Columns, care: str | None = None) -> Columns:
        return with_organisations(region.seed, people, columns, care, region.one_provider)

    extracts = {
        "gemeente.csv": people.register(),
        "huisarts_diagnoses.csv": diagnoses,
        "huisarts_metingen.csv": measurements,
        "huisarts_vaccinaties.csv": delivered(vaccinations, "huisartsenzorg"),
        "huisarts_contacten.csv": delivered(contacts, "huisartsenzorg"),
        "ziekenhuis_opnames.csv": synthetic_care.with_visitors(rng, delivered(admissions, "ziekenhuiszorg")),
        "ziekenhuis_seh.csv": synthetic_care.with_visitors(rng, delivered(emergency, "ziekenhuiszorg")),
        "verzekeraar_inschrijving.csv": synthetic_care.coverage(people),
        "verzekeraar_declaraties.csv": delivered(costs),
        "enquete.csv": answers,
    }
    written = {name: write_extract(rng, folder / name, columns) for name, columns in extracts.items()}
    rng = np.random.default_rng([region.seed, 1])  # of its own, so that the files above stay what they were
    lifestyle, measured_bmi, obese, smokers = synthetic_chronic.lifestyle(rng, people, diabetic)
    medicines, five = synthetic_chronic.medicines(rng, people)
    later = {
        "huisarts_aandoeningen.csv": synthetic_chronic.conditions(rng, people),
        "huisarts_leefstijl.csv": lifestyle,
        "apotheek.csv": medicines,
    }
    written |= {name: write_extract(rng, folder / name, columns) for name, columns in later.items()}
    synthetic_mappings.write_mappings(folder, people.municipality_codes)
    return Truth(
        persons=people.count,
        persons_by_municipality=_by_municipality(people, np.ones(people.count, dtype=bool)),
        diabetics=int(diabetic.sum()),
        diabetics_by_municipality=_by_municipality(people, diabetic),
        hba1c_measured=int(measured.sum()),
        gp_contacts=len(contacts["bsn"]),
        admissions=len(admissions["bsn"]),
        acute_admissions=acute,
        emergency_visits=len(emergency["bsn"]),
        flu_vaccinated=len(vaccinations["bsn"]),
        respondents=len(answers["bsn"]) // 2,
        feeling_well=well,
        prem_tenths=prem,
        cost_cents=cents,
        bmi_measured=measured_bmi,
        obese=obese,
        smokers=smokers,
        five_medicines=five,
        files=written,
    )


def _by_municipality(people: People, who: synthetic_care.Flags) -> dict[str, int]:
    counted = np.bincount(people.municipality[who], minlength=len(people.areas))
    return dict(zip(people.areas, counted.tolist(), strict=True))
