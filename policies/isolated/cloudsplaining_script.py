"""Script for the isolated environment: reads roles' statements from stdin, writes dangerous permissions to stdout.

It cannot import Terrarium, which is not installed there.
"""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument

__all__ = ["dangers"]

# Actions that read configuration and no data. Terraform needs them for the whole account when it plans.
_CONFIGURATION = ("Describe", "List", "View")


def dangers(statements: list[dict[str, object]]) -> list[tuple[str, str]]:
    """Return the dangerous permissions of all statements of a role together, as pairs of check id and detail."""
    policy = PolicyDocument({"Version": "2012-10-17", "Statement": statements})
    found = [
        ("privilege-escalation", f"{escalation['type']}: {', '.join(escalation['actions'])}")
        for escalation in policy.allows_privilege_escalation
    ]
    # Only actions that support resource-level permissions can be restricted; these are the findings.
    for check, actions in (
        ("resource-exposure", policy.permissions_management_without_constraints),
        ("data-exfiltration", policy.allows_data_exfiltration_actions),
        ("credentials-exposure", policy.credentials_exposure),
        (
            "wildcard-resource",
            [
                action
                for statement in policy.statements
                if statement.effect_allow and statement.has_resource_wildcard and not statement.has_condition
                for action in statement.restrictable_actions
                if not action.partition(":")[2].startswith(_CONFIGURATION)
            ],
        ),
    ):
        if actions:
            found.append((check, ", ".join(sorted(set(actions)))))
    return found


if __name__ == "__main__":
    roles = json.load(sys.stdin)
    json.dump([dangers(statements) for statements in roles], sys.stdout)
