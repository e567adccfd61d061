"""The command that serves questionnaires to those who were invited, and how pages are served until told to stop."""

import signal
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any

import click

from connectors import logs
from node.bootstrap import now, open_page_server
from node.web.application import application

from . import options


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="The port.")
@options.home
def serve(host: str, port: int, home: Path) -> None:
    """Serve the questionnaires of open rounds by invitation link; put a web server with TLS in front of it."""
    with options.opened(home) as node:
        keep_serving(host, port, application(node.engine, now), "Questionnaires are served on")


def keep_serving(host: str, port: int, pages: Any, told: str, patience: float | None = None) -> None:
    """Serve a WSGI application until a signal to stop; `patience` are seconds for a request of somebody known."""
    try:
        server = open_page_server(host, port, pages, patience)
    except OSError as error:
        raise click.ClickException(f"Port {port} cannot be listened on; stop what uses it, or use --port.") from error
    logs.set_up()

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()  # it waits for the loop that this handler interrupts

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    click.echo(f"{told} http://{host}:{server.server_address[1]}/")
    sys.stdout.flush()
    try:
        server.serve_forever()
    finally:
        server.server_close()
