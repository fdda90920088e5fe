"""Counterparts of Terraform types in CloudFormation and in the API, and the types without a counterpart.

Only `policies` imports it.
"""

from collections.abc import Mapping

from policies.aws.values.counterparts.access import ACCESS
from policies.aws.values.counterparts.compute import COMPUTE
from policies.aws.values.counterparts.counterpart import Counterpart
from policies.aws.values.counterparts.data import DATA
from policies.aws.values.counterparts.events import EVENTS
from policies.aws.values.counterparts.network import NETWORK
from policies.aws.values.counterparts.storage import STORAGE

__all__ = ["COUNTERPARTS", "TERRAFORM_ONLY", "WITHOUT_COUNTERPART", "Counterpart"]

COUNTERPARTS: Mapping[str, Counterpart] = {**ACCESS, **COMPUTE, **DATA, **EVENTS, **NETWORK, **STORAGE}

# Terraform types that are not checked, each with the reason.
WITHOUT_COUNTERPART: Mapping[str, str] = {
    "aws_iam_role_policies_exclusive": "It sends no value: it deletes inline policies that the stack does not have",
    "aws_iam_role_policy_attachments_exclusive": "It detaches what aws_iam_role_policy_attachment does not attach",
    "aws_default_security_group": "AWS creates it with the VPC: Terraform removes its rules and sends no value",
}

# Arguments for Terraform or the provider, which are not sent to AWS.
TERRAFORM_ONLY = frozenset(
    {
        "apply_immediately",
        "connection",
        "count",
        "depends_on",
        "deregister_on_new_revision",
        "for_each",
        "force_delete",
        "force_destroy",
        "lifecycle",
        "provider",
        "provisioner",
        "skip_destroy",
        "skip_final_snapshot",
        "timeouts",
        "update_default_version",
    }
)
