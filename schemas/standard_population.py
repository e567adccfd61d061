"""The European Standard Population 2013: what nodes and hubs weigh age bands by.

Source: Eurostat, Revision of the European Standard Population (2013), both sexes, 19 age groups. Of the last group it
says no ages apart. Who spreads a group's weight over its years has to choose for that one: the hub keeps 90 and over
together (`hub.comparison.standards`); a node gives its weight to 90-94 (`node.indicators.standardised`), so that a
band that begins at 90 or ends with life has it whole.
"""

from typing import Final

ESP2013: Final = (
    5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000,
)  # fmt: skip
ESP2013_YEARS: Final = 5  # of every group but the last: they begin at 0, 5, 10, ..., 90
