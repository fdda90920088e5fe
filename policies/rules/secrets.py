"""Secrets: none in a stack, an output or the manifest; Secrets Manager stores them."""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack

__all__ = ["POLICIES"]

_SHAPES: Mapping[str, re.Pattern[str]] = {
    "an AWS access key": re.compile(r"\b(AKIA|ASIA)[A-Z0-9]{16}\b"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{36}\b"),
    "a password in a URL": re.compile(r"[a-z][a-z0-9+]*://[^/\s:@\"$]+:[^/\s@\"$]+@"),
}
_SECRET_ARGUMENTS = {"master_password", "password", "secret_string", "auth_token", "private_key"}
_SECRET_REFERENCE = re.compile(
    r"\b(aws|random|tls)_\w+\.[\w-]+\.(master_password|password|secret_string|secret|result|private_key\w*)\b"
)
_SECRET_WORDS = {"PASSWORD", "PASSWD", "PWD", "PASSPHRASE", "SECRET", "TOKEN", "APIKEY"}
_SECRET_PAIRS = {("PRIVATE", "KEY"), ("ACCESS", "KEY"), ("API", "KEY")}
# Last words of names for a place where a secret is, or for a property of it.
_NO_SECRET = {
    "ARN",
    "EXPIRY",
    "FILE",
    "ID",
    "LENGTH",
    "LIMIT",
    "NAME",
    "PARAMETER",
    "PATH",
    "SECONDS",
    "TTL",
    "TYPE",
}


# Names of arguments with environment variables.
_VARIABLES = {"env", "environment", "environment_variable", "environment_variables", "variables"}


def _secrets_in_clear(stack: Stack) -> Iterator[Violation]:
    for element in stack.elements:
        for key in _SECRET_ARGUMENTS & element.attributes.keys():
            if isinstance(element.attributes[key], str):
                yield Violation(element, f"{key} is in the stack as plain text, and so in Terraform's state")
        text = json.dumps(element.attributes)
        for shape, pattern in _SHAPES.items():
            if pattern.search(text):
                yield Violation(element, f"it contains {shape}")
    for element in stack.elements:
        for name in dict.fromkeys(name for name, value in _variables(element.attributes) if value):
            if _is_secret(name):
                yield Violation(
                    element, f"the variable {name} shows a secret to everyone who may describe it"
                )


def _variables(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield environment variables in arguments and in the JSON documents in them, with their values."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            value = json.loads(value)
        except ValueError:
            return
    if isinstance(value, list):
        for item in value:
            yield from _variables(item, name)
    elif isinstance(value, Mapping):
        lower = {key.lower(): item for key, item in value.items()}
        if name in _VARIABLES and isinstance(lower.get("name"), str):
            yield lower["name"], lower.get("value", lower.get("value.$"))
            return
        for key, item in value.items():
            if name in _VARIABLES and isinstance(item, str):
                yield key, item
            yield from _variables(item, key.lower())


def _is_secret(name: str) -> bool:
    words = name.upper().replace("-", "_").split("_")
    if words[-1] in _NO_SECRET:
        return False
    return bool(_SECRET_WORDS & set(words)) or bool(_SECRET_PAIRS & set(pairwise(words)))


def _secrets_given_away(stack: Stack) -> Iterator[Violation]:
    for name, output in stack.document.get("output", {}).items():
        if _gives_away(output):
            yield Violation(_output(name), "the output contains a secret")
    for parameter in stack.resources("aws_ssm_parameter"):
        if _gives_away(parameter.attributes.get("value")):
            yield Violation(parameter, "the manifest contains a secret")


def _gives_away(value: Any) -> bool:
    text = json.dumps(value)
    return bool(_SECRET_REFERENCE.search(text)) or any(pattern.search(text) for pattern in _SHAPES.values())


def _output(name: str) -> Resource:
    return Resource(kind="output", id=name, path=f"output/{name}", attributes={})


POLICIES = (
    Policy(
        "secret-in-clear",
        "No secret is written into a stack",
        "store it in Secrets Manager, and pass its ARN (`secrets` of a container, manage_master_user_password)",
        _secrets_in_clear,
    ),
    Policy(
        "secret-given-away",
        "Outputs and the manifest contain names and ARNs, and no secrets",
        "pass the secret's ARN, and grant the roles that need the secret to read it",
        _secrets_given_away,
    ),
)
