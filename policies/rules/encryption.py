"""Encryption: at rest with the environment's own key, and in transit."""

from collections.abc import Callable, Iterator, Mapping

from policies.policy import Policy, Violation
from policies.stack import Resource, Stack
from policies.statements import listed, statements

__all__ = ["POLICIES"]

_SYMMETRIC = "SYMMETRIC_DEFAULT"
_YEAR = 366  # days


def _has(*path: str) -> Callable[[Resource], bool]:
    *blocks, key = path
    return lambda resource: any(block.get(key) for block in resource.blocks(*blocks))


def _all(*conditions: Callable[[Resource], bool]) -> Callable[[Resource], bool]:
    return lambda resource: all(condition(resource) for condition in conditions)


def _is(value: object, *path: str) -> Callable[[Resource], bool]:
    *blocks, key = path
    return lambda resource: any(block.get(key) == value for block in resource.blocks(*blocks))


# By type of store: a function that returns whether a customer-managed key encrypts it.
_ENCRYPTED: Mapping[str, Callable[[Resource], bool]] = {
    "aws_athena_workgroup": _has(
        "configuration", "result_configuration", "encryption_configuration", "kms_key_arn"
    ),
    "aws_backup_vault": _has("kms_key_arn"),
    "aws_cloudwatch_log_group": _has("kms_key_id"),
    "aws_db_instance": _all(_has("storage_encrypted"), _has("kms_key_id")),
    "aws_docdb_cluster": _all(_has("storage_encrypted"), _has("kms_key_id")),
    "aws_dynamodb_table": _has("server_side_encryption", "kms_key_arn"),
    "aws_ebs_volume": _all(_has("encrypted"), _has("kms_key_id")),
    "aws_ecr_repository": _has("encryption_configuration", "kms_key"),
    "aws_efs_file_system": _has("kms_key_id"),
    "aws_elasticache_replication_group": _all(_has("at_rest_encryption_enabled"), _has("kms_key_id")),
    "aws_fsx_lustre_file_system": _has("kms_key_id"),
    "aws_kinesis_firehose_delivery_stream": _has("server_side_encryption", "key_arn"),
    "aws_kinesis_stream": _has("kms_key_id"),
    "aws_memorydb_cluster": _has("kms_key_arn"),
    "aws_msk_cluster": _has("encryption_info", "encryption_at_rest_kms_key_arn"),
    "aws_neptune_cluster": _all(_has("storage_encrypted"), _has("kms_key_arn")),
    "aws_opensearch_domain": _has("encrypt_at_rest", "kms_key_id"),
    "aws_rds_cluster": _all(_has("storage_encrypted"), _has("kms_key_id")),
    "aws_redshift_cluster": _all(_has("encrypted"), _has("kms_key_id")),
    "aws_sagemaker_domain": _has("kms_key_id"),
    "aws_sagemaker_notebook_instance": _has("kms_key_id"),
    "aws_secretsmanager_secret": _has("kms_key_id"),
    "aws_sns_topic": _has("kms_master_key_id"),
    "aws_sqs_queue": _has("kms_master_key_id"),
    "aws_ssm_parameter": _all(_is("SecureString", "type"), _has("key_id")),
    "aws_timestreamwrite_database": _has("kms_key_id"),
}
# By type of a service that writes to stores: whether what it writes is encrypted.
_WRITES_ENCRYPTED: Mapping[str, Callable[[Resource], bool]] = {
    # Otherwise a client may name another place, and no key, for its results.
    "aws_athena_workgroup": lambda workgroup: (
        not any(
            block.get("enforce_workgroup_configuration") is False
            for block in workgroup.blocks("configuration")
        )
    ),
    "aws_glue_crawler": _has("security_configuration"),
    "aws_glue_job": _has("security_configuration"),
    "aws_glue_security_configuration": _is(
        "SSE-KMS", "encryption_configuration", "s3_encryption", "s3_encryption_mode"
    ),
}


def _unencrypted(stack: Stack) -> Iterator[Violation]:
    for resource in stack.resources(*_ENCRYPTED):
        if not _ENCRYPTED[resource.kind](resource):
            yield Violation(resource, "its data is not encrypted with the environment's key")
    for resource in stack.resources(*_WRITES_ENCRYPTED):
        if not _WRITES_ENCRYPTED[resource.kind](resource):
            yield Violation(resource, "what it writes may be unencrypted")
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
        if key.attributes.get("customer_master_key_spec", _SYMMETRIC) != _SYMMETRIC:
            continue  # KMS rotates symmetric keys only
        if not key.attributes.get("enable_key_rotation"):
            yield Violation(key, "the key is never rotated")
        elif (key.attributes.get("rotation_period_in_days") or _YEAR) > _YEAR:
            yield Violation(key, f"it is rotated every {key.attributes['rotation_period_in_days']} days only")


# By type: a function that returns whether it accepts connections with TLS only.
_TLS: Mapping[str, Callable[[Resource], bool]] = {
    "aws_cloudfront_distribution": lambda distribution: (
        not any(
            block.get("viewer_protocol_policy") == "allow-all"
            for name in ("default_cache_behavior", "ordered_cache_behavior")
            for block in distribution.blocks(name)
        )
    ),
    "aws_ecs_task_definition": lambda task: all(
        block.get("transit_encryption") == "ENABLED"
        for block in task.blocks("volume", "efs_volume_configuration")
    ),
    "aws_elasticache_replication_group": _has("transit_encryption_enabled"),
    "aws_memorydb_cluster": lambda cluster: cluster.attributes.get("tls_enabled") is not False,
    "aws_msk_cluster": lambda cluster: all(
        block.get("client_broker", "TLS") == "TLS"
        for block in cluster.blocks("encryption_info", "encryption_in_transit")
    ),
    "aws_opensearch_domain": _has("domain_endpoint_options", "enforce_https"),
    "aws_sns_topic_subscription": lambda subscription: subscription.attributes.get("protocol") != "http",
}


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
    for listener in stack.resources("aws_lb_listener", "aws_alb_listener"):
        redirected = any(
            block.get("protocol") == "HTTPS" for block in listener.blocks("default_action", "redirect")
        )
        if listener.attributes.get("protocol", "HTTP") == "HTTP" and not redirected:
            yield Violation(listener, "it accepts connections without TLS")
    for resource in stack.resources(*_TLS):
        if not _TLS[resource.kind](resource):
            yield Violation(resource, "it accepts connections without TLS")


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
