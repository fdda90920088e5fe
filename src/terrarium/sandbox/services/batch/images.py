"""What an image stands for here, where nothing is pulled: the platform's base image is this very interpreter."""

import os
import re
import sys
from pathlib import Path

from moto.ecr.models import ecr_backends

import terrarium

__all__ = ["ImageNotFoundError", "environment_of_image"]

# As the base image's Dockerfile has it.
_OF_THE_BASE_IMAGE = {"LANG": "C.UTF-8", "MLFLOW_DISABLE_TELEMETRY": "true", "PYTHONUNBUFFERED": "1"}
_PRIVATE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com/(?P<repository>[^:@]+):base-\d+"
)
# How this machine reaches package indexes, which is its network's matter and no image's.
_OF_THE_NETWORK = ("PIP_", "UV_", "SSL_CERT_", "HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")


class ImageNotFoundError(Exception):
    """What Docker says of an image that it cannot pull."""


def environment_of_image(image: str) -> dict[str, str]:
    """The variables that a container of an image starts with.

    Raises:
        ImageNotFoundError: It is none that this machine can stand for, or its repository does not exist.
    """
    known = _PRIVATE.fullmatch(image)
    if known is None:
        raise ImageNotFoundError(
            f"CannotPullContainerError: the sandbox runs the platform's base image only, not {image}"
        )
    repositories = ecr_backends[known["account"]][known["region"]].repositories
    if known["repository"] not in repositories:
        raise ImageNotFoundError(
            "CannotPullContainerError: Error response from daemon: pull access denied for "
            f"{image.rpartition(':')[0]}, repository does not exist or may require authorization"
        )
    network = {name: value for name, value in os.environ.items() if name.startswith(_OF_THE_NETWORK)}
    interpreter = Path(sys.executable).parent
    return {
        **network,
        **_OF_THE_BASE_IMAGE,
        "PATH": os.pathsep.join([str(interpreter), *_ELSEWHERE]),
        "PYTHONPATH": str(Path(terrarium.__file__).parents[1]),
        "VIRTUAL_ENV": sys.prefix,
    }


_ELSEWHERE = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
