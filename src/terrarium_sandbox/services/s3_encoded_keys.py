"""S3: listings of versions whose keys no XML document can hold.

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

__all__ = ["install_encoded_keys"]

_ENCODED = ("KeyMarker", "NextKeyMarker", "Prefix", "Delimiter")
_LISTS = ("Versions", "DeleteMarkers", "CommonPrefixes")


def install_encoded_keys() -> None:
    """Encode the keys of listings of versions where the request asks for it."""
    list_versions = S3Response.list_object_versions

    def list_encoded(self: S3Response) -> TYPE_RESPONSE:
        if self.querystring.get("encoding-type", [None])[0] != "url":
            return list_versions(self)
        serialized = self.serialized

        def serialized_encoded(action_result: ActionResult) -> TYPE_RESPONSE:
            result = cast("Mapping[str, Any]", action_result.result)
            encoded = {**_encoded(result), "EncodingType": "url"}
            for name in _LISTS:
                if name in result:
                    encoded[name] = [_encoded(item) for item in result[name]]
            return serialized(ActionResult(encoded))

        self.serialized = serialized_encoded  # type: ignore[method-assign] # of this one answer
        return list_versions(self)

    S3Response.list_object_versions = list_encoded  # type: ignore[method-assign] # the point of it


def _encoded(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: quote(value, safe="/") if name in ("Key", *_ENCODED) and isinstance(value, str) else value
        for name, value in item.items()
    }
