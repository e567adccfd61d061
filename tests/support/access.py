"""A hub that serves real HTTP in this process, its clock in the test's hand, and a browser to visit it with."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select

from connectors.database import writing
from hub.bootstrap import application, make_hub
from hub.config import Hub
from hub.identity import accounts
from hub.tables import audit_log
from tests.support.served import served

PASSWORD = "weinig mensen lezen dit"
FORM = re.compile(r'name="csrf" value="([0-9a-f]{64})"')


class Clock:
    """Real time, and further on where a test says so."""

    def __init__(self) -> None:
        self.ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **by: float) -> None:
        self.ahead += timedelta(**by)


@dataclass
class ServedHub:
    """A hub, where it is reached, and its clock."""

    hub: Hub
    url: str
    clock: Clock

    def add(self, name: str, *roles: str, email: str = "", password: str | None = PASSWORD) -> None:
        with writing(self.hub.engine) as connection:
            accounts.add_account(connection, name, email or f"{name}@example.nl", roles, self.clock())
            if password is not None:
                accounts.set_password(connection, name, password, self.clock(), "test")

    def writing(self, act: Callable[..., Any], *arguments: object) -> Any:
        with writing(self.hub.engine) as connection:
            return act(connection, *arguments, self.clock())

    def log(self) -> list[tuple[str, str, str]]:
        with self.hub.engine.connect() as connection:
            rows = connection.execute(select(audit_log).order_by(audit_log.c.position)).all()
        return [(row.actor, row.action, row.detail) for row in rows]

    def browser(self) -> "Browser":
        return Browser(self.url)


class Browser:
    """A browser without script: it keeps cookies, follows redirects, and sends forms from the page they stand on."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.headers["Accept"] = "text/html,application/xhtml+xml"

    def get(self, path: str) -> requests.Response:
        return self.http.get(path if "://" in path else self.url + path, timeout=30)

    def send(self, page: str, action: str, fields: Mapping[str, str | Sequence[str]]) -> requests.Response:
        found = FORM.search(self.get(page).text)
        assert found, f"{page} holds no form"
        return self.http.post(self.url + action, data={"csrf": found[1], "lang": "en", **fields}, timeout=30)

    def sign_in(self, name: str, password: str = PASSWORD) -> requests.Response:
        return self.send("/sign-in", "/session", {"name": name, "password": password})

    def who(self) -> dict[str, Any]:
        found: dict[str, Any] = self.http.get(f"{self.url}/api/v1/session", timeout=30).json()
        return found


@contextmanager
def serving(folder: Path, database: str | None = None, **environ: str) -> Iterator[ServedHub]:
    """Serve a new hub on this machine until the block ends; `database` takes the place of SQLite."""
    settings = {f"REGIOHELIX_HUB_{name.upper()}": value for name, value in environ.items()}
    if database is not None:
        settings["REGIOHELIX_HUB_DATABASE"] = database
    clock, home = Clock(), folder / "hub"
    with served(lambda environ, start: current(environ, start)) as port:
        url = f"http://localhost:{port}"
        made = make_hub(home, {"REGIOHELIX_HUB_PUBLIC_URL": url, **settings})
        hub = replace(made, clock=clock)
        current = application(hub).wsgi_app
        try:
            yield ServedHub(hub, url, clock)
        finally:
            made.engine.dispose()
