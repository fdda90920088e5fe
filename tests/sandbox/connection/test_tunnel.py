"""Connections to the database through a tunnel at a local address, with the cluster's name and token."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import sqlalchemy

import terrarium
from terrarium.errors import EndpointUnreachableError

pytest_plugins = ["tests.support.sdk_environment"]


@contextmanager
def forwarded(host: str, port: int) -> Iterator[tuple[str, list[int]]]:
    """An address of this machine that leads to `host`:`port`, and how many connections took it."""
    taken: list[int] = []

    def copy(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):  # either side may hang up first
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection((host, port))
            taken.append(near.fileno())
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=copy, args=(source, target), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"127.0.0.1:{listener.getsockname()[1]}", taken


def test_connections_take_the_tunnel_with_a_token_for_the_cluster(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = lab.manifest.metadata
    with forwarded(metadata.host, metadata.port) as (address, taken):
        monkeypatch.setenv(f"TERRARIUM_TUNNEL_{lab.environment.upper()}", address)
        for engine in (lab.metadata.reader, lab.metadata.writer):
            with engine.connect() as connection:
                assert connection.execute(sqlalchemy.text("select 1")).scalar() == 1
            engine.dispose()
        assert len(taken) >= 2


def test_a_closed_tunnel_is_not_silently_gone_around(
    lab: terrarium.Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"TERRARIUM_TUNNEL_{lab.environment.upper()}", "127.0.0.1:9")
    with pytest.raises(EndpointUnreachableError, match="terrarium tunnel"):
        lab.metadata.reader.connect()
