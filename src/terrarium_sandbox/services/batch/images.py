"""Container images: the sandbox pulls none, and runs every job in its own Python interpreter."""

import importlib.util
import os
import re
import sys
from pathlib import Path

from moto.ecr.models import ecr_backends

__all__ = ["ImageNotFoundError", "environment_of_image", "notice_of"]

# As in the Dockerfile of the base image.
_OF_THE_BASE_IMAGE = {"LANG": "C.UTF-8", "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUNBUFFERED": "1"}
_PRIVATE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<repository>[^:@]+):(?P<tag>[^:@]+)"
)
_BASE_TAG = re.compile(r"base-[0-9a-f]{16}(-arm64)?")
_BY_DIGEST = re.compile(r"[^@]+@sha256:[0-9a-f]{64}")
# Variables with which this machine reaches package indexes: they depend on the network, not on the image.
_OF_THE_NETWORK = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


class ImageNotFoundError(Exception):
    """Docker cannot pull an image; the message is Docker's."""


def environment_of_image(image: str) -> dict[str, str]:
    """Return the environment variables of an image.

    Raises:
        ImageNotFoundError: The image is neither a tag of a repository of the sandbox, nor pinned by its digest.
    """
    if not _BY_DIGEST.fullmatch(image):
        _check_repository(image)
    network = {name: value for name, value in os.environ.items() if name.startswith(_OF_THE_NETWORK)}
    interpreter = Path(sys.executable).parent
    return {
        **network,
        **_OF_THE_BASE_IMAGE,
        "PATH": os.pathsep.join([str(interpreter), *_ELSEWHERE]),
        "PYTHONPATH": str(_sdk_folder()),
        "VIRTUAL_ENV": sys.prefix,
    }


def _sdk_folder() -> Path:
    """Return the folder from which Python imports the SDK."""
    found = importlib.util.find_spec("terrarium")
    assert found is not None  # noqa: S101 - a requirement of this distribution
    assert found.origin is not None  # noqa: S101 - a package of files
    return Path(found.origin).parents[1]


def notice_of(image: str) -> str | None:
    """Return the notice about an image for the log of a job; None for the base image, which the sandbox replaces."""
    known = _PRIVATE.fullmatch(image)
    if known and _BASE_TAG.fullmatch(known["tag"]):
        return None
    return f"terrarium sandbox: {image} is not pulled; this job runs in the sandbox's own Python instead"


def _check_repository(image: str) -> None:
    known = _PRIVATE.fullmatch(image)
    if known is None:
        raise ImageNotFoundError(
            "CannotPullContainerError: the sandbox knows tags of the account's own repositories, and images that are "
            f"pinned by digest, not {image}"
        )
    repository = ecr_backends[known["account"]][known["region"]].repositories.get(known["repository"])
    if repository is None:
        raise ImageNotFoundError(
            "CannotPullContainerError: Error response from daemon: pull access denied for "
            f"{image.rpartition(':')[0]}, repository does not exist or may require authorization"
        )
    if not any(known["tag"] in found.image_tags for found in repository.images):
        raise ImageNotFoundError(
            f"CannotPullContainerError: Error response from daemon: manifest for {image} not found: manifest unknown: "
            "Requested image not found"
        )


_ELSEWHERE = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
