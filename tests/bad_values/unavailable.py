"""AWS as it answers those whose credentials have expired, and as nobody answers who is offline."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

import boto3
import pytest
from mlflow.store.artifact.s3_artifact_repo import _cached_get_s3_client

import terrarium
from terrarium.aws import Session
from terrarium.connection import Connection
from terrarium.manifest import PlatformManifest

__all__ = ["Unavailable", "lab_without", "without"]

Unavailable = Literal["offline", "expired"]
_SAID = "The security token included in the request is expired"


class _Expired(BaseHTTPRequestHandler):
    """Every request is answered as an expired token is, by the protocol that the service speaks."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        scope = self.headers.get("Authorization", "").partition("Credential=")[2].split("/")
        service = scope[3] if len(scope) > 3 else "s3"
        if "X-Amz-Target" in self.headers:
            body, kind = json.dumps({"__type": "ExpiredTokenException", "message": _SAID}), "application/json"
        elif service == "batch":
            body, kind = json.dumps({"message": _SAID}), "application/json"
        elif service == "s3":
            body = f"<Error><Code>ExpiredToken</Code><Message>{_SAID}</Message></Error>"
            kind = "application/xml"
        else:
            error = f"<Error><Code>ExpiredToken</Code><Message>{_SAID}</Message></Error>"
            body, kind = f"<ErrorResponse>{error}</ErrorResponse>", "text/xml"
        self.send_response(400)
        self.send_header("Content-Type", kind)
        self.send_header("x-amzn-errortype", "ExpiredTokenException")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body.encode())

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def without(unavailable: Unavailable) -> Iterator[None]:
    """This process reaches no AWS, or one that refuses its credentials."""
    with pytest.MonkeyPatch.context() as monkeypatch, _endpoint(unavailable) as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
        # Requests are repeated as ever, without the pauses in between.
        monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda *_: 0)
        try:
            yield
        finally:  # MLflow keeps clients of S3, whatever their endpoint was
            _cached_get_s3_client.cache_clear()


def lab_without(manifest: PlatformManifest) -> terrarium.Lab:
    """Return a lab that was connected before AWS and the database could no longer be reached."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = server.getsockname()[1]
    database = manifest.metadata.model_copy(
        update={"host": "127.0.0.1", "reader_host": "127.0.0.1", "port": closed}
    )
    return terrarium.Lab(Connection(manifest.model_copy(update={"metadata": database}), Session()))


@contextmanager
def _endpoint(unavailable: Unavailable) -> Iterator[str]:
    if unavailable == "offline":
        with socket.create_server(("127.0.0.1", 0)) as listening:
            closed = listening.getsockname()[1]
        yield f"http://127.0.0.1:{closed}"
        return
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Expired)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()
