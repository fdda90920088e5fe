"""Rules of tags of S3."""

import re

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]

_LONGEST_KEY, _LONGEST_VALUE = 128, 256
_ACCEPTED = re.compile(r"[\w\s.:/=+\-@]*")


@rule(
    "bucket-tag-format",
    on=("s3:PutBucketTagging", "s3:PutObjectTagging"),
    code="InvalidTag",
    source="Amazon S3 API Reference, PutBucketTagging, errors; Amazon S3 User Guide, 'Using cost allocation S3 bucket "
    "tags' and 'Categorizing your objects using tags'",
)
def bucket_tag_format(request: Request) -> str | None:
    """Tags of buckets and objects have letters, digits, white space and _ . : / = + - @, and each key once."""
    tags = (request.get("Tagging") or {}).get("TagSet") or ()
    keys = [str(tag.get("Key", "")) for tag in tags]
    if len(set(keys)) < len(keys):
        return "Cannot provide multiple Tags with the same key"
    for key, tag in zip(keys, tags, strict=True):
        value = str(tag.get("Value") or "")
        if key.lower().startswith("aws:"):
            return "System tags cannot be added/updated by requester"
        if not 1 <= len(key) <= _LONGEST_KEY or not _ACCEPTED.fullmatch(key):
            return "The TagKey you have provided is invalid"
        if len(value) > _LONGEST_VALUE or not _ACCEPTED.fullmatch(value):
            return "The TagValue you have provided is invalid"
    return None


RULES: tuple[Rule, ...] = (bucket_tag_format,)
