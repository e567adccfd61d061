"""A keyed hash over the rows of a source as they were read, so that the same extract is known when it comes again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pyarrow as pa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from connectors.sources.batch import RawBatch

_PURPOSE: Final = b"content of a source:"


class ContentHash:
    """Takes in batches; equal rows in equal order give an equal hash, however they were cut into batches.

    HMAC-SHA256 under the node's pseudonym key, since whoever has a small extract's plain hash could guess its rows.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._columns: dict[tuple[str, str, str], tuple[hashlib._Hash, hashlib._Hash]] = {}

    def __repr__(self) -> str:
        return "ContentHash()"

    def take(self, batch: RawBatch) -> None:
        """Take in the texts of one batch, and the places of the rows that are not in it."""
        for name in batch.table.column_names:
            if name != "row":
                self._add((batch.file, batch.record, name), batch.table.column(name))
        refused = [f"{row}" for row in batch.malformed] + [f"{one.row} {one.column}" for one in batch.refused]
        self._add((batch.file, batch.record, "(refused)"), pa.chunked_array([pa.array(refused, pa.string())]))

    def take_objections(self, pseudonyms: Iterable[bytes]) -> None:
        """Take in who is left out, since that changes what the same rows come to."""
        texts = [pseudonym.hex() for pseudonym in sorted(pseudonyms)]
        self._add(("", "", "(objections)"), pa.chunked_array([pa.array(texts, pa.string())]))

    def hex(self) -> str:
        """Return the hash over all that was taken in, as 64 hexadecimal digits."""
        keyed = HMAC(self._key, SHA256())
        keyed.update(_PURPOSE)
        for place, (lengths, texts) in sorted(self._columns.items(), key=lambda item: item[0]):
            keyed.update("\x1f".join(place).encode() + lengths.digest() + texts.digest())
        return keyed.finalize().hex()

    def _add(self, place: tuple[str, str, str], column: pa.ChunkedArray[Any]) -> None:
        lengths, texts = self._columns.setdefault(place, (hashlib.sha256(), hashlib.sha256()))
        for chunk in column.chunks:
            array: Any = chunk.fill_null("").cast(pa.large_string())
            if not len(array):
                continue
            _, ends, data = array.buffers()
            offsets = np.frombuffer(ends, np.int64)[array.offset : array.offset + len(array) + 1]
            lengths.update(np.diff(offsets).tobytes())  # so that no two series of texts are alike
            if data is not None:
                texts.update(memoryview(data)[int(offsets[0]) : int(offsets[-1])])
