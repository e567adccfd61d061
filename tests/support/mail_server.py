"""A real SMTP server on this machine, which keeps what it takes on and refuses what a test tells it to."""

import email
import email.policy
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from connectors.mail import MailServer, Security
from tests.support.kafka.certificates import write_stores

USER, PASSWORD = "hub", "a mail password of this test"


class Letterbox:
    """What came, with the addresses it was for; `refusing` are answers to give to some addresses instead."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to: list[str] = []
        self.refusing: dict[str, str] = {}
        self.refusing_all = ""
        self.logins = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take an address, or refuse it."""
        if address in self.refusing:
            return self.refusing[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Keep a mail, or refuse all."""
        if self.refusing_all:
            return self.refusing_all
        parsed = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.to += envelope.rcpt_tos
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Let in who knows the password."""
        self.logins += 1
        known = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=known, handled=False)


class _AnyPort(Controller):
    """Listens on whichever port is free, and looks for itself there."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(
    folder: Path, security: Security = "none", user: str | None = None, password: str = PASSWORD
) -> Iterator[tuple[Letterbox, MailServer]]:
    """Run a server until the block ends; gives what it keeps and how it is reached."""
    box, more = Letterbox(), dict[str, Any]()
    ca_file: Path | None = None
    if security != "none":
        store, ca_file = write_stores(folder)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(store)
        more = (
            {"tls_context": context, "require_starttls": True} if security == "starttls" else {"ssl_context": context}
        )
    if user is not None:
        more |= {"authenticator": box.check, "auth_required": True, "auth_require_tls": security == "starttls"}
    controller = _AnyPort(box, hostname="127.0.0.1", port=0, **more)
    controller.start()
    authority = None if ca_file is None else str(ca_file)
    sender = "Regiohelix <digest@example.nl>"
    shown = MailServer("localhost", controller.port, security, sender, user, password, authority)
    try:
        yield box, shown
    finally:
        controller.stop()


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    """Return one form of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())
