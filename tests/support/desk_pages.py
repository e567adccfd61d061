"""The desk's pages in one process: people invited and signed in, each with a client of their own."""

import io
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from lxml import html
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import Client, TestResponse, stream_encode_multipart

from connectors.database import writing
from node.audit import AuditEntry
from node.bootstrap import Node
from node.commands.desk_pages import desk_of
from node.web.desk import accounts
from node.web.desk.accounts import Role
from node.web.desk.application import application
from tests.support.small_region import NOW

PASSPHRASE = "vier losse gewone woorden"


@dataclass
class Person:
    """Somebody at the desk, with the mark that their forms carry."""

    client: Client
    csrf: str = field(repr=False)

    def get(self, path: str) -> Any:
        """Return a page that is there."""
        answer = self.client.get(path)
        assert answer.status_code == 200, (path, answer.status, text_of(answer))
        return html.fromstring(answer.get_data(as_text=True))

    def post(self, path: str, **fields: str | list[str]) -> TestResponse:
        """Send a form."""
        return self.client.post(path, data={"csrf": self.csrf, **fields})

    def send(self, path: str, files: dict[str, tuple[str, bytes]], **fields: str) -> TestResponse:
        """Send a form with files: under each field the file's name and its bytes."""
        sent = {field: FileStorage(io.BytesIO(content), name) for field, (name, content) in files.items()}
        values = MultiDict[str, Any]({"csrf": self.csrf, **fields, **sent})
        body, _, boundary = stream_encode_multipart(values, use_tempfile=False)  # a file of its own stays open
        return self.client.post(path, data=body.read(), content_type=f"multipart/form-data; boundary={boundary}")


def invited(node: Node, name: str, role: Role, organisation: str = "", at: datetime = NOW) -> str:
    """Return the path of an invitation's link."""
    with writing(node.engine) as connection:
        entry = AuditEntry("operator", "desk.invited", name, at)
        return f"/join/{accounts.invite(connection, name, role, organisation, 72, entry)[1]}"


def pages(node: Node, url: str = "", clock: Any = lambda: NOW, **doors: Any) -> Any:
    """Return the application over a node, whose clock stands at NOW; `doors` replace those of its desk."""
    return application(replace(desk_of(node, url), clock=clock, **doors))


def joined(node: Node, name: str, role: Role, organisation: str = "", app: Any = None) -> Person:
    """Invite somebody, and let them join with a passphrase."""
    client = Client(pages(node) if app is None else app)
    path = invited(node, name, role, organisation)
    assert client.post(path, data={"passphrase": PASSPHRASE, "again": PASSPHRASE}).status_code == 303
    return _at_the_desk(client)


def person(node: Node, name: str, role: Role, organisation: str = "", app: Any = None) -> Person:
    """Return somebody with a session, without the tenth of a second that a passphrase takes."""
    client = Client(pages(node) if app is None else app)
    with writing(node.engine) as connection:
        entry = AuditEntry(name, "desk.invited", name, NOW)
        account, _ = accounts.invite(connection, name, role, organisation, 72, entry)
        client.set_cookie("desk", accounts.begin_session(connection, account, entry))
    return _at_the_desk(client)


def _at_the_desk(client: Client) -> Person:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get("/").get_data(as_text=True))
    assert found is not None
    return Person(client, found[1])


def text_of(answer: TestResponse) -> str:
    """Return what a page says, without its markup."""
    return " ".join(html.fromstring(answer.get_data(as_text=True) or "<p></p>").text_content().split())
