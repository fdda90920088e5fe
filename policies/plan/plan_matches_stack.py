"""Check that a plan was made from the current stack, for the account and region of the stack."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from policies.stack import Stack
from terrarium.errors import ConflictError

__all__ = ["PlanMismatchError", "check_plan_matches"]

_DIGEST = re.compile(r'stack_digest"\s*[=:]\s*"(sha256:[0-9a-f]{64})')
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:([a-z0-9-]*):(\d{12}):")


class PlanMismatchError(ConflictError):
    """A plan was made for another account or region, or from another stack than the current one."""


def check_plan_matches(stack: Stack, plan: Mapping[str, Any]) -> None:
    """Check that a plan was made from the synthesized stack.

    Args:
        stack: The current stack of the environment.
        plan: The output of `terraform show -json`.

    Raises:
        PlanMismatchError: The plan is for another account or region, or was made from another stack.
    """
    name = stack.name
    for problem in _other_places(stack, plan):
        raise PlanMismatchError(
            f"the plan of {name} {problem}",
            remedy=f"plan with credentials of the account in environments/{name}.toml",
        )
    for problem in _differences(stack, plan):
        raise PlanMismatchError(
            f"stale plan of {name}: it was made from another stack than that of this checkout ({problem})",
            remedy=f"plan again: `terrarium plan {name} --save <file>`, or `cdktf diff {name}`",
        )


def _other_places(stack: Stack, plan: Mapping[str, Any]) -> Iterator[str]:
    (account,), region = stack.provider["allowed_account_ids"], stack.provider["region"]
    provider = plan["configuration"].get("provider_config", {}).get("aws", {}).get("expressions", {})
    accounts = provider.get("allowed_account_ids", {}).get("constant_value")
    if accounts != [account]:
        yield f"is for account {', '.join(accounts or ['unknown'])}; the stack is for {account}"
    if (planned := provider.get("region", {}).get("constant_value")) != region:
        yield f"is for region {planned}; the stack is for {region}"
    for resource in plan.get("resource_changes", []):
        match = _ARN.match(str((resource["change"].get("before") or {}).get("arn")))
        if match and (match[2] != account or match[1] not in {"", region}):
            yield (
                f"changes {resource['address']} in account {match[2]} {match[1]}; "
                f"the stack is for {account} {region}"
            )


def _differences(stack: Stack, plan: Mapping[str, Any]) -> Iterator[str]:
    configured = {
        resource["address"]: resource.get("expressions", {})
        for resource in plan["configuration"]["root_module"].get("resources", [])
    }
    for address in sorted(configured.keys() ^ _addresses(stack)):
        yield f"{address} is only in the {'plan' if address in configured else 'checkout'}"
    # The manifest contains the digest of the whole stack; the configuration in a plan has the synthesized value.
    planned = _digest(expressions.get("value") for expressions in configured.values())
    synthesized = _digest(body.attributes.get("value") for body in stack.resources("aws_ssm_parameter"))
    if planned != synthesized:
        yield f"its digest is {planned}, not {synthesized}"


def _addresses(stack: Stack) -> set[str]:
    return {
        f"{prefix}{kind}.{name}"
        for section, prefix in (("resource", ""), ("data", "data."))
        for kind, bodies in stack.document.get(section, {}).items()
        for name in bodies
    }


def _digest(values: Iterable[object]) -> str | None:
    for value in values:
        if match := _DIGEST.search(json.dumps(value).replace('\\"', '"')):
            return match[1]
    return None
