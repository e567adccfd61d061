"""A small public table with its mapping and who lies where, for a region that takes its rows over."""

from typing import Any, Final

import yaml

from tests.support.small_region import CODE

TABLE: Final = (
    f"RegioS;Roken;Bewegen\n{CODE};18.4;61.0\nGM0518;17.0;60.2\nGM1916;19.9;\nGM0363;15.5;64.0\nNL01;16.0;63.0\n"
).encode()
MEMBERS: Final = f"gemeente;regio\nGM0518;{CODE}\nGM1916;{CODE}\nGM0363;XR-ELDERS\n{CODE};{CODE}\n".encode()
MAPPING: Final[dict[str, Any]] = {
    "separator": ";", "encoding": "utf-8", "area_column": "RegioS", "no_area": ["NL01"], "filters": {},
    "period": "2024", "division_year": 2024, "decimals": 1, "owner": "GGD'en, CBS en RIVM",
    "table": "Gezondheidsmonitor 2024", "url": "https://example.org", "licence": "CC BY 4.0",
    "retrieved_on": "2025-09-22",
    "membership": {"file": "leden.csv", "separator": ";", "encoding": "utf-8", "area_column": "gemeente",
                   "region_column": "regio"},
    "values": {"Roken": "jv24.rookt_tabak_75", "Bewegen": "jv24.beweegt_min5_dagen_pw_min_half_uur_65"},
}  # fmt: skip


def mapping(**changed: Any) -> bytes:
    """Return the mapping as a file, with other values where asked."""
    return yaml.safe_dump({**MAPPING, **changed}, allow_unicode=True).encode()
