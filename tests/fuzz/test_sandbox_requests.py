"""Arbitrary bytes on a connection to the sandbox: it responds or closes the connection, and continues to run."""

import random
import socket
from urllib.parse import urlsplit

import pytest

from terrarium_sandbox.process.running import RunningSandbox

pytest_plugins = ["tests.support.sdk_environment"]

_FEW, _MANY = 1_000, 20_000
_SEED = 1
_PATIENCE = 60.0  # s for an answer on a loaded machine
_LINES = [
    b"GET / HTTP/1.1",
    b"POST / HTTP/1.1",
    b"PUT /bucket/key HTTP/1.1",
    b"HEAD /%00 HTTP/1.0",
    b"PATCH //[ HTTP/1.1",
]
_HEADERS = [
    b"Host: localhost",
    b"Host: \xff\xfe",
    b"Content-Length: 2",
    b"Content-Length: 99999999999999999999",
    b"Content-Length: -1",
    b"Transfer-Encoding: chunked",
    b"Expect: 100-continue",
    b"X-Amz-Target: DynamoDB_20120810.PutItem",
    b"X-Amz-Target: \x1b[31m.\x00",
    b"Authorization: AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request",
    b"Content-Type: application/x-amz-json-1.0",
    b"Content-Type: application/x-www-form-urlencoded",
    b": empty",
    b"no colon",
]
_BODIES = [
    b"",
    b"{}",
    b"[" * 100_000,
    b'{"TableName": ' + b"9" * 5_000 + b"}",
    b"Action=Nothing&Version=\xff",
    b"<a>" * 10_000,
    b"\x00" * 100,
    bytes(range(256)),
]


@pytest.mark.parametrize("requests", [_FEW, pytest.param(_MANY, marks=pytest.mark.slow)])
def test_the_sandbox_survives_any_request(running: RunningSandbox, requests: int) -> None:
    process = running.record.process.pid
    for number in range(requests):
        _send(running.record.endpoint, _request(random.Random(f"{_SEED}:{number}")))
    found = RunningSandbox.find(running.home)
    assert found is not None
    assert found.record.process.pid == process
    assert "now" in found.ask("GET", "clock")


def _request(chance: random.Random) -> bytes:
    lines = [chance.choice(_LINES), *chance.sample(_HEADERS, chance.randrange(6))]
    text = b"\r\n".join(lines) + b"\r\n\r\n" + chance.choice(_BODIES)
    for _ in range(chance.randrange(4)):
        at = chance.randrange(len(text) + 1)
        text = text[:at] + chance.randbytes(chance.randrange(5)) + text[at + chance.randrange(5) :]
    return text


def _send(endpoint: str, content: bytes) -> None:
    where = urlsplit(endpoint)
    assert where.hostname is not None
    with socket.create_connection((where.hostname, where.port or 80), timeout=_PATIENCE) as connection:
        try:
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65_536):
                pass
        except ConnectionError:
            pass  # closed by the sandbox, which is an answer, too
