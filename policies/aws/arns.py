"""ARNs of the resources of a stack, computed from their physical names."""

import json
import re
from collections.abc import Mapping
from typing import Any

from policies.extensions import declared_types
from policies.stack import Resource, Stack

__all__ = ["ARN_FORMATS", "NAME_ARGUMENTS", "arn_of", "name_of", "with_arns"]

# By Terraform type: the argument with the physical name. AWS assigns the names of other types.
NAME_ARGUMENTS: Mapping[str, str] = {
    "aws_athena_workgroup": "name",
    "aws_batch_compute_environment": "compute_environment_name_prefix",  # AWS appends to it
    "aws_batch_job_definition": "name",
    "aws_batch_job_queue": "name",
    "aws_batch_scheduling_policy": "name",
    "aws_budgets_budget": "name",
    "aws_cloudtrail": "name",
    "aws_cloudwatch_dashboard": "dashboard_name",
    "aws_cloudwatch_event_rule": "name",
    "aws_cloudwatch_log_group": "name",
    "aws_cloudwatch_metric_alarm": "alarm_name",
    "aws_db_subnet_group": "name",
    "aws_dynamodb_table": "name",
    "aws_ecr_repository": "name",
    "aws_ecs_cluster": "name",
    "aws_ecs_task_definition": "family",
    "aws_glue_catalog_database": "name",
    "aws_iam_instance_profile": "name",
    "aws_iam_policy": "name",
    "aws_iam_role": "name",
    "aws_kms_alias": "name",
    "aws_launch_template": "name",
    "aws_placement_group": "name",
    "aws_rds_cluster": "cluster_identifier",
    "aws_rds_cluster_instance": "identifier",
    "aws_rds_cluster_parameter_group": "name",
    "aws_s3_bucket": "bucket",
    "aws_sagemaker_notebook_instance": "name",
    "aws_sagemaker_notebook_instance_lifecycle_configuration": "name",
    "aws_scheduler_schedule": "name",
    "aws_scheduler_schedule_group": "name",
    "aws_security_group": "name",
    "aws_sfn_state_machine": "name",
    "aws_sns_topic": "name",
    "aws_sqs_queue": "name",
    "aws_ssm_parameter": "name",
}

# The ARN of each type, as the Service Authorization Reference has it under "Resource types defined by ...".
ARN_FORMATS: Mapping[str, str] = {
    "aws_athena_workgroup": "arn:aws:athena:{region}:{account}:workgroup/{name}",
    "aws_batch_compute_environment": "arn:aws:batch:{region}:{account}:compute-environment/{name}",
    "aws_batch_job_definition": "arn:aws:batch:{region}:{account}:job-definition/{name}:1",
    "aws_batch_job_queue": "arn:aws:batch:{region}:{account}:job-queue/{name}",
    "aws_batch_scheduling_policy": "arn:aws:batch:{region}:{account}:scheduling-policy/{name}",
    "aws_budgets_budget": "arn:aws:budgets::{account}:budget/{name}",
    "aws_cloudtrail": "arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    "aws_cloudwatch_dashboard": "arn:aws:cloudwatch::{account}:dashboard/{name}",
    "aws_cloudwatch_event_rule": "arn:aws:events:{region}:{account}:rule/{name}",
    "aws_cloudwatch_log_group": "arn:aws:logs:{region}:{account}:log-group:{name}",
    "aws_cloudwatch_metric_alarm": "arn:aws:cloudwatch:{region}:{account}:alarm:{name}",
    "aws_db_subnet_group": "arn:aws:rds:{region}:{account}:subgrp:{name}",
    "aws_dynamodb_table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "aws_ecr_repository": "arn:aws:ecr:{region}:{account}:repository/{name}",
    "aws_ecs_cluster": "arn:aws:ecs:{region}:{account}:cluster/{name}",
    "aws_ecs_task_definition": "arn:aws:ecs:{region}:{account}:task-definition/{name}:1",
    "aws_glue_catalog_database": "arn:aws:glue:{region}:{account}:database/{name}",
    "aws_iam_instance_profile": "arn:aws:iam::{account}:instance-profile/{name}",
    "aws_iam_policy": "arn:aws:iam::{account}:policy/{name}",
    "aws_iam_role": "arn:aws:iam::{account}:role/{name}",
    "aws_kms_alias": "arn:aws:kms:{region}:{account}:{name}",
    "aws_rds_cluster": "arn:aws:rds:{region}:{account}:cluster:{name}",
    "aws_rds_cluster_instance": "arn:aws:rds:{region}:{account}:db:{name}",
    "aws_rds_cluster_parameter_group": "arn:aws:rds:{region}:{account}:cluster-pg:{name}",
    "aws_s3_bucket": "arn:aws:s3:::{name}",
    "aws_sagemaker_notebook_instance": "arn:aws:sagemaker:{region}:{account}:notebook-instance/{name}",
    "aws_scheduler_schedule_group": "arn:aws:scheduler:{region}:{account}:schedule-group/{name}",
    "aws_sfn_state_machine": "arn:aws:states:{region}:{account}:stateMachine:{name}",
    "aws_sns_topic": "arn:aws:sns:{region}:{account}:{name}",
    "aws_sqs_queue": "arn:aws:sqs:{region}:{account}:{name}",
    "aws_ssm_parameter": "arn:aws:ssm:{region}:{account}:parameter{name}",
}

