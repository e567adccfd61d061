"""Unique identifiers first, then a join: what pseudonyms cost beside a hash per row."""

import hmac
import time

import numpy as np
import pyarrow as pa
import pytest
from stdnum.nl import bsn

from connectors.sources.synthetic_people import valid_numbers
from node.records.pseudonymise import Pseudonymiser, pseudonymise
from tests.support.sources import KEY

BATCH = 131_072
PERSONS, ROWS = 300_000, 20_000_000
SAMPLE = 400_000  # rows that the naive loop is timed on


@pytest.mark.nightly
def test_twenty_million_rows_cost_a_fraction_of_a_hash_per_row() -> None:
    random = np.random.default_rng(1)
    numbers = np.array([str(number) for number in valid_numbers(random, PERSONS)])
    pseudonymiser, spent = Pseudonymiser(KEY, "bsn", "gp"), 0.0
    for first in range(0, ROWS, BATCH):
        drawn = numbers[random.integers(0, PERSONS, min(BATCH, ROWS - first))]
        table = pa.table({"row": pa.array(np.arange(len(drawn))), "person_id": pa.array(drawn)})
        started = time.process_time()
        done = pseudonymise(table, pseudonymiser)
        spent += time.process_time() - started
    assert done["pseudonym"][0].as_py() == hmac.digest(KEY, f"bsn:{drawn[0]}".encode(), "sha256")
    rows = [str(one) for one in numbers[random.integers(0, PERSONS, SAMPLE)]]
    started = time.process_time()
    naive = [hmac.digest(KEY, f"bsn:{bsn.compact(one)}".encode(), "sha256") for one in rows if bsn.is_valid(one)]
    each = (time.process_time() - started) / len(naive)
    print(f"{ROWS:,} rows: {spent:.1f} CPU s joined, {each * ROWS:.1f} CPU s in a loop")
    assert spent < each * ROWS / 3
