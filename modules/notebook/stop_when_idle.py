#!/usr/bin/env python3
"""Stop this notebook instance when no kernel or terminal has worked for a number of seconds.

Arguments: the seconds, and the region. Runs every few minutes, by the system's own Python, on the notebook instance.
"""

import datetime
import json
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

_METADATA = Path("/opt/ml/metadata/resource-metadata.json")


def ask(path: str) -> Any:
    """Return what the Jupyter server of this instance answers."""
    context = ssl.create_default_context()
    context.check_hostname = False  # Jupyter's own certificate, on loopback
    context.verify_mode = ssl.CERT_NONE
    with urllib.request.urlopen(f"https://localhost:8443/api/{path}", context=context, timeout=10) as answer:
        return json.load(answer)


def moment(text: str) -> datetime.datetime:
    """Return the time that Jupyter writes as `2026-11-30T12:00:00.000000Z`."""
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def last_activity() -> "datetime.datetime | None":
    """Return when something last worked; None while a kernel is busy."""
    moments = [moment(ask("status")["started"])]
    for session in ask("sessions"):
        if session["kernel"]["execution_state"] == "busy":
            return None
        moments.append(moment(session["kernel"]["last_activity"]))
    moments += [moment(terminal["last_activity"]) for terminal in ask("terminals")]
    return max(moments)


def main(idle_seconds: float, region: str) -> None:
    """Stop the instance if it is idle."""
    last = last_activity()
    now = datetime.datetime.now(datetime.timezone.utc)  # noqa: UP017 - the system's Python is 3.9
    if last is None or (now - last).total_seconds() <= idle_seconds:
        return
    name = json.loads(_METADATA.read_text(encoding="utf-8"))["ResourceName"]
    stop = [
        "aws",
        "sagemaker",
        "stop-notebook-instance",
        "--notebook-instance-name",
        name,
        "--region",
        region,
    ]
    subprocess.run(stop, check=True)


if __name__ == "__main__":
    main(float(sys.argv[1]), sys.argv[2])
