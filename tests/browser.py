"""A real Chromium for the tests of the page, and a plain web server."""

import os
import shutil
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Error, expect, sync_playwright

QUIET = (
    *("--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"),
    *("--disable-gpu", "--disable-dev-shm-usage"),
    *(["--no-sandbox"] if getattr(os, "geteuid", lambda: 1)() == 0 else []),
)
PATIENCE = 120_000  # milliseconds, for a machine that has much else to do
NO_BROWSER = "no Chromium here: apt-get install chromium, or .venv/bin/playwright install chromium"


@contextmanager
def chromium():
    """The system's Chromium or Chrome, else Playwright's own. Without one the tests are skipped, but fail where CI is set."""
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next(filter(None, map(shutil.which, names)), None)
    with sync_playwright() as player:
        try:
            browser = player.chromium.launch(executable_path=path, args=QUIET)
        except Error:
            if os.environ.get("CI"):
                pytest.fail(NO_BROWSER)
            pytest.skip(NO_BROWSER)
        expect.set_options(timeout=PATIENCE)
        yield browser
        browser.close()


class Handler(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *words):
        pass


@contextmanager
def served(folder):
    """The address of a web server, on this machine only, whose root is a folder."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
