"""Access to the private database from this machine: directly, or through a tunnel."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from operations.verify.identity import Identity
from terrarium.manifest import PlatformManifest
from terrarium.tunnel.address import tunnel_variable
from terrarium.tunnel.programs import missing_tunnel_program
from terrarium.verification.check import CheckFailedError, Observation, SkippedError

__all__ = ["TUNNEL_CAUSE", "database_answers", "open_tunnel"]

TUNNEL_CAUSE = (
    "the scientist lacks ssm:StartSession or ecs:RunTask on the tunnel's task, or the base image is not in the "
    "repository (`terrarium images push`)"
)
_PATIENCE = 360  # s: the task pulls its image
# The first message of a client that wants TLS; the server answers with one byte. Source: PostgreSQL documentation,
# "Message Formats", SSLRequest.
_TLS_REQUEST = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"


def database_answers(host: str, port: int) -> bool:
    """Return whether a PostgreSQL server answers at this address."""
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.settimeout(45)  # a paused database resumes first
            connection.sendall(_TLS_REQUEST)
            return connection.recv(1) == b"S"
    except OSError:
        return False


@contextmanager
def open_tunnel(
    manifest: PlatformManifest, identity: Identity
) -> Iterator[tuple[Observation, dict[str, str]]]:
    """Open a tunnel as `identity`; yield the observation, and the environment variable with the tunnel's address.

    Raises:
        SkippedError: The programs for tunnels are not installed.
        CheckFailedError: The tunnel did not open, or no PostgreSQL server answers through it.
    """
    if program := missing_tunnel_program():
        raise SkippedError(f"not tried: `{program}` is not on PATH")
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "terrarium", "tunnel", manifest.environment, "--port", str(port)],
        env=dict(identity.variables),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    began = time.monotonic()
    try:
        while not database_answers("127.0.0.1", port):
            if process.poll() is not None:
                _, complaint = process.communicate()
                raise CheckFailedError(
                    f"the tunnel ended with code {process.returncode}: {complaint.strip()[-500:]}"
                )
            if time.monotonic() - began > _PATIENCE:
                raise CheckFailedError(f"no PostgreSQL answered through the tunnel within {_PATIENCE} s")
            time.sleep(1)
        yield (
            Observation(
                "PostgreSQL answers through the tunnel",
                {"fargate_tunnel_hour": (time.monotonic() - began) / 3600},
            ),
            {tunnel_variable(manifest.environment): f"127.0.0.1:{port}"},
        )
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
