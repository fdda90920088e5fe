"""The digest of the image of a container, from the metadata endpoint of ECS."""

import json
from collections.abc import Mapping
from urllib.error import URLError
from urllib.request import urlopen

__all__ = ["image_digest_of_container"]

# Source: Amazon ECS Developer Guide, "Task metadata endpoint version 4".
_METADATA = "ECS_CONTAINER_METADATA_URI_V4"
_PATIENCE = 2.0  # s; the endpoint is on the same machine


def image_digest_of_container(environment: Mapping[str, str]) -> str | None:
    """Return the image id, a digest of its configuration; None outside of ECS."""
    address = environment.get(_METADATA)
    if address is None:
        return None
    try:
        with urlopen(address, timeout=_PATIENCE) as answer:  # noqa: S310 - ECS sets the address
            return str(json.load(answer)["ImageID"])
    except (URLError, TimeoutError, ValueError, KeyError):
        return None  # the digest is optional: the job runs without it
