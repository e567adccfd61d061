"""Commands that keep running until stopped: pages, API and intake over HTTP, intake from a broker."""

import signal
import sys
import threading
from pathlib import Path

import click
import waitress

from hub.bootstrap import application, open_receiver

from . import options


@click.command()
@click.option("--host", help="The address to listen on, instead of the setting.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port, instead of the setting.")
@options.home
def serve(host: str | None, port: int | None, home: Path) -> None:
    """Serve the hub over HTTP until stopped."""
    with options.opened(home, migrate=True) as hub:
        chosen = hub.settings.port if port is None else port
        try:
            server = waitress.create_server(
                application(hub),
                host=host or hub.settings.host,
                port=chosen,
                threads=8,
                ident="",
                max_request_body_size=17 * 1024 * 1024,
                clear_untrusted_proxy_headers=False,  # hub.api.proxies knows which to believe
            )
        except OSError as error:
            raise click.ClickException(
                f"Port {chosen} cannot be listened on; stop what uses it, or use --port."
            ) from error
        click.echo(f"The hub listens on http://{server.effective_host}:{server.effective_port}/")
        sys.stdout.flush()
        try:
            server.run()
        finally:
            server.close()


@click.command()
@options.home
def receive(home: Path) -> None:
    """Receive what regions send over Kafka until stopped."""
    with options.opened(home, migrate=True) as hub:
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stop.set())
        open_receiver(hub).run(stop)
