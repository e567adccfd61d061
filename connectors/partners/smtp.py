"""Hand mails over to an SMTP server: over TLS with its certificate checked, and in the clear on this machine only.

Nothing that the server says is passed on but its code: its words may quote an address.
"""

import smtplib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from typing import Any, Final

from connectors.mail import AddressRefused, Mail, MailDelayed, MailMalformed, MailServer, checked_address
from connectors.outside import LOOPBACK

_TIMEOUT_SECONDS: Final = 20.0
# Of a refusal for good, the classes that are about the address itself: RFC 3463, 3.2 and 3.3. The others are about
# this sender, the server or the conversation; nobody is to be left out for those.
_OF_ADDRESSES: Final = (b"5.1.", b"5.2.")


class PlainPasswordRefused(ValueError):
    """A server that would be talked to in the clear over a network."""


class SmtpMailer:
    """One SMTP server; the connection is kept open between mails and made again where it was lost."""

    def __init__(self, server: MailServer, clock: Callable[[], datetime]) -> None:
        """Take the server; nothing is connected yet. Raises PlainPasswordRefused."""
        if server.security == "none" and server.host not in LOOPBACK:
            raise PlainPasswordRefused("Mails and passwords go in the clear on this machine only; choose starttls.")
        self._server, self._clock = server, clock
        self._sender = checked_address(parseaddr(server.sender)[1])
        self._domain = self._sender.rpartition("@")[2]
        self._open: smtplib.SMTP | None = None

    def send(self, mail: Mail) -> None:
        """Hand a mail over and return once the server took it on; raises MailDelayed, AddressRefused or MailMalformed.

        Where the connection breaks at the very end the server may have it all the same; sent again it has the same
        Message-ID.
        """
        message = self._written(mail)
        smtp = self._connected()
        try:
            smtp.send_message(message, self._sender, [mail.to])
        except smtplib.SMTPRecipientsRefused as refused:
            code, said = next(iter(refused.recipients.values()), (0, b""))
            raise _refusal(code, said) from None
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise _delay(error) from None

    def close(self) -> None:
        """End the conversation."""
        smtp, self._open = self._open, None
        if smtp is not None:
            try:
                smtp.quit()
            except (smtplib.SMTPException, OSError):
                smtp.close()

    def _connected(self) -> smtplib.SMTP:
        if self._open is not None and not _listens(self._open):
            self.close()
        if self._open is None:
            self._open = self._connect()
        return self._open

    def _connect(self) -> smtplib.SMTP:
        server = self._server
        smtp: smtplib.SMTP | None = None
        try:
            trust = ssl.create_default_context(cafile=server.ca_file)  # checks the certificate and the name in it
            # this machine's own name is nobody's business
            about: dict[str, Any] = {"local_hostname": self._domain, "timeout": _TIMEOUT_SECONDS}
            if server.security == "tls":
                smtp = smtplib.SMTP_SSL(server.host, server.port, context=trust, **about)
            else:
                smtp = smtplib.SMTP(server.host, server.port, **about)
            if server.security == "starttls":
                smtp.starttls(context=trust)
            if server.user is not None:
                smtp.login(server.user, server.password)
        except (smtplib.SMTPException, OSError) as error:
            if smtp is not None:
                smtp.close()
            raise _delay(error) from None
        return smtp

    def _written(self, mail: Mail) -> EmailMessage:
        message = EmailMessage(SMTP)
        headers = {
            "From": self._server.sender,
            "To": mail.to,
            "Subject": mail.subject,
            "Message-ID": f"<{mail.reference}@{self._domain}>",
            "Auto-Submitted": "auto-generated",
        }
        if mail.leave is not None:
            headers |= {"List-Unsubscribe": f"<{mail.leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
        if not all(text.isprintable() for text in headers.values()):
            raise MailMalformed("A mail's header holds a line break or another control sign; it was not sent.")
        try:
            for name, text in headers.items():
                message[name] = text
            message["Date"] = format_datetime(self._clock())
            message.set_content(mail.text)
            message.add_alternative(mail.html, subtype="html")
        except (MessageError, ValueError, LookupError):
            raise MailMalformed("A mail could not be put into the form of mails; it was not sent.") from None
        return message


def _listens(smtp: smtplib.SMTP) -> bool:
    try:
        return smtp.noop()[0] == 250
    except (smtplib.SMTPException, OSError):
        return False


def _refusal(code: int, said: bytes) -> MailDelayed | AddressRefused:
    is_enhanced = said[:1] == b"5" and said[1:2] == b"."
    if code >= 500 and (not is_enhanced or said.startswith(_OF_ADDRESSES)):
        return AddressRefused(f"The mail server does not send to this address ({code}).")
    return MailDelayed(f"The mail server did not take a mail to this address on ({code}).", is_for_all=False)


def _delay(error: Exception) -> MailDelayed:
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return MailDelayed(
            f"The mail server refuses this user or password ({error.smtp_code}); correct smtp_user and its password.",
            is_for_all=True,
        )
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return MailDelayed("The mail server offers no STARTTLS or no login; correct smtp_security.", is_for_all=True)
    if isinstance(error, smtplib.SMTPSenderRefused):
        said = f"The mail server refuses this sender ({error.smtp_code}); correct smtp_from."
        return MailDelayed(said, is_for_all=True)
    if isinstance(error, smtplib.SMTPDataError):
        return MailDelayed(f"The mail server did not take the mail on ({error.smtp_code}).", is_for_all=False)
    if isinstance(error, ssl.SSLError):
        said = "The mail server showed no certificate that this machine trusts; correct smtp_host or smtp_ca_file."
        return MailDelayed(said, is_for_all=True)
    if isinstance(error, smtplib.SMTPResponseException):
        return MailDelayed(f"The mail server refuses to talk ({error.smtp_code}); see its own log.", is_for_all=True)
    said = "The mail server cannot be reached; start it, or correct smtp_host, smtp_port and smtp_security."
    return MailDelayed(said, is_for_all=True)
