"""Plausible ARNs in place of Terraform references, for tools that read IAM statements."""

import json
import re
from collections.abc import Mapping
from typing import Any

from policies.stack import Stack

__all__ = ["with_plausible_arns"]

_REFERENCE = re.compile(r"(?<!\$)\$\{(aws_\w+)\.([\w-]+)\.([^}]+)\}")


def with_plausible_arns(statement: Mapping[str, Any], stack: Stack) -> dict[str, Any]:
    """Return a statement in which a plausible ARN replaces each reference to one, so that tools for IAM can read it."""
    account = stack.provider["allowed_account_ids"][0]
    region = stack.provider["region"]

    def plausible(match: re.Match[str]) -> str:
        kind, name, attribute = match.groups()
        if not attribute.endswith("arn"):
            return name
        if kind == "aws_s3_bucket":
            return f"arn:aws:s3:::{name}"
        service = kind.split("_")[1]
        return f"arn:aws:{service}:{region}:{account}:{kind.removeprefix('aws_')}/{name}"

    text = _REFERENCE.sub(plausible, json.dumps(statement))
    replaced: dict[str, Any] = json.loads(text)
    return replaced
