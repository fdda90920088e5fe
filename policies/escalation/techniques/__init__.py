"""Techniques of privilege escalation: steps from the roles of an attacker to other roles and privileges.

Sources: AWS documentation of each service (the code that a call runs, and its role), Service Authorization Reference
(actions that depend on `iam:PassRole`), and two published collections: Rhino Security Labs, "AWS IAM Privilege
Escalation Methods"; Plerion, "Hacking Terraform State for Privilege Escalation".

Only `policies.escalation` imports it.
"""

from policies.escalation.privileges import Technique
from policies.escalation.techniques.boundaries import (
    attach_policies,
    change_user,
    create_role,
    escape_boundary,
)
from policies.escalation.techniques.roles import (
    assume_outside_role,
    assume_role,
    change_delivery_role,
    change_trust,
    pass_role,
)
from policies.escalation.techniques.stores import access_other_resources, become_database_owner, disable_audit
from policies.escalation.techniques.workloads import change_code, change_manifest, change_state, submit_job

__all__ = ["TECHNIQUES"]

TECHNIQUES: tuple[Technique, ...] = (
    assume_role,
    assume_outside_role,
    submit_job,
    pass_role,
    change_code,
    change_state,
    change_manifest,
    change_trust,
    change_delivery_role,
    attach_policies,
    create_role,
    escape_boundary,
    change_user,
    become_database_owner,
    disable_audit,
    access_other_resources,
)
