"""Runs in the isolated environment: roles and their statements from stdin, what is dangerous in them to stdout.

It may import nothing of Terrarium, which is not installed there.
"""

import json
import sys

from cloudsplaining.scan.policy_document import PolicyDocument

__all__ = ["dangers"]

# Looking at how resources are configured shows no data: Terraform plans by it, over the whole account.
_CONFIGURATION = ("Describe", "List", "View")


def dangers(statements: list[dict[str, object]]) -> list[tuple[str, str]]:
    """What all statements of a role together allow that they should not: check id, and what it is."""
    policy = PolicyDocument({"Version": "2012-10-17", "Statement": statements})
    found = [
        ("privilege-escalation", f"{escalation['type']}: {', '.join(escalation['actions'])}")
        for escalation in policy.allows_privilege_escalation
    ]
    # An action that knows no resources cannot be bounded by them; one that does, and is not, is the finding.
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
