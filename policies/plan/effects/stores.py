"""Effects of changes of stores: data that is lost, a database that does not answer, protections that end."""

from collections.abc import Mapping
from typing import Any

from policies.plan.effects.effect import (
    Effect,
    TypeEffects,
    Update,
    changed,
    holds_data,
    interrupts,
    lost,
    lower,
    no_effect,
    off,
    protects,
    removed,
)

__all__ = ["STORES"]

_LOST = "its data is lost"
_LOGS = "these logs are no longer exported"
_CERTIFICATE = "clients that do not trust the new certificate authority cannot connect"


def _engine(before: Any, after: Any) -> Effect | None:
    old, new = _version(before), _version(after)
    if old is None or new is None or old == new:
        return None
    if new < old:
        return Effect("interruption", f"the engine goes from {before} back to {after}, which AWS refuses")
    if new[0] > old[0]:
        return Effect(
            "interruption",
            f"the database does not answer while its engine is upgraded from {before} to {after}",
        )
    return None  # a minor upgrade waits for the maintenance window


def _version(value: Any) -> tuple[int, ...] | None:
    try:
        return tuple(int(part) for part in str(value).split("."))
    except ValueError:
        return None


def _minimum_capacity(before: Any, after: Any) -> Effect | None:
    if before and after == 0:
        return Effect("reduction", "the database pauses when it is idle: the first connection waits for it")
    return lower("the database is slower after idle times")(before, after)


def _unprotected(value: object) -> Any:
    return off(value=value, effect="it can be deleted with its data", consequence="protection")


# Arguments that Aurora clusters and other databases share.
_DATABASE: Mapping[str, Update] = {
    "allocated_storage": lower("AWS refuses to shrink storage", consequence="interruption"),
    "backup_retention_period": lower("backups are kept shorter", consequence="protection"),
    "deletion_protection": _unprotected(value=False),
    "enabled_cloudwatch_logs_exports": lost(_LOGS, consequence="protection"),
    "engine_version": _engine,
    "iam_database_authentication_enabled": off(
        value=False, effect="users cannot log in with IAM tokens", consequence="interruption"
    ),
    "manage_master_user_password": changed("the master password changes"),
    "performance_insights_enabled": off(
        value=False, effect="slow queries are no longer recorded", consequence="protection"
    ),
    "port": changed("the database restarts on another port: clients that know the old one cannot connect"),
    "skip_final_snapshot": off(value=True, effect="no snapshot is left of it", consequence="protection"),
    "vpc_security_group_ids": lost("members of these groups cannot connect", consequence="interruption"),
}

