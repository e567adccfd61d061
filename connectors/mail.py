"""A mail, the server that takes it on, and what can go wrong: what is shared by who writes mails and who sends them."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, Protocol

from schemas.refused import Refused

Security = Literal["starttls", "tls", "none"]
SECURITIES: Final[tuple[Security, ...]] = ("starttls", "tls", "none")
LONGEST_ADDRESS: Final = 254  # characters (RFC 5321, 4.5.3.1.3, without the angle brackets)
# What RFC 5321 calls a dot-string at a domain, in ASCII: no quotes, no comments, no address literals, so that no
# address can hold what means something in a header or a command.
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL: Final = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS: Final = re.compile(rf"(?=[^@]{{1,64}}@){_ATOM}(?:\.{_ATOM})*@(?:{_LABEL}\.)+{_LABEL}")


class AddressWrong(Refused, ValueError):
    """A text that is no e-mail address this program writes to; the sentence does not repeat it."""


class MailMalformed(ValueError):
    """A mail with a line break or another control sign where a header stands: it could add headers of its own."""


class MailDelayed(Refused, ConnectionError):
    """A mail that was not taken on now and may be later; `is_for_all` where no mail at all would have been."""

    def __init__(self, said: str, is_for_all: bool) -> None:
        """Take the sentence, without any address in it."""
        super().__init__(said)
        self.is_for_all = is_for_all


class AddressRefused(LookupError):
    """An address to which the server will not send, now or later."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes mails on; `sender` is what stands under From, `name@example.nl` or `Name <…>`."""

    host: str
    port: int
    security: Security
    sender: str
    user: str | None
    password: str = field(repr=False)
    ca_file: str | None = None


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to one person, in two forms that say the same; it does not print whom it is for or what it says.

    `reference` is the left half of its Message-ID: the same mail sent again has the same. `leave` is where a mail
    program ends the subscription with one request (RFC 8058), None where there is none yet.
    """

    to: str = field(repr=False)
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    reference: str
    leave: str | None = field(repr=False, default=None)


class Mailer(Protocol):
    """What takes mails on."""

    def send(self, mail: Mail) -> None:
        """Hand a mail over; raises MailDelayed, AddressRefused or MailMalformed."""
        ...

    def close(self) -> None:
        """Release the connection."""
        ...


class PasswordUnreadable(ValueError):
    """A password's file that is not there, empty, or open to others; the sentence says what to do."""


def password_in(file: Path) -> str:
    """Return the mail server's password from its file, which only its owner may read; raises PasswordUnreadable."""
    try:
        mode, text = file.stat().st_mode, file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = f"The file {file} of smtp_password_file cannot be read; put the password in it."
        raise PasswordUnreadable(said) from error
    if mode & 0o077:
        raise PasswordUnreadable(f"The password in {file} can be read by others on this machine; run: chmod 600 {file}")
    if not text:
        raise PasswordUnreadable(f"The file {file} of smtp_password_file is empty; put the password in it.")
    return text


def checked_address(text: str) -> str:
    """Return an address without the blanks around it, its domain in small letters; raises AddressWrong."""
    given = text.strip()
    # `=?` would be read as an encoded word, and what it stands for as another address
    if len(given) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(given) or "=?" in given:
        raise AddressWrong("The e-mail address has another form; write it like name@example.nl.")
    name, _, domain = given.rpartition("@")
    return f"{name}@{domain.lower()}"
