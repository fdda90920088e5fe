"""Entries for images in the sandbox's repository: jobs in the sandbox run in its own interpreter."""

import hashlib
import json
from typing import Any, Final
from urllib.parse import urlsplit

__all__ = ["is_sandbox", "register_image"]

_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")
# An OCI artifact without layers (OCI Image Specification, "Guidelines for Artifact Usage"). Its type shows that it is
# not an image that a machine can run.
_MANIFEST: Final = {
    "schemaVersion": 2,
    "mediaType": "application/vnd.oci.image.manifest.v1+json",
    "artifactType": "application/vnd.terrarium.sandbox.interpreter",
    "config": {
        "mediaType": "application/vnd.oci.empty.v1+json",
        "digest": "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
        "size": 2,
    },
    "layers": [],
}


def is_sandbox(ecr: Any) -> bool:
    """Return whether the client's endpoint is on this machine, and so the sandbox."""
    return urlsplit(ecr.meta.endpoint_url).hostname in _LOOPBACK


def register_image(ecr: Any, *, repository: str, tag: str) -> None:
    """Put an entry with this tag into the sandbox's repository, so that jobs with this image start."""
    manifest = json.dumps({**_MANIFEST, "annotations": {"org.opencontainers.image.ref.name": tag}})
    digest = f"sha256:{hashlib.sha256(manifest.encode()).hexdigest()}"
    ecr.put_image(repositoryName=repository, imageTag=tag, imageManifest=manifest, imageDigest=digest)
