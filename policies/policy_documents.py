"""Policy documents of the data source `aws_iam_policy_document`, as the JSON that Terraform makes of it.

Source: Terraform Registry, hashicorp/aws, "Data Source: aws_iam_policy_document".
"""

import json
import re
from collections.abc import Mapping
from typing import Any

__all__ = ["with_policy_documents"]

_REFERENCE = re.compile(r"\$\{data\.aws_iam_policy_document\.([\w-]+)\.(?:minified_)?json\}")
_STATEMENT = {
    "actions": "Action",
    "not_actions": "NotAction",
    "resources": "Resource",
    "not_resources": "NotResource",
}


def with_policy_documents(
    attributes: dict[str, Any], sources: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return arguments in which the JSON replaces a reference to one of the data sources, by logical id."""
    return {
        name: _document(match[1], sources)
        if isinstance(value, str) and (match := _REFERENCE.fullmatch(value)) and match[1] in sources
        else value
        for name, value in attributes.items()
    }


def _document(logical_id: str, sources: Mapping[str, Mapping[str, Any]]) -> str:
    source = sources[logical_id]
    statements = [_statement(block) for block in _blocks(source.get("statement"))]
    for kind in ("source_policy_documents", "override_policy_documents"):
        for text in source.get(kind) or []:
            match = _REFERENCE.fullmatch(text)
            merged = _document(match[1], sources) if match and match[1] in sources else text
            if merged.lstrip().startswith("{"):
                statements += json.loads(merged).get("Statement", [])
    return json.dumps({"Version": source.get("version", "2012-10-17"), "Statement": statements})


def _statement(block: Mapping[str, Any]) -> dict[str, Any]:
    statement: dict[str, Any] = {"Effect": block.get("effect", "Allow")}
    if block.get("sid"):
        statement["Sid"] = block["sid"]
    statement |= {name: block[argument] for argument, name in _STATEMENT.items() if block.get(argument)}
    for argument, name in (("principals", "Principal"), ("not_principals", "NotPrincipal")):
        named: dict[str, list[str]] = {}
        for principal in _blocks(block.get(argument)):
            named.setdefault(principal["type"], []).extend(principal["identifiers"])
        if named:
            statement[name] = "*" if named == {"*": ["*"]} else named
    for condition in _blocks(block.get("condition")):
        test = statement.setdefault("Condition", {}).setdefault(condition["test"], {})
        test.setdefault(condition["variable"], []).extend(condition["values"])
    return statement


def _blocks(value: Any) -> list[Mapping[str, Any]]:
    return [] if value is None else value if isinstance(value, list) else [value]
