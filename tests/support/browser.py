"""Chromium, controlled by the WebDriver protocol (https://www.w3.org/TR/webdriver2/)."""

import base64
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

__all__ = ["Browser", "browser"]

_PATIENCE = 60  # s


class Browser:
    """A window of the browser."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, address: str) -> None:
        """Go there."""
        self._post("url", {"url": address})

    def text(self) -> str:
        """Return the text of the page."""
        return str(self.run("return document.body.innerText"))

    def wait_for(self, *texts: str) -> str:
        """Wait until the page shows all of `texts`, and return its text."""
        deadline = time.monotonic() + _PATIENCE
        while not all(text in (shown := self.text()) for text in texts):
            assert time.monotonic() < deadline, f"{texts} are not all in:\n{shown}"
            time.sleep(0.2)
        return shown

    def run(self, script: str) -> Any:
        """Run a script, and return its result."""
        return self._post("execute/sync", {"script": script, "args": []})

    def screenshot(self, path: Path) -> None:
        """Keep a picture of the page."""
        answer = requests.get(f"{self._session}/screenshot", timeout=_PATIENCE)
        path.write_bytes(base64.b64decode(answer.json()["value"]))

    def _post(self, what: str, body: dict[str, Any]) -> Any:
        answer = requests.post(f"{self._session}/{what}", json=body, timeout=_PATIENCE).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer


@contextmanager
def browser() -> Iterator[Browser]:
    """Start a headless Chromium. Skip the test if Chromium is not installed."""
    driver = shutil.which("chromedriver")
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if not (driver and chromium):
        pytest.skip("no Chromium with its driver on PATH (Debian: apt-get install chromium chromium-driver)")
    process = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout
        started = next(line for line in process.stdout if "was started successfully on port" in line)
        address = f"http://127.0.0.1:{started.rpartition('port')[2].strip().rstrip('.')}/session"
        # Within a container there is neither a user for Chromium's sandbox nor much shared memory.
        arguments = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1000"]
        options = {"binary": chromium, "args": [*arguments, "--no-proxy-server"]}
        wanted: dict[str, Any] = {
            "capabilities": {"alwaysMatch": {"browserName": "chrome", "goog:chromeOptions": options}}
        }
        session = requests.post(address, json=wanted, timeout=_PATIENCE).json()["value"]
        here = f"{address}/{session['sessionId']}"
        yield Browser(here)
        requests.delete(here, timeout=_PATIENCE)
    finally:
        process.terminate()
        process.wait()
