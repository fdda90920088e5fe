"""An impostor between a client and the database gets neither the database user nor its token."""

import socket
import ssl
import struct
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import terrarium
from terrarium.metadata.errors import DatabaseLoginError
from terrarium.metadata.server_certificate import SSL_MODE_VARIABLE

pytest_plugins = ["tests.support.sdk_environment"]

_PASSWORD_REQUEST = b"R" + struct.pack("!II", 8, 3)


@contextmanager
def impostor(folder: Path) -> Iterator[tuple[str, list[bytes]]]:
    """An address where PostgreSQL's protocol is spoken with a self-signed certificate, and all that clients told it."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", certificate, "-days", "1", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    told: list[bytes] = []

    def serve() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                with suppress(OSError, struct.error), client:
                    client.recv(8)
                    client.sendall(b"S")  # yes to the request for TLS
                    with tls.wrap_socket(client, server_side=True) as encrypted:
                        told.append(encrypted.recv(struct.unpack("!I", encrypted.recv(4))[0]))
                        encrypted.sendall(_PASSWORD_REQUEST)
                        told.append(encrypted.recv(8192))

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", told


def _connect(lab: terrarium.Lab, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Log in again at an address, as through a tunnel."""
    monkeypatch.setenv(f"TERRARIUM_TUNNEL_{lab.environment.upper()}", address)
    engine = lab.metadata.writer_of("public")
    try:
        engine.connect().close()
    finally:
        engine.dispose()


def test_an_impostor_on_the_tunnels_port_learns_nothing(
    lab: terrarium.Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exploit: a self-signed server received `terrarium_writer` and the whole token."""
    with impostor(tmp_path) as (address, told):
        with pytest.raises(DatabaseLoginError, match="certificate that is not trusted"):
            _connect(lab, address, monkeypatch)
        assert told == []


def test_the_authorities_of_rds_do_not_vouch_for_the_sandbox(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without PGSSLROOTCERT the shipped bundle decides."""
    monkeypatch.delenv("PGSSLROOTCERT")
    metadata = lab.manifest.metadata
    with pytest.raises(DatabaseLoginError, match="certificate verify failed"):
        _connect(lab, f"{metadata.host}:{metadata.port}", monkeypatch)


def test_only_a_variable_disables_verification(lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLROOTCERT")
    monkeypatch.setenv(SSL_MODE_VARIABLE, "require")
    metadata = lab.manifest.metadata
    _connect(lab, f"{metadata.host}:{metadata.port}", monkeypatch)


def test_connections_to_the_sandbox_are_verified(lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    metadata = lab.manifest.metadata
    _connect(lab, f"{metadata.host}:{metadata.port}", monkeypatch)
