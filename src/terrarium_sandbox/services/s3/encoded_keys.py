"""S3: URL-encoded keys in listings of versions, for keys that XML cannot represent.

`ListObjectVersions` with `encoding-type=url`, which boto3 always sends, returns KeyMarker, NextKeyMarker, Prefix, Key
and Delimiter encoded (Amazon S3 API Reference, ListObjectVersions, EncodingType). moto ignores the parameter there, and
one key with a control character made every listing of the bucket fail.
"""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.s3.responses import S3Response

from terrarium_sandbox.patches import wrap

__all__ = ["install_encoded_keys"]

_ENCODED = ("KeyMarker", "NextKeyMarker", "Prefix", "Delimiter")
_LISTS = ("Versions", "DeleteMarkers", "CommonPrefixes")


def install_encoded_keys() -> None:
    """Encode the keys of listings of versions if the request has `encoding-type=url`."""

    @wrap(
        S3Response,
        "serialized",
        reason="moto ignores encoding-type=url in ListObjectVersions: one key with a control character makes every "
        "listing fail.",
    )
    def serialize_encoded(original: Any, response: S3Response, action_result: ActionResult) -> TYPE_RESPONSE:
        listing = action_result.result  # an exception, if the request failed
        action = response.data.get("Action")
        if action == "ListObjectVersions" and isinstance(listing, dict) and _asks_for_urls(response):
            action_result = ActionResult(_encode_listing(listing))
        return cast("TYPE_RESPONSE", original(response, action_result))


def _asks_for_urls(response: S3Response) -> bool:
    return bool(response.querystring.get("encoding-type", [None])[0] == "url")


def _encode_listing(listing: Mapping[str, Any]) -> dict[str, Any]:
    lists = {name: [_encoded(item) for item in listing[name]] for name in _LISTS if name in listing}
    return {**_encoded(listing), "EncodingType": "url", **lists}


def _encoded(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: quote(value, safe="/") if name in ("Key", *_ENCODED) and isinstance(value, str) else value
        for name, value in item.items()
    }
