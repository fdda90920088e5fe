#!/usr/bin/env python3
"""Stop this notebook instance when no kernel or terminal has worked for a number of seconds.

Runs every few minutes on the notebook instance, by the system's own Python.
"""

import argparse
import datetime
import json
import ssl
import subprocess
import urllib.request
from pathlib import Path
from typing import Any


def ask(server: str, path: str) -> Any:
    """Return the response of this instance's Jupyter server."""
    context = ssl.create_default_context()
    context.check_hostname = False  # Jupyter's own certificate, on loopback
    context.verify_mode = ssl.CERT_NONE
    address = f"{server}/api/{path}"
    with urllib.request.urlopen(address, context=context, timeout=10) as answer:  # noqa: S310 - https, on loopback
        return json.load(answer)


def moment(text: str) -> datetime.datetime:
    """Return the time that Jupyter writes as `2026-11-30T12:00:00.000000Z`."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def last_activity(server: str) -> "datetime.datetime | None":
    """Return when something last worked; None while a kernel is busy."""
    moments = [moment(ask(server, "status")["started"])]
    for session in ask(server, "sessions"):
        if session["kernel"]["execution_state"] == "busy":
            return None
        moments.append(moment(session["kernel"]["last_activity"]))
    moments += [moment(terminal["last_activity"]) for terminal in ask(server, "terminals")]
    return max(moments)


def main() -> None:
    """Stop the instance if it is idle."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("idle_seconds", type=float)
    parser.add_argument("region")
    parser.add_argument("--server", default="https://localhost:8443")
    parser.add_argument("--metadata", type=Path, default=Path("/opt/ml/metadata/resource-metadata.json"))
    given = parser.parse_args()
    last = last_activity(given.server)
    now = datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017 - the system's Python is 3.9
    if last is None or (now - last).total_seconds() <= given.idle_seconds:
        return
    name = json.loads(given.metadata.read_text(encoding="utf-8"))["ResourceName"]
    stop = ["aws", "sagemaker", "stop-notebook-instance", "--notebook-instance-name", name]
    subprocess.run([*stop, "--region", given.region], check=True)


if __name__ == "__main__":
    main()
