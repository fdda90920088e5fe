"""DeleteObjects: each key is authorized and deleted separately; the response has status 200 and lists the errors.

Source: Amazon S3 API, DeleteObjects ("Quiet", "Errors"); Amazon S3 User Guide, "Required permissions for Amazon S3 API
operations": `s3:DeleteObject` or `s3:DeleteObjectVersion` on each object.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import xmltodict  # type: ignore[import-untyped] # a dependency of moto without types
from moto.core.common_types import TYPE_RESPONSE
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import AccessDeniedByLock, MalformedXML
from moto.s3.responses import S3Response

from terrarium_sandbox.authorization.enforcement import decide_call
from terrarium_sandbox.http.aws_call import Call
from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install_delete_objects"]

_MOST_KEYS = 1000
_BYPASS = "x-amz-bypass-governance-retention"


def install_delete_objects(sandbox: Sandbox) -> None:
    """Replace moto's DeleteObjects."""

    def delete_keys(self: S3Response, bucket_name: str, authenticated: bool = True) -> TYPE_RESPONSE:  # noqa: FBT001, FBT002 - moto's signature
        request = xmltodict.parse(self.body, strip_whitespace=False)["Delete"]
        keys = list(_keys(request.get("Object")))
        if not 1 <= len(keys) <= _MOST_KEYS:
            raise MalformedXML
        bypass = self.headers.get(_BYPASS, "").lower() == "true"
        deleted, errors = [], []
        for key in keys:
            if not authenticated or not _is_allowed(self, sandbox, bucket_name, key, bypass=bypass):
                errors.append({**key, "Code": "AccessDenied", "Message": "Access Denied"})
                continue
            try:
                deleted.append({**key, **_delete(self, bucket_name, key, bypass=bypass)})
            except AccessDeniedByLock:
                message = "Access Denied because object protected by object lock."
                errors.append({**key, "Code": "AccessDenied", "Message": message})
        self.data["Action"] = "DeleteObjects"
        quiet = str(request.get("Quiet")).lower() == "true"
        return self.serialized(ActionResult({"Deleted": [] if quiet else deleted, "Errors": errors}))

    patch(
        S3Response,
        "_bucket_response_delete_keys",
        delete_keys,
        reason="moto's DeleteObjects knows no IAM, no `Quiet`, and no versions in its errors.",
    )


def _keys(objects: Any) -> Iterable[dict[str, str]]:
    # xmltodict returns a list only for several elements.
    for one in objects if isinstance(objects, list) else filter(None, [objects]):
        version = {"VersionId": one["VersionId"]} if one.get("VersionId") else {}
        yield {"Key": one["Key"], **version}


def _is_allowed(
    response: S3Response, sandbox: Sandbox, bucket: str, key: Mapping[str, str], *, bypass: bool
) -> bool:
    action = "s3:DeleteObjectVersion" if "VersionId" in key else "s3:DeleteObject"
    stored = response.backend.get_bucket(bucket)
    if stored.get_permission(action, f"arn:aws:s3:::{bucket}/{key['Key']}") == PermissionResult.DENIED:
        return False
    if not sandbox.iam_enforced:
        return True
    call = Call(
        service="s3",
        operation="DeleteObject",
        parameters={"Bucket": bucket, **key, **({"BypassGovernanceRetention": True} if bypass else {})},
        region=response.region,
        headers={},
    )
    with sandbox.locks.holding("iam"), sandbox.locks.holding("sts"):
        return decide_call(response.get_access_key(), call).allowed


def _delete(response: S3Response, bucket: str, key: Mapping[str, str], *, bypass: bool) -> dict[str, Any]:
    version = key.get("VersionId")
    _, shown = response.backend.delete_object(bucket, key["Key"], version_id=version, bypass=bypass)
    if shown.get("delete-marker") != "true":
        return {}
    return {"DeleteMarker": True, "DeleteMarkerVersionId": version or shown.get("version-id")}
