"""Example values for those that AWS assigns at a deployment, such as ids, ARNs and endpoints: same form and length.

Sources: Service Authorization Reference ("Resource types defined by …", the ARN formats); EC2 User Guide, "Resource
IDs" (a prefix and 17 hexadecimal digits); Amazon Aurora User Guide, "Aurora endpoints".
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from environments.regions import dns_suffix_of
from policies.aws.arns import ARN_FORMATS, NAME_ARGUMENTS
from policies.aws.values.expressions import UNKNOWN, evaluate
from policies.stack import Resource, Stack

__all__ = ["Account", "References"]

_UUID = "1234abcd-12ab-34cd-56ef-1234567890ab"
_RESOURCE_ID = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # 26 characters

# ARNs that do not follow from the name only, or for which the longest one is needed.
_ARNS: Mapping[str, str] = {
    **ARN_FORMATS,
    "aws_batch_job_definition": "arn:aws:batch:{region}:{account}:job-definition/{name}:1000",
    "aws_ecs_task_definition": "arn:aws:ecs:{region}:{account}:task-definition/{name}:1000",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/{host}",
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/" + _UUID,
    "aws_scheduler_schedule": "arn:aws:scheduler:{region}:{account}:schedule/{group_name}/{name}",
}
# By Terraform type: the prefix of the id that EC2 assigns.
_EC2_IDS: Mapping[str, str] = {
    "aws_default_security_group": "sg",
    "aws_eip": "eipalloc",
    "aws_flow_log": "fl",
    "aws_internet_gateway": "igw",
    "aws_launch_template": "lt",
    "aws_nat_gateway": "nat",
    "aws_route_table": "rtb",
    "aws_security_group": "sg",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
    "aws_vpc_endpoint": "vpce",
    "aws_vpc_security_group_egress_rule": "sgr",
    "aws_vpc_security_group_ingress_rule": "sgr",
}
# Types whose id in Terraform is the ARN. Source: the provider's documentation, "Attribute Reference".
_ARN_IS_ID = {
    "aws_batch_job_definition", "aws_batch_job_queue", "aws_batch_scheduling_policy", "aws_ecs_cluster",
    "aws_iam_openid_connect_provider", "aws_iam_policy", "aws_sfn_state_machine", "aws_sns_topic",
}  # fmt: skip
_OTHER: Mapping[tuple[str, str], Any] = {
    ("aws_availability_zones", "names"): ["{region}a", "{region}b", "{region}c"],
    ("aws_availability_zones", "zone_ids"): ["euc1-az1", "euc1-az2", "euc1-az3"],
    ("aws_ecr_repository", "repository_url"): "{account}.dkr.ecr.{region}.amazonaws.com/{name}",
    ("aws_eip", "allocation_id"): "eipalloc-{digits}",
    ("aws_kms_key", "key_id"): _UUID,
    ("aws_launch_template", "latest_version"): 1,
    ("aws_rds_cluster", "cluster_resource_id"): "cluster-" + _RESOURCE_ID,
    ("aws_rds_cluster", "endpoint"): "{name}.cluster-abcdefghijkl.{region}.rds.amazonaws.com",
    ("aws_rds_cluster", "reader_endpoint"): "{name}.cluster-ro-abcdefghijkl.{region}.rds.amazonaws.com",
    ("aws_rds_cluster", "master_user_secret[0].secret_arn"): (
        "arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-" + _UUID + "-AbCdEf"
    ),
    ("aws_rds_cluster", "port"): 5432,
    ("aws_sqs_queue", "url"): "https://sqs.{region}.amazonaws.com/{account}/{name}",
}


class Account:
    """The account, region and partition of an environment, which its ARNs and endpoints contain.

    Args:
        stack: The stack of the environment, whose provider names account and region.
    """

    def __init__(self, stack: Stack) -> None:
        self.region = stack.region
        self.id = str((stack.provider.get("allowed_account_ids") or ["123456789012"])[0])
        self.partition = stack.partition
        self.dns_suffix = dns_suffix_of(self.region) or "amazonaws.com"


class References:
    """Resolves a reference to the argument of that name, or else to a value of the form that AWS assigns.

    Args:
        stack: The stack that contains the references.
    """

    def __init__(self, stack: Stack) -> None:
        self._account = Account(stack)
        self._resources = stack.by_id
        self._pending: set[tuple[str, str]] = set()

    def __call__(self, kind: str, logical_id: str, attribute: str) -> Any:
        """Return the value of a reference; `UNKNOWN` if no form is known for it."""
        resource = self._resources.get(logical_id)
        if resource is None or (logical_id, attribute) in self._pending:
            return UNKNOWN
        if attribute in resource.attributes:
            self._pending.add((logical_id, attribute))
            try:
                return evaluate(resource.attributes[attribute], self)
            finally:
                self._pending.discard((logical_id, attribute))
        return self._computed(resource, kind, attribute)

    def physical_name(self, resource: Resource) -> str:
        """Return the physical name of a resource."""
        argument = NAME_ARGUMENTS.get(resource.kind, "name")
        if argument in resource.attributes:
            return str(evaluate(resource.attributes[argument], self))
        if f"{argument}_prefix" in resource.attributes:
            # Terraform appends a time and a counter: 26 digits (terraform-plugin-sdk, helper/id).
            return str(evaluate(resource.attributes[f"{argument}_prefix"], self)) + "2" * 26
        return resource.id

    def _computed(self, resource: Resource, kind: str, attribute: str) -> Any:
        name = self.physical_name(resource)
        if attribute == NAME_ARGUMENTS.get(kind):
            return name
        if attribute == "arn" or (attribute == "id" and kind in _ARN_IS_ID):
            form = _ARNS.get(kind)
            return UNKNOWN if form is None else self._filled(form, resource, name)
        if attribute == "id":
            return f"{_EC2_IDS[kind]}-{_digits(resource)}" if kind in _EC2_IDS else name
        return self._filled(_OTHER.get((kind, attribute), UNKNOWN), resource, name)

    def _filled(self, form: Any, resource: Resource, name: str) -> Any:
        if isinstance(form, list):
            return [self._filled(item, resource, name) for item in form]
        if not isinstance(form, str):
            return form
        in_partition = form.replace("arn:aws:", f"arn:{self._account.partition}:")
        return in_partition.replace("amazonaws.com", self._account.dns_suffix).format(
            region=self._account.region,
            account=self._account.id,
            name=name,
            digits=_digits(resource),
            group_name=evaluate(resource.attributes.get("group_name", "default"), self),
            host=str(resource.attributes.get("url", "")).removeprefix("https://"),
        )


def _digits(resource: Resource) -> str:
    """Return 17 hexadecimal digits, the same for the same resource and different for others."""
    return hashlib.sha256(resource.id.encode()).hexdigest()[:17]
