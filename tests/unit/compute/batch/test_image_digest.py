"""Digest of a container's image, from ECS' metadata."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from terrarium.compute.batch.image_digest import image_digest_of_container

VARIABLE = "ECS_CONTAINER_METADATA_URI_V4"


class _Metadata(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        known = self.path == "/v4/container"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(json.dumps({"Image": "training:pytorch-1", "ImageID": "sha256:abc"}).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def metadata() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Metadata) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_reads_the_digest_from_ecs(metadata: str) -> None:
    assert image_digest_of_container({VARIABLE: f"{metadata}/v4/container"}) == "sha256:abc"


def test_returns_none_without_an_answer_of_ecs(metadata: str) -> None:
    assert image_digest_of_container({}) is None
    assert image_digest_of_container({VARIABLE: f"{metadata}/v4/other"}) is None
