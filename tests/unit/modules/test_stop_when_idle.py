"""The program that stops an idle notebook instance, against a TLS server with the API of Jupyter."""

import datetime
import json
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PROGRAM = Path(__file__).parents[3] / "modules" / "notebook" / "stop_when_idle.py"
IDLE_SECONDS = 3600
NOW = datetime.datetime.now(datetime.UTC)
LONG_AGO = (NOW - datetime.timedelta(hours=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
LATELY = (NOW - datetime.timedelta(minutes=5)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate with its key, such as Jupyter of a notebook has."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "notebook")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - datetime.timedelta(days=1))
        .not_valid_after(NOW + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path_factory.mktemp("certificate") / "both.pem"
    file.write_bytes(key.private_bytes(*pem) + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def jupyter(certificate: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The address of the server, and its responses by path, which tests change."""
    answers: dict[str, Any] = {"status": {"started": LONG_AGO}, "sessions": [], "terminals": []}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(answers[self.path.removeprefix("/api/")]).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}", answers
    server.shutdown()
    server.server_close()


def commands_of(server: str, folder: Path) -> list[str]:
    """Run the program. Return its calls of `aws`."""
    calls = folder / "calls"
    aws = folder / "aws"
    aws.write_text(f'#!/bin/sh\necho "$@" >> {calls}\n')
    aws.chmod(0o755)
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"ResourceName": "terrarium-dev-ada"}))
    command: list[str | Path] = [sys.executable, "-I", PROGRAM, str(IDLE_SECONDS), "eu-central-1"]
    subprocess.run(
        [*command, "--server", server, "--metadata", metadata],
        check=True,
        env={"PATH": f"{folder}:/usr/bin:/bin"},
    )
    return calls.read_text().splitlines() if calls.exists() else []


STOPPED = [
    "sagemaker stop-notebook-instance --notebook-instance-name terrarium-dev-ada --region eu-central-1"
]


def session(state: str, last_activity: str) -> dict[str, Any]:
    return {"kernel": {"execution_state": state, "last_activity": last_activity}}


@pytest.mark.parametrize(
    "activity",
    [{}, {"sessions": [session("idle", LONG_AGO)]}, {"terminals": [{"last_activity": LONG_AGO}]}],
    ids=["nothing open", "an idle kernel", "an idle terminal"],
)
def test_an_idle_notebook_stops(
    jupyter: tuple[str, dict[str, Any]], tmp_path: Path, activity: dict[str, Any]
) -> None:
    server, answers = jupyter
    answers |= activity
    assert commands_of(server, tmp_path) == STOPPED


@pytest.mark.parametrize(
    "activity",
    [
        {"status": {"started": LATELY}},
        {"sessions": [session("busy", LONG_AGO)]},
        {"sessions": [session("idle", LONG_AGO), session("idle", LATELY)]},
        {"terminals": [{"last_activity": LATELY}]},
    ],
    ids=["just started", "a busy kernel", "a kernel that worked lately", "a terminal that worked lately"],
)
def test_a_notebook_in_use_keeps_running(
    jupyter: tuple[str, dict[str, Any]], tmp_path: Path, activity: dict[str, Any]
) -> None:
    server, answers = jupyter
    answers |= activity
    assert commands_of(server, tmp_path) == []
