"""Values that AWS refuses, put into the real synthesized stacks: each with the rule that has to find it.

`ONCE_IN_THE_STACKS` are those that the stacks had, and that passed every check there was then.
"""

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

__all__ = ["ONCE_IN_THE_STACKS", "VALUE_MUTATIONS", "ValueMutation"]

Document = dict[str, Any]


class ValueMutation(NamedTuple):
    """One value that AWS refuses.

    Args:
        name: What is wrong.
        rule: The rule that has to find it.
        kind: The type of the resource.
        make: Puts the value into a copy of the stack of `dev`.
    """

    name: str
    rule: str
    kind: str
    make: Callable[[Document], None]


def _body(document: Document, kind: str, part: str) -> Any:
    """Return the arguments of the first resource of a type whose construct path has that part."""
    return next(
        body for body in document["resource"][kind].values() if part in body["//"]["metadata"]["path"]
    )


def _value(name: str, rule: str, kind: str, part: str, place: str, value: object) -> ValueMutation:
    """Set the value at a place, such as `compute_resources.ec2_configuration.0.image_type`."""

    def make(document: Document) -> None:
        target: Any = _body(document, kind, part)
        *steps, last = place.split(".")
        for step in steps:
            target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
        target[int(last) if isinstance(target, list) else last] = value

    return ValueMutation(name, rule, kind, make)


def _document(
    name: str, rule: str, kind: str, part: str, argument: str, change: Callable[[Any], None]
) -> ValueMutation:
    """Change the JSON document that an argument holds."""

    def make(document: Document) -> None:
        body = _body(document, kind, part)
        content = json.loads(body[argument])
        change(content)
        body[argument] = json.dumps(content)

    return ValueMutation(name, rule, kind, make)


def _resource(name: str, rule: str, kind: str, arguments: dict[str, object]) -> ValueMutation:
    """Add a resource."""

    def make(document: Document) -> None:
        path = {"metadata": {"path": "dev/mistake", "uniqueId": "mistake"}}
        document["resource"].setdefault(kind, {})["mistake"] = {"//": path, **arguments}

    return ValueMutation(name, rule, kind, make)


def _default_tags(name: str, rule: str, kind: str, tags: dict[str, str]) -> ValueMutation:
    """Set the tags that every resource gets."""

    def make(document: Document) -> None:
        document["provider"]["aws"][0]["default_tags"] = [{"tags": tags}]

    return ValueMutation(name, rule, kind, make)


def _grown_manifest(document: Document) -> None:
    body = _body(document, "aws_ssm_parameter", "manifest/")
    table = _body(document, "aws_dynamodb_table", "")["//"]["metadata"]["uniqueId"]
    pipelines = ", ".join(f'"p{index}" = aws_dynamodb_table.{table}.arn' for index in range(120))
    body["value"] = body["value"].replace('"version" = ', f'"more" = {{{pipelines}}}, "version" = ', 1)


def _long_statements(document: Any) -> None:
    document["Statement"] += [{**document["Statement"][0], "Sid": f"More{index}"} for index in range(60)]


def _very_long_statements(document: Any) -> None:
    for _ in range(8):
        _long_statements(document)


def _long_environment(container: Any) -> None:
    container["environment"] += [{"name": f"V{index}", "value": "v" * 900} for index in range(30)]


def _long_overrides(machine: Any) -> None:
    step = next(state for state in machine["States"].values() if "submitJob" in str(state.get("Resource")))
    step["Parameters"]["ContainerOverrides"]["Command"] = ["run", "x" * 9000]


def _repeated_id(policy: Any) -> None:
    policy["Statement"].append(policy["Statement"][0])


def _many_attachments(document: Document) -> None:
    attachments = document["resource"]["aws_iam_role_policy_attachment"]
    first = next(iter(attachments.values()))
    for index in range(11):
        path = {"metadata": {"path": f"dev/mistake-{index}", "uniqueId": f"mistake{index}"}}
        attachments[f"mistake{index}"] = {**first, "//": path}


