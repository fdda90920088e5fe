"""Permissions that a call needs besides its own action: for passed roles, and for tags of new resources.

The keys that it uses are in `terrarium_sandbox.rules.keys`.
"""

from collections.abc import Iterator

from terrarium_sandbox.authorization.dependent_actions import dependent_actions
from terrarium_sandbox.authorization.passed_roles import passed_roles
from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.http.aws_call import Call

__all__ = ["implied_questions"]


def implied_questions(call: Call, *, account: str) -> Iterator[Question]:
    """Yield the further questions; their contexts hold only keys that differ from those of the call."""
    yield from passed_roles(call, account)
    yield from dependent_actions(call, account)
    for specification in call.parameters.get("TagSpecifications", ()) if call.service == "ec2" else ():
        kind = specification.get("ResourceType", "*")
        yield Question(
            action="ec2:CreateTags",
            resource=f"arn:aws:ec2:{call.region}:{account}:{kind}/*",
            context={"ec2:createaction": (call.operation,)},
        )
    if call.name in {"s3:CopyObject", "s3:UploadPartCopy"}:
        source = str(call.parameters["CopySource"]).partition("?")[0].lstrip("/")
        yield Question(action="s3:GetObject", resource=f"arn:aws:s3:::{source}")
    if call.parameters.get("BypassGovernanceRetention"):
        bucket, key = call.parameters["Bucket"], call.parameters.get("Key", "*")
        yield Question(action="s3:BypassGovernanceRetention", resource=f"arn:aws:s3:::{bucket}/{key}")
