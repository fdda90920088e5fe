"""Encryption: at rest with the environment's own key, and in transit."""

from collections.abc import Callable, Iterator, Mapping

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import listed, statements

__all__ = ["POLICIES"]


def _has(*path: str) -> Callable[[Resource], bool]:
    *blocks, key = path
    return lambda resource: any(block.get(key) for block in resource.blocks(*blocks))


# By type of store: a function that returns whether a customer-managed key encrypts it.
_ENCRYPTED: Mapping[str, Callable[[Resource], bool]] = {
    "aws_cloudwatch_log_group": _has("kms_key_id"),
    "aws_dynamodb_table": _has("server_side_encryption", "kms_key_arn"),
    "aws_ecr_repository": _has("encryption_configuration", "kms_key"),
    "aws_efs_file_system": _has("kms_key_id"),
    "aws_rds_cluster": lambda cluster: _has("storage_encrypted")(cluster) and _has("kms_key_id")(cluster),
    "aws_sagemaker_notebook_instance": _has("kms_key_id"),
    "aws_secretsmanager_secret": _has("kms_key_id"),
    "aws_sns_topic": _has("kms_master_key_id"),
    "aws_sqs_queue": _has("kms_master_key_id"),
    "aws_ssm_parameter": lambda parameter: (
        parameter.attributes.get("type") == "SecureString" and _has("key_id")(parameter)
    ),
    "aws_athena_workgroup": _has(
        "configuration", "result_configuration", "encryption_configuration", "kms_key_arn"
    ),
}


def _unencrypted(stack: Stack) -> Iterator[Violation]:
    for resource in stack.resources(*_ENCRYPTED):
        if not _ENCRYPTED[resource.kind](resource):
            yield Violation(resource, "its data is not encrypted with the environment's key")
    for bucket in stack.resources("aws_s3_bucket"):
        settings = [
            default
            for configuration in stack.resources("aws_s3_bucket_server_side_encryption_configuration")
            if configuration.refers_to("bucket", bucket)
            for default in configuration.blocks("rule", "apply_server_side_encryption_by_default")
        ]
        if not any(
            default.get("sse_algorithm") in {"aws:kms", "aws:kms:dsse"} and default.get("kms_master_key_id")
            for default in settings
        ):
            yield Violation(bucket, "its objects are not encrypted with the environment's key")
    for template in stack.resources("aws_launch_template"):
        disks = template.blocks("block_device_mappings", "ebs")
        if not disks or any(str(disk.get("encrypted")).lower() != "true" for disk in disks):
            yield Violation(template, "the disks of its instances are not encrypted")


def _keys_without_rotation(stack: Stack) -> Iterator[Violation]:
    for key in stack.resources("aws_kms_key"):
        if not key.attributes.get("enable_key_rotation"):
            yield Violation(key, "the key is never rotated")


def _plain_transport(stack: Stack) -> Iterator[Violation]:
    for bucket in stack.resources("aws_s3_bucket"):
        denials = [
            statement
            for policy in stack.resources("aws_s3_bucket_policy")
            if policy.refers_to("bucket", bucket)
            for statement in statements(policy.document("policy"))
            if statement["Effect"] == "Deny" and "s3:*" in listed(statement["Action"])
        ]
        if not any(
            denial.get("Condition", {}).get("Bool", {}).get("aws:SecureTransport") == "false"
            for denial in denials
        ):
            yield Violation(bucket, "its objects can be read and written without TLS")
    for cluster in stack.resources("aws_rds_cluster"):
        forced = any(
            parameter.get("name") == "rds.force_ssl" and str(parameter.get("value")) == "1"
            for group in stack.resources("aws_rds_cluster_parameter_group")
            if cluster.refers_to("db_cluster_parameter_group_name", group)
            for parameter in group.blocks("parameter")
        )
        if not forced:
            yield Violation(cluster, "it accepts connections without TLS")


POLICIES = (
    Policy(
        "store-encryption",
        "All stored data is encrypted with the environment's own key",
        "pass it the key of the construct `Encryption` (`encryption.key_arn`)",
        _unencrypted,
    ),
    Policy(
        "key-rotation",
        "Keys are rotated every year",
        "set enable_key_rotation=True",
        _keys_without_rotation,
    ),
    Policy(
        "transport-encryption",
        "Stores accept connections with TLS only",
        "deny s3:* where aws:SecureTransport is false, as modules/bucket.py does; set rds.force_ssl to 1",
        _plain_transport,
    ),
)
