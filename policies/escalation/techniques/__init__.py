"""Ways from the powers that somebody has to another role, or to a power that no role should reach.

Sources: AWS documentation of each service (what a call runs, and with which role), Service Authorization Reference
(actions that depend on `iam:PassRole`), and two published collections of such ways: Rhino Security Labs, "AWS IAM
Privilege Escalation Methods"; Plerion, "Hacking Terraform State for Privilege Escalation".
"""

from policies.escalation.powers import Technique
from policies.escalation.techniques.boundaries import become_user, escape_boundary, grant_oneself, make_role
from policies.escalation.techniques.roles import (
    assume_outside_role,
    assume_role,
    change_delivery,
    change_trust,
    pass_role,
)
from policies.escalation.techniques.stores import hide, own_database, reach_others
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
    change_delivery,
    grant_oneself,
    make_role,
    escape_boundary,
    become_user,
    own_database,
    hide,
    reach_others,
)
