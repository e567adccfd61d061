"""The sets' own figures of many indicators at once, as each of their comparisons would show them now."""

from collections.abc import Hashable, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from hub import tables
from hub.comparison import Reference, Withheld
from hub.comparison.compare import FEWEST_REGIONS, referred
from hub.serving.figures import Latest, latest
from hub.serving.marks import Mark, by_place
from hub.serving.remembered import remembered
from hub.serving.totals import Totals
from schemas.catalogue import catalogue
from schemas.codes import Audience