# Types whose ARN contains the argument `path` before the name.
_WITH_PATH = ("aws_iam_instance_profile", "aws_iam_policy", "aws_iam_role")

# Types whose name AWS assigns: a made-up name serves, since no pattern in a statement can match the real one.
_UNNAMED_ARNS: Mapping[str, str] = {
    "aws_kms_key": "arn:aws:kms:{region}:{account}:key/00000000-0000-0000-0000-000000000000",
    "aws_iam_openid_connect_provider": "arn:aws:iam::{account}:oidc-provider/{url}",
    "aws_security_group": "arn:aws:ec2:{region}:{account}:security-group/sg-00000000000000000",
    "aws_subnet": "arn:aws:ec2:{region}:{account}:subnet/subnet-00000000000000000",
    "aws_vpc": "arn:aws:ec2:{region}:{account}:vpc/vpc-00000000000000000",
}
# Other attributes of resources that contain an ARN or an id.
_OTHER_ARNS: Mapping[tuple[str, str], str] = {
    ("aws_rds_cluster", "master_user_secret[0].secret_arn"): (
        "arn:aws:secretsmanager:{region}:{account}:secret:rds!cluster-00000000-0000-0000-0000-000000000000-abcdef"
    ),
    ("aws_rds_cluster", "cluster_resource_id"): "cluster-00000000000000000000000000",
}
_REFERENCE = re.compile(r"(?<!\$)\$\{(aws_\w+)\.([\w-]+)\.([^}]+)\}")


def name_of(resource: Resource) -> str | None:
    """Return the physical name of a resource in the stack, or None if AWS assigns it."""
    name = resource.attributes.get(NAME_ARGUMENTS.get(resource.kind, ""))
    return name if isinstance(name, str) and "${" not in name else None


def arn_of(resource: Resource, stack: Stack) -> str | None:
    """Return the ARN that a resource will have, or None if it does not follow from its name."""
    if resource.kind not in ARN_FORMATS:
        return _declared_arn(resource, stack)
    name = name_of(resource)
    if name is None:
        return None
    if resource.kind in _WITH_PATH:
        name = f"{resource.attributes.get('path') or '/'}{name}".removeprefix("/")
    return stack.arn(ARN_FORMATS[resource.kind], name=name)


def _declared_arn(resource: Resource, stack: Stack) -> str | None:
    """Return the ARN of a resource whose type only an extension knows."""
    declared = declared_types(stack.document).get(resource.kind)
    if declared is None or declared.arn is None:
        return None
    name = resource.attributes.get(declared.name_argument or "")
    if not isinstance(name, str) or "${" in name:
        return None
    return stack.arn(declared.arn, name=name)


def with_arns(value: Any, stack: Stack) -> Any:
    """Return a JSON value in which references to ARNs and names are replaced by the ARNs and names themselves.

    Other references stay. Where AWS assigns the name, the result has a well-formed ARN with a made-up name.
    """

    def resolved(match: re.Match[str]) -> str:
        kind, logical_id, attribute = match.groups()
        found = _attribute(stack, kind, logical_id, attribute)
        return match.group() if found is None else json.dumps(found)[1:-1]

    return json.loads(_REFERENCE.sub(resolved, json.dumps(value)))


def _attribute(stack: Stack, kind: str, logical_id: str, attribute: str) -> str | None:
    resource = stack.by_id.get(logical_id)
    if resource is None or resource.kind != kind:
        return None
    if attribute == "arn":
        return arn_of(resource, stack) or _unnamed(_UNNAMED_ARNS.get(kind), resource, stack)
    if (kind, attribute) in _OTHER_ARNS:
        return _unnamed(_OTHER_ARNS[kind, attribute], resource, stack)
    return name_of(resource) if attribute == NAME_ARGUMENTS.get(kind) else None


def _unnamed(form: str | None, resource: Resource, stack: Stack) -> str | None:
    if form is None:
        return None
    return stack.arn(form, url=str(resource.attributes.get("url", "")).removeprefix("https://"))
