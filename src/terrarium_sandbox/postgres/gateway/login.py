"""Handling of one client's connection: TLS, authentication, relay."""

import http.client
import json
import socket
import ssl
import sys
import urllib.parse

from terrarium_sandbox.postgres.gateway import protocol
from terrarium_sandbox.postgres.gateway.relay import relay
from terrarium_sandbox.postgres.gateway.settings import GatewaySettings

__all__ = ["SUPERUSER", "serve_client"]

# RDS' superuser, as which clients cannot connect.
SUPERUSER = "rdsadmin"

# PostgreSQL's default authentication_timeout.
_TIMEOUT_SECONDS = 60.0

_INVALID_AUTHORIZATION = "28000"
_CANNOT_CONNECT_NOW = "57P03"


class _RefusedError(Exception):
    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


def serve_client(client: socket.socket, *, settings: GatewaySettings, tls: ssl.SSLContext) -> None:
    """Serve one connection until it ends. The caller closes it."""
    client.settimeout(_TIMEOUT_SECONDS)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        client, startup = _agree_on_encryption(client, tls)
        if startup.code == protocol.CANCEL_REQUEST:
            _cancel(startup, settings)
            return
        try:
            backend = _log_in(client, startup, settings)
        except _RefusedError as refusal:
            client.sendall(protocol.error_response(refusal.sqlstate, str(refusal)))
            return
        with backend:
            relay(client, backend)
    except (protocol.ConnectionEndedError, OSError):
        return  # one side hung up; the postmaster's log has the reason
    except _RefusedError:
        return  # PostgreSQL does not answer cancel requests
    finally:
        _hang_up(client)


def _agree_on_encryption(
    client: socket.socket, tls: ssl.SSLContext
) -> tuple[socket.socket, protocol.Startup]:
    while True:
        startup = protocol.read_startup(client)
        if startup.code == protocol.TLS_REQUEST and not isinstance(client, ssl.SSLSocket):
            client.sendall(b"S")
            client = tls.wrap_socket(client, server_side=True)
        elif startup.code == protocol.GSS_ENCRYPTION_REQUEST:
            client.sendall(b"N")
        else:
            return client, startup


def _cancel(startup: protocol.Startup, settings: GatewaySettings) -> None:
    """Forward a cancel request, and wait until the postmaster closes the connection; the client waits likewise."""
    with _connect(settings) as backend:
        backend.sendall(startup.packet)
        backend.recv(1)


def _hang_up(client: socket.socket) -> None:
    """Close the connection with TLS' close notice, so that the client can tell it from an interruption."""
    try:
        client.settimeout(0)
        if isinstance(client, ssl.SSLSocket):
            client.unwrap()
    except OSError:
        pass  # the client's notice is not awaited, or the client hung up
    finally:
        client.close()


def _log_in(client: socket.socket, startup: protocol.Startup, settings: GatewaySettings) -> socket.socket:
    """Authenticate the client, and return the connection to its backend."""
    user = startup.parameters.get("user", "")
    encrypted = isinstance(client, ssl.SSLSocket)
    if user == SUPERUSER or (settings.force_tls and not encrypted):
        raise _rejection(client, startup)
    backend = _connect(settings)
    try:
        backend.sendall(startup.packet)
        answer = protocol.read_message(backend)
        while answer.type == protocol.NEGOTIATE_PROTOCOL_VERSION:
            client.sendall(answer.packet)
            answer = protocol.read_message(backend)
        if answer.packet == protocol.AUTHENTICATION_OK:
            # pg_hba.conf trusts only members of rds_iam, whom the gateway authenticates. The gateway forwards the
            # answer to the client only after it has verified the token.
            if not encrypted:
                raise _rejection(client, startup)
            _authenticate(client, user, settings)
        client.sendall(answer.packet)
    except BaseException:
        backend.close()
        raise
    return backend


def _authenticate(client: socket.socket, user: str, settings: GatewaySettings) -> None:
    client.sendall(protocol.CLEARTEXT_PASSWORD_REQUEST)
    answer = protocol.read_message(client)
    if answer.type != protocol.PASSWORD:
        raise protocol.ConnectionEndedError("not a password")
    token = answer.content.rstrip(b"\0").decode(errors="replace")
    if not _is_token_valid(user, token, settings.login_url):
        raise _RefusedError(_INVALID_AUTHORIZATION, f'PAM authentication failed for user "{user}"')


def _is_token_valid(user: str, token: str, login_url: str) -> bool:
    """Return whether the sandbox accepts a token. The sandbox logs the reason of a rejection."""
    url = urllib.parse.urlsplit(login_url)
    sandbox = http.client.HTTPConnection(url.hostname or "", url.port, timeout=_TIMEOUT_SECONDS)
    try:
        body = json.dumps({"user": user, "token": token})
        sandbox.request("POST", url.path, body, {"Content-Type": "application/json"})
        response = sandbox.getresponse()
        return response.status == http.client.OK and json.load(response)["allowed"] is True
    except (OSError, http.client.HTTPException, ValueError) as error:
        print(f"cannot ask {login_url} about {user}: {error!r}", file=sys.stderr, flush=True)
        return False
    finally:
        sandbox.close()


def _rejection(client: socket.socket, startup: protocol.Startup) -> _RefusedError:
    user = startup.parameters.get("user", "")
    database = startup.parameters.get("database", user)
    encryption = "SSL encryption" if isinstance(client, ssl.SSLSocket) else "no encryption"
    return _RefusedError(
        _INVALID_AUTHORIZATION,
        f'pg_hba.conf rejects connection for host "{client.getpeername()[0]}", user "{user}", '
        f'database "{database}", {encryption}',
    )


def _connect(settings: GatewaySettings) -> socket.socket:
    backend = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    backend.settimeout(_TIMEOUT_SECONDS)
    try:
        backend.connect(settings.socket_path)
    except OSError as error:
        backend.close()
        raise _RefusedError(
            _CANNOT_CONNECT_NOW, "the database system is not accepting connections"
        ) from error
    return backend