STORES: Mapping[str, TypeEffects] = {
    "aws_rds_cluster": holds_data(
        _LOST,
        updated={
            **_DATABASE,
            "serverlessv2_scaling_configuration.*.max_capacity": lower(
                "the database answers fewer queries at a time"
            ),
            "serverlessv2_scaling_configuration.*.min_capacity": _minimum_capacity,
            "db_cluster_parameter_group_name": changed("the database restarts to use the other group"),
            "db_cluster_instance_class": changed("the database does not answer while its instances change"),
            "ca_certificate_identifier": changed(_CERTIFICATE),
            "master_password": changed("the master password changes"),
        },
    ),
    "aws_db_instance": holds_data(
        _LOST,
        updated={
            **_DATABASE,
            "ca_cert_identifier": changed(_CERTIFICATE),
            "password": changed("the master password changes"),
            "instance_class": changed("the database does not answer while it restarts on the other class"),
            "multi_az": off(
                value=False, effect="it does not survive the loss of a zone", consequence="protection"
            ),
            "parameter_group_name": changed("the database restarts to use the other group"),
            "publicly_accessible": changed("its address changes"),
        },
    ),
    "aws_rds_cluster_instance": interrupts(
        "fewer instances answer; if it is the writer, connections end until another one takes over",
        replaced="the database does not answer while the instance is replaced, unless another one takes over",
        updated={
            "ca_cert_identifier": changed(_CERTIFICATE),
            "instance_class": changed("connections end while the instance restarts on the other class"),
            "monitoring_interval": off(
                value=0, effect="its load is no longer recorded", consequence="protection"
            ),
            "performance_insights_enabled": off(
                value=False, effect="slow queries are no longer recorded", consequence="protection"
            ),
            "publicly_accessible": changed("its address changes"),
        },
    ),
    "aws_rds_cluster_parameter_group": interrupts(
        "AWS refuses to delete a group in use",
        gapless=True,
        updated={
            "parameter.*.value": changed(
                "sessions get the new value, or the database has to restart for it: see the parameter's apply_type",
                consequence="reduction",
            ),
        },
    ),
    "aws_dynamodb_table": holds_data(
        _LOST,
        updated={
            "billing_mode": off("PROVISIONED", "requests above the provisioned capacity are throttled"),
            "deletion_protection_enabled": _unprotected(value=False),
            "point_in_time_recovery.*.enabled": off(
                value=False,
                effect="the table cannot be restored to an earlier time",
                consequence="protection",
            ),
            "read_capacity": lower("reads above the capacity are throttled"),
            "stream_enabled": off(value=False, effect="readers of the stream get no changes"),
            "write_capacity": lower("writes above the capacity are throttled"),
        },
    ),
    "aws_s3_bucket": holds_data(
        "its objects are lost",
        updated={
            "force_destroy": off(
                value=True, effect="it can be deleted with its objects", consequence="protection"
            ),
        },
    ),
    "aws_s3_bucket_versioning": protects(
        "overwritten and deleted objects are lost",
        updated={
            "versioning_configuration.*.status": off(
                "Suspended", "overwritten and deleted objects are lost", consequence="protection"
            ),
        },
    ),
    "aws_s3_bucket_public_access_block": protects(
        "the bucket can be made public",
        updated={
            **dict.fromkeys(
                ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"),
                off(value=False, effect="the bucket can be made public", consequence="protection"),
            ),
        },
    ),
    "aws_s3_bucket_policy": protects("its denials end, and grants to services too"),
    "aws_s3_bucket_object_lock_configuration": protects(
        "new objects can be deleted",
        updated={
            "rule.*.default_retention.*.days": lower(
                "objects can be deleted earlier", consequence="protection"
            ),
            "rule.*.default_retention.*.mode": off(
                "GOVERNANCE", "privileged users can delete locked objects", consequence="protection"
            ),
        },
    ),
    "aws_s3_bucket_server_side_encryption_configuration": protects(
        "new objects are encrypted with AWS' key instead of the environment's"
    ),
    "aws_s3_bucket_ownership_controls": protects("objects can have access lists of their own"),
    "aws_s3_bucket_lifecycle_configuration": no_effect(
        updated={
            "rule.*.expiration.*.days": lower("objects of this age are deleted"),
            "rule.*.noncurrent_version_expiration.*.noncurrent_days": lower(
                "replaced and deleted objects can be restored for a shorter time", consequence="protection"
            ),
        },
    ),
    "aws_s3_bucket_notification": interrupts(
        "new objects no longer start anything",
        updated={
            "eventbridge": off(value=False, effect="new objects no longer start pipelines"),
        },
    ),
    "aws_ecr_repository": holds_data(
        "its images are lost",
        updated={
            "force_delete": off(
                value=True, effect="it can be deleted with its images", consequence="protection"
            ),
            "image_tag_mutability": off(
                "MUTABLE", "a tag can be moved to another image", consequence="protection"
            ),
        },
    ),
    "aws_ecr_lifecycle_policy": no_effect(
        updated={
            "policy": changed("images that the new rules match are deleted", consequence="protection"),
        }
    ),
    "aws_kms_key": holds_data(
        "what it encrypts can no longer be read",
        updated={
            "deletion_window_in_days": lower(
                "a deletion can be cancelled for a shorter time", consequence="protection"
            ),
            "enable_key_rotation": off(
                value=False, effect="the key is never rotated", consequence="protection"
            ),
            "is_enabled": off(value=False, effect="what the key encrypts can no longer be read"),
        },
    ),
    "aws_kms_alias": interrupts(
        "callers that name the key by its alias fail",
        updated={
            "target_key_id": changed("the alias leads to another key"),
        },
    ),
    "aws_kms_grant": interrupts("its grantee can no longer use the key"),
    "aws_ssm_parameter": interrupts(
        "what reads it fails: `terrarium.connect`, if it is the manifest",
        replaced="what reads it fails until the new parameter exists: `terrarium.connect`, if it is the manifest",
        updated={
            "key_id": changed("readers need the permission to decrypt with the other key"),
            "type": changed("readers need another permission"),
        },
    ),
    "aws_secretsmanager_secret": holds_data(
        "its value is lost, and its name stays reserved while the deletion waits",
        updated={
            "kms_key_id": changed("readers need the permission to decrypt with the other key"),
        },
    ),
    "aws_glue_catalog_database": interrupts("tables are not found until they are registered again"),
    "aws_athena_workgroup": interrupts(
        "queries fail, and the history of queries is lost",
        updated={
            "configuration.*.bytes_scanned_cutoff_per_query": lower("queries that scan more are cancelled"),
            "configuration.*.enforce_workgroup_configuration": off(
                value=False, effect="clients can write results without encryption", consequence="protection"
            ),
            "state": off("DISABLED", "queries are refused"),
        },
    ),
    "aws_efs_file_system": holds_data(_LOST),
    "aws_efs_mount_target": interrupts("machines in the subnet cannot read the files"),
    "aws_ebs_volume": holds_data(_LOST),
    "aws_elasticache_replication_group": holds_data(_LOST),
    "aws_kinesis_stream": holds_data(
        "records that nobody has read are lost",
        updated={
            "retention_period": lower("records are kept shorter", consequence="protection"),
            "shard_count": lower("writes above the capacity are throttled"),
        },
    ),
    "aws_opensearch_domain": holds_data(_LOST),
    "aws_redshift_cluster": holds_data(_LOST),
    "aws_backup_vault": holds_data("its backups are lost"),
    "aws_fsx_lustre_file_system": holds_data(_LOST),
    "aws_s3_bucket_replication_configuration": protects("new objects are no longer replicated"),
    "aws_secretsmanager_secret_rotation": protects("the secret is no longer rotated"),
    "aws_s3_bucket_cors_configuration": interrupts("web pages can no longer read the objects"),
    "aws_secretsmanager_secret_version": interrupts(
        "readers of the secret fail until the new version exists", gapless=True
    ),
    "aws_kms_replica_key": holds_data("what it encrypts can no longer be read in its region"),
    "aws_db_parameter_group": interrupts("AWS refuses to delete a group in use", gapless=True),
    "aws_secretsmanager_secret_policy": protects("its denials end, and grants to others too"),
    "aws_s3_bucket_logging": protects(
        "requests are no longer logged",
        updated={
            "target_bucket": removed("requests are no longer logged", consequence="protection"),
        },
    ),
}
