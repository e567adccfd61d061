"""Forms with files as browsers send them: read byte by byte as they were, and refused where they are not whole."""

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.web.desk.bodies import BodyUnfit, FilesTooLarge, SentFile, form_of

HEAD = 'Content-Disposition: form-data; name="{}"'


def sent(body: bytes, boundary: str = "----WebKitFormBoundaryx7", length: int | None = None) -> dict[str, Any]:
    return {
        "CONTENT_TYPE": f"multipart/form-data; boundary={boundary}", "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body) if length is None else length),
    }  # fmt: skip


def parts(*made: tuple[str, bytes], boundary: str = "----WebKitFormBoundaryx7") -> bytes:
    """Return a body as Chromium and Firefox write it."""
    between = f"--{boundary}".encode()
    return b"".join(between + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in made) + (
        between + b"--\r\n"
    )


def file_head(field: str, name: str) -> str:
    return f'{HEAD.format(field)}; filename="{name}"\r\nContent-Type: text/csv'


@given(st.binary(max_size=2000))
def test_a_file_comes_in_byte_by_byte(content: bytes) -> None:
    body = parts((HEAD.format("csrf"), b"mark"), (file_head("table", "a.csv"), content))
    fields, files = form_of(sent(body))
    assert fields == {"csrf": ["mark"]}
    assert files == {"table": SentFile("a.csv", content)}


def test_words_have_plain_line_ends_folders_fall_off_and_no_file_is_none() -> None:
    body = parts(
        (HEAD.format("text"), "één\r\ntwee".encode()), (HEAD.format("text"), b"drie"),
        (file_head("table", "C:\\werk\\tabel één.csv"), b"a\r\nb"), (file_head("members", ""), b""),
    )  # fmt: skip
    fields, files = form_of(sent(body))
    assert fields == {"text": ["één\ntwee", "drie"]}
    assert files == {"table": SentFile("tabel één.csv", b"a\r\nb")}


def test_what_looks_like_a_boundary_within_a_file_is_the_files_own() -> None:
    content = b"--b\r\nx--b\r\n-b"
    fields, files = form_of(sent(parts((file_head("table", "a.csv"), content), boundary="bb"), "bb"))
    assert (fields, files["table"].content) == ({}, content)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x--b--\r\n", parts((HEAD.format("a"), b"x"), boundary="b")[:-6],
        b"--b\r\n" + HEAD.format("a").encode() + b"\r\nx\r\n--b--\r\n", b"--b\r\nX: y\r\n\r\nx\r\n--b--\r\n",
        parts((HEAD.format("a"), b"\xff"), boundary="b"), parts(*[(HEAD.format("a"), b"x")] * 60, boundary="b"),
        b"--bx\r\n" + HEAD.format("a").encode() + b"\r\n\r\nx\r\n--b--\r\n",
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(body: bytes) -> None:
    with pytest.raises(BodyUnfit):
        form_of(sent(body, "b"))


def test_a_boundary_that_is_none_and_a_body_that_is_shorter_than_it_says_are_refused() -> None:
    body = parts((HEAD.format("a"), b"x"), boundary="b")
    for unfit in (sent(body, ""), sent(body, "b", len(body) + 1), sent(body, '"' + "b" * 90 + '"')):
        with pytest.raises(BodyUnfit):
            form_of(unfit)


def test_what_is_too_large_is_read_away_up_to_a_bound_and_never_kept() -> None:
    class Endless(io.RawIOBase):
        taken = 0

        def read(self, size: int = -1) -> bytes:
            self.taken += size
            return b"x" * size

    endless = Endless()
    asked = {"CONTENT_TYPE": "multipart/form-data; boundary=b", "wsgi.input": endless, "CONTENT_LENGTH": "9" * 11}
    with pytest.raises(FilesTooLarge):
        form_of(asked)
    assert endless.taken == 64 * 1024**2
