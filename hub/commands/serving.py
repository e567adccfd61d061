"""Commands that keep running until stopped: pages, API and intake over HTTP, intake from a broker."""

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import click
from prometheus_client import CollectorRegistry, write_to_textfile
from sqlalchemy.exc import SQLAlchemyError

from connectors import allocator, logs
from connectors.files import in_use
from connectors.streams.server import create_server, make_room
from connectors.trouble import of_file, trouble
from hub import schedule
from hub.api.streams import Streams
from hub.bootstrap import application, open_mailer, open_poster, open_receiver
from hub.metrics import IntakeMetrics, ReceivingMetrics, StoreMetrics
from hub.serving.subscriptions import check_ports
from schemas.delivery import TransportUnavailable
from schemas.receipt import Answer
from schemas.refused import Refused

from . import options

_log = logging.getLogger(__name__)
_FINISH_SECONDS: Final = 20  # that running requests get when the hub is told to stop
_LONGEST_IN_MEMORY: Final = 4 * 1024 * 1024  # bytes of an answer; longer ones go by way of a file
_WAIT_SECONDS: Final = 1.0  # before the broker or the database is asked again
_STATUS_SECONDS: Final = 5.0
_OLDEST_STATUS: Final = 60.0  # seconds; a receiver that says nothing for longer hangs


class NotReceiving(Refused, RuntimeError):
    """A receiver that is not running, or cannot reach its broker or database."""


@click.command()
@click.option("--host", help="The address to listen on, instead of the setting.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port, instead of the setting.")
@options.home
def serve(host: str | None, port: int | None, home: Path) -> None:
    """Serve the hub over HTTP until stopped; then running requests are finished and it ends with 0."""
    allocator.settle()
    with options.opened(home, migrate=True) as hub, in_use(home / "serve.lock"):
        with hub.engine.connect() as connection:
            check_ports(connection, hub.settings.webhook_hosts)
        chosen = hub.settings.port if port is None else port
        sockets: dict[int, Any] = {}
        app = application(hub)
        streams = Streams(app)
        try:
            server = create_server(
                app,
                streams.hall,
                map=sockets,
                host=host or hub.settings.host,
                port=chosen,
                threads=8,
                outbuf_overflow=_LONGEST_IN_MEMORY,
                ident="",
                max_request_body_size=17 * 1024 * 1024,
                clear_untrusted_proxy_headers=False,  # hub.api.proxies knows which to believe
            )
        except OSError as error:
            raise click.ClickException(
                f"Port {chosen} cannot be listened on; stop what uses it, or use --port."
            ) from error
        logs.set_up()
        if not make_room(hub.settings.stream_readers):
            _log.warning("This process may open too few files for stream_readers; raise its limit of open files.")
        _when_told_to_stop(lambda: _stop_listening(sockets))
        click.echo(f"The hub listens on http://{server.effective_host}:{server.effective_port}/")
        sys.stdout.flush()
        clock_work = schedule.start(hub, open_poster(hub), open_mailer(hub))
        _keep_what_is_there()
        streams.open()
        try:
            server.run()
            streams.close()
            server.task_dispatcher.shutdown(cancel_pending=True, timeout=_FINISH_SECONDS)
        finally:
            streams.close()
            server.close()
            clock_work.shutdown(wait=True)


@click.command()
@click.option("--status", type=click.Path(path_type=Path), help="A file to keep metrics in, for `receiving` to read.")
@options.home
def receive(status: Path | None, home: Path) -> None:
    """Receive what regions send over Kafka until stopped; a broker or database that is away is waited for."""
    allocator.settle()
    with options.opened(home, migrate=True) as hub, in_use(home / "receive.lock"):
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        registry = CollectorRegistry()
        intake, receiving = IntakeMetrics(registry), ReceivingMetrics(registry)
        registry.register(StoreMetrics(hub))
        told = 0.0

        def tell(broker_is_up: bool) -> None:
            nonlocal told
            receiving.seen(broker_is_up)
            if status is not None and time.monotonic() - told > _STATUS_SECONDS:
                told = time.monotonic()
                _write_status(status, registry)

        def taken(answers: Sequence[Answer], seconds: float) -> None:
            intake.count(answers)
            intake.took(seconds)

        receiver = open_receiver(hub, taken=taken)
        logs.set_up()
        try:
            while not stop.is_set():
                try:
                    receiver.receive()
                    tell(broker_is_up=True)
                except TransportUnavailable as outage:
                    _log.warning("%s", outage)
                    tell(broker_is_up=False)
                    stop.wait(_WAIT_SECONDS)
                except SQLAlchemyError as error:  # what was not kept is read again
                    _log.warning("The hub's database: %s It is tried again.", trouble(error).sentence)
                    tell(broker_is_up=True)
                    stop.wait(_WAIT_SECONDS)
        finally:
            receiver.close()


@click.command()
@click.argument("status", type=click.Path(path_type=Path))
def receiving(status: Path) -> None:
    """Say whether the receiver that writes STATUS is alive and reaches broker and database; exit 1 if not."""
    try:
        age, text = time.time() - status.stat().st_mtime, status.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotReceiving(f"{status} is not there; start: python -m hub receive --status {status}") from error
    if age > _OLDEST_STATUS:
        raise NotReceiving(f"The receiver has said nothing for {age:.0f} s; stop it and start it again.")
    for name in ("broker", "database"):
        if f"regiohelix_hub_{name}_up 1.0" not in text:
            raise NotReceiving(f"The receiver cannot reach its {name}; see its log.")
    click.echo("The receiver is at work.")


def _write_status(status: Path, registry: CollectorRegistry) -> None:
    """Write the status; where it cannot be written, intake goes on and `receiving` says that it is old."""
    try:
        write_to_textfile(os.fspath(status), registry)
    except OSError as error:
        _log.warning("The status was not written. %s", of_file(error))


def _keep_what_is_there() -> None:
    """Let the collector of garbage look no more at what was made until now, which stays as long as the process does.

    To look at all of it takes a tenth of a second, in which every reader waits.
    """
    gc.collect()
    gc.freeze()


def _when_told_to_stop(act: Callable[[], None]) -> None:
    def stop(*_: Any) -> None:
        act()
        raise SystemExit(0)

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)


def _stop_listening(sockets: dict[int, Any]) -> None:
    """Take no new connection; those that are open finish what runs."""
    for one in list(sockets.values()):
        if getattr(one, "accepting", False):
            one.del_channel()
            one.socket.close()
