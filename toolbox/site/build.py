"""Building the site, and showing it to who writes it."""

import sys
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import click
from watchfiles import watch

from toolbox.checkout import DATA, ROOT
from toolbox.dev.address import listen
from toolbox.errors import ToolboxError
from toolbox.processes import run
from toolbox.site.stage import stage


def build(root: Path = ROOT, data: Path = DATA) -> Path:
    """Make the site of a checkout in its folder of data, and return its front page.

    Raises:
        ToolboxError: a page has a fault, as a link that leads nowhere; Sphinx has told of each.
    """
    pages, site = data / "site-pages", data / "site"
    stage(root, pages)
    options = ["--fail-on-warning", "--keep-going", "--quiet"]
    where = [f"--conf-dir={root / 'docs'}", f"--doctree-dir={data / 'site-cache'}"]
    if run([sys.executable, "-m", "sphinx", *options, *where, str(pages), str(site)]) != 0:
        raise ToolboxError(
            f"The pages have faults, which are named above. Those in {pages.name} are copies: "
            "mend the page of the same name in docs/, or README.md where it is index.md."
        )
    return site / "index.html"


def serve(port: int) -> None:
    """Show the site on loopback until Ctrl-C, and build it again whenever a page changes."""
    site = _try_to_build()
    with listen(port) as listener, suppress(KeyboardInterrupt):
        address = listener.getsockname()
        server = ThreadingHTTPServer(
            address, partial(_Quiet, directory=site), bind_and_activate=False
        )
        server.socket = listener
        Thread(target=server.serve_forever, daemon=True).start()
        click.echo("The site: http://{}:{}; Ctrl-C ends it.".format(*address))
        for _ in watch(ROOT / "docs", ROOT / "README.md", raise_interrupt=True):
            _try_to_build()


class _Quiet(SimpleHTTPRequestHandler):
    """Serves files, and does not tell of each."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _try_to_build() -> Path:
    """Build, and return the site's folder; a fault is told, for who is about to mend it."""
    try:
        build()
    except ToolboxError as exc:
        click.echo(exc, err=True)
    return DATA / "site"