ONCE_IN_THE_STACKS = (
    _value(
        "GPU pool on Amazon Linux 2",
        "api-withdrawn",
        "aws_batch_compute_environment",
        "pool-gpu",
        "compute_resources.ec2_configuration.0.image_type",
        "ECS_AL2_NVIDIA",
    ),
    _value(
        "apostrophe in the description of a security group",
        "E3031",
        "aws_security_group",
        "network/clients",
        "description",
        "Worn by what may reach the platform's private services",
    ),
    _value(
        "apostrophe in the description of an egress rule",
        "api-characters",
        "aws_security_group",
        "network/clients",
        "egress.0.description",
        "Wherever the network's routes lead",
    ),
    _value(
        "apostrophe in the description of an ingress rule",
        "api-characters",
        "aws_security_group",
        "metadata/",
        "ingress.0.description",
        "PostgreSQL, from the platform's clients only",
    ),
    _value(
        "cluster of an engine version that RDS has withdrawn",
        "W3690",
        "aws_rds_cluster",
        "",
        "engine_version",
        "16.6",
    ),
    _document(
        "two statements of a policy with one id",
        "E3510",
        "aws_iam_policy",
        "access/job/",
        "policy",
        _repeated_id,
    ),
)
VALUE_MUTATIONS = (
    *ONCE_IN_THE_STACKS,
    # Values that a model refuses.
    _resource(
        "notebook on a platform that does not exist",
        "E3031",
        "aws_sagemaker_notebook_instance",
        {
            "name": "terrarium-dev-ada",
            "instance_type": "ml.t3.medium",
            "role_arn": "arn:aws:iam::111111111111:role/terrarium-dev-job",
            "platform_identifier": "notebook-al2-v9",
        },
    ),
    _value(
        "allocation strategy that does not exist",
        "E3030",
        "aws_batch_compute_environment",
        "pool-cpu",
        "compute_resources.allocation_strategy",
        "SPOT_CHEAPEST",
    ),
    _value(
        "compute environment with spaces in its name",
        "api-characters",
        "aws_batch_compute_environment",
        "pool-cpu",
        "compute_environment_name",
        "terrarium dev cpu",
    ),
    _default_tags(
        "tag with a character that tags may not have",
        "E3031",
        "aws_iam_role",
        {"owner": "R&D"},
    ),
    _value("days that logs cannot be kept", "E3030", "aws_cloudwatch_log_group", "", "retention_in_days", 8),
    _value("key deleted too soon", "E3034", "aws_kms_key", "", "deletion_window_in_days", 3),
    _value("bucket name in capitals", "E3031", "aws_s3_bucket", "artifacts/", "bucket", "Terrarium-Dev"),
    _value("memory that Fargate has not", "E3047", "aws_ecs_task_definition", "", "memory", "5000"),
    _value("period of an alarm", "E3615", "aws_cloudwatch_metric_alarm", "", "period", 45),
    _value(
        "attribute that no key has",
        "E3039",
        "aws_dynamodb_table",
        "",
        "attribute",
        [{"name": name, "type": "S"} for name in ("entity", "feature_view", "unused")],
    ),
    _value("subnets that overlap", "E3060", "aws_subnet", "private-1", "cidr_block", "10.10.0.0/19"),
    _value(
        "name that AWS keeps for itself", "W3701", "aws_ssm_parameter", "manifest/", "name", "/aws/manifest"
    ),
    _value("version that does not exist", "E3690", "aws_rds_cluster", "", "engine_version", "99.1"),
    _document(
        "state machine without a first state",
        "E3601",
        "aws_sfn_state_machine",
        "",
        "definition",
        lambda machine: machine.pop("StartAt"),
    ),
    _document(
        "trust policy without a principal",
        "E3530",
        "aws_iam_role",
        "",
        "assume_role_policy",
        lambda policy: policy["Statement"][0].pop("Principal"),
    ),
    _document(
        "container without an image",
        "E3003",
        "aws_batch_job_definition",
        "",
        "container_properties",
        lambda container: container.pop("image"),
    ),
    # What is larger than AWS allows.
    ValueMutation("manifest of a grown environment", "aws-size", "aws_ssm_parameter", _grown_manifest),
    _document(
        "managed policy that is too long",
        "aws-size",
        "aws_iam_policy",
        "access/job/",
        "policy",
        _long_statements,
    ),
    _document(
        "trust policy that is too long",
        "aws-size",
        "aws_iam_role",
        "",
        "assume_role_policy",
        _long_statements,
    ),
    _document(
        "key policy that is too long",
        "aws-size",
        "aws_kms_key",
        "",
        "policy",
        _very_long_statements,
    ),
    _document(
        "topic policy that is too long",
        "aws-size",
        "aws_sns_topic_policy",
        "",
        "policy",
        _very_long_statements,
    ),
    _document(
        "bucket policy that is too long",
        "aws-size",
        "aws_s3_bucket_policy",
        "",
        "policy",
        _very_long_statements,
    ),
    _document(
        "job definition that is too long",
        "aws-size",
        "aws_batch_job_definition",
        "",
        "container_properties",
        _long_environment,
    ),
    _document(
        "step with overrides that are too long",
        "aws-size",
        "aws_sfn_state_machine",
        "",
        "definition",
        _long_overrides,
    ),
    _value(
        "event pattern that is too long",
        "aws-size",
        "aws_cloudwatch_event_rule",
        "",
        "event_pattern",
        json.dumps({"source": [f"aws.{index:04}" for index in range(300)]}),
    ),
    _value(
        "state machine that is too long",
        "E3033",
        "aws_sfn_state_machine",
        "",
        "definition",
        json.dumps(
            {"StartAt": "A", "States": {"A": {"Type": "Pass", "Comment": "x" * 1_100_000, "End": True}}}
        ),
    ),
    _value(
        "start script of a notebook that is too long",
        "E3033",
        "aws_sagemaker_notebook_instance_lifecycle_configuration",
        "",
        "on_start",
        "eA==" * 5000,
    ),
    _value(
        "user data that is too long",
        "aws-size",
        "aws_launch_template",
        "",
        "user_data",
        base64.b64encode(b"x" * 20_000).decode(),
    ),
    _default_tags(
        "more tags than a resource can have",
        "aws-size",
        "aws_vpc",
        {f"tag-{index}": "value" for index in range(51)},
    ),
    _default_tags("tag value that is too long", "aws-size", "aws_vpc", {"owner": "x" * 257}),
    _value("tag of one resource that is too long", "aws-size", "aws_vpc", "", "tags.Name", "x" * 257),
    _default_tags("tag key that AWS reserves", "aws-size", "aws_vpc", {"aws:owner": "ml-platform"}),
    ValueMutation(
        "more policies than a role can have", "aws-size", "aws_iam_role_policy_attachment", _many_attachments
    ),
)
