"""Resources of a call, as ARNs.

Source: Service Authorization Reference, whose resource types per action these follow.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from terrarium_sandbox.authorization.resource_names import NAMES, NOWHERE
from terrarium_sandbox.authorization.resource_resolvers import PARTICULAR
from terrarium_sandbox.http.aws_call import Call

__all__ = ["resources_of"]


def resources_of(call: Call, *, account: str) -> tuple[str, ...]:
    """Return the ARNs of a call's resources, each of which must be allowed; `*` for actions without resources."""
    if call.name in NOWHERE or (call.service == "ec2" and call.operation.startswith("Describe")):
        return ("*",)
    particular: Callable[[Call, str], Iterable[str]] | None = PARTICULAR.get(call.name) or PARTICULAR.get(
        f"{call.service}:*"
    )
    if particular is not None:
        return tuple(particular(call, account)) or ("*",)
    return tuple(dict.fromkeys(_named(call, account))) or ("*",)


def _named(call: Call, account: str) -> Iterable[str]:
    for parameter, template in NAMES.get(call.service, {}).items():
        for value in _values(call.parameters, parameter):
            yield _arn(value, template, call, account)


def _values(parameters: Mapping[str, Any], path: str) -> Iterable[str]:
    head, _, rest = path.partition(".")
    found = parameters.get(head)
    for value in found if isinstance(found, list | tuple) else [found]:
        if rest and isinstance(value, Mapping):
            yield from _values(value, rest)
        elif not rest and value is not None:
            yield str(value)


def _arn(value: str, template: str, call: Call, account: str) -> str:
    if value.startswith("arn:"):
        return value
    return template.format(value, region=call.region, account=account)
