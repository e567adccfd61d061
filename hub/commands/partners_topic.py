"""The command that writes to Kafka what partners may read, until it is stopped."""

import logging
import signal
import threading
from pathlib import Path
from typing import Final

import click
from sqlalchemy.exc import SQLAlchemyError

from connectors import allocator, logs
from connectors.database import writing
from connectors.trouble import trouble
from hub.bootstrap import open_partners_topic
from hub.partners_topic import begin_again
from schemas.delivery import TransportUnavailable
from schemas.text import many

from . import options

_log = logging.getLogger(__name__)
_WAIT_SECONDS: Final = 2.0  # before the database or the broker is asked again


@click.command("tell-partners")
@click.option("--once", is_flag=True, help="Write what waits now and end.")
@click.option("--again", is_flag=True, help="Write the whole catalogue once more, for a topic that was lost.")
@options.home
def tell_partners(once: bool, again: bool, home: Path) -> None:
    """Write lessons that partners may read, and what became of them, to their Kafka topic until stopped.

    A broker or database that is away is waited for. Several may run; one of them writes at a time.
    """
    allocator.settle()
    with options.opened(home, migrate=True) as hub:
        stop = threading.Event()
        topic = open_partners_topic(hub)
        if again:
            with writing(hub.engine) as connection:
                click.echo(
                    f"{many(begin_again(connection), 'event is', 'events are')} written once more; readers pass over "
                    "what they "
                    "have."
                )
        if once:
            number = 0
            try:
                while written := topic.write():
                    number += written
            finally:
                topic.close()
            click.echo(f"{many(number, 'event was', 'events were')} written.")
            return
        for told in (signal.SIGINT, signal.SIGTERM):
            signal.signal(told, lambda *_: stop.set())
        logs.set_up()
        try:
            while not stop.is_set():
                try:
                    if not topic.write():
                        stop.wait(_WAIT_SECONDS)
                except TransportUnavailable as outage:
                    _log.warning("%s", outage)
                    stop.wait(_WAIT_SECONDS)
                except SQLAlchemyError as error:  # what was not noted is written again
                    _log.warning("The hub's database: %s It is tried again.", trouble(error).sentence)
                    stop.wait(_WAIT_SECONDS)
        finally:
            topic.close()
