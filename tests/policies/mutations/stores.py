"""Mutations of stores: access, encryption, backups and protection."""

from tests.policies.mutations.edits import (
    JOB,
    WORLD_INGRESS,
    Mutation,
    add,
    public_database_subnet,
    remove,
    set_arguments,
    state,
    subject,
    without,
)

__all__ = ["MUTATIONS"]

MUTATIONS = (
    # Stores
    Mutation(
        "bucket without encryption",
        "dev",
        "store-encryption",
        remove("aws_s3_bucket_server_side_encryption_configuration", "artifacts/"),
    ),
    Mutation(
        "database storage unencrypted",
        "prod",
        "store-encryption",
        set_arguments("aws_rds_cluster", storage_encrypted=False),
    ),
    Mutation(
        "log group without a key",
        "dev",
        "store-encryption",
        without("aws_cloudwatch_log_group", "", "kms_key_id"),
    ),
    Mutation(
        "online features under AWS' own key",
        "staging",
        "store-encryption",
        without("aws_dynamodb_table", "", "server_side_encryption"),
    ),
    Mutation(
        "manifest in plain text",
        "dev",
        "store-encryption",
        set_arguments("aws_ssm_parameter", "manifest/", type="String"),
    ),
    Mutation(
        "key without rotation",
        "prod",
        "key-rotation",
        set_arguments("aws_kms_key", enable_key_rotation=False),
    ),
    Mutation(
        "bucket without TLS", "dev", "transport-encryption", remove("aws_s3_bucket_policy", "registry/")
    ),
    Mutation(
        "database without TLS",
        "dev",
        "transport-encryption",
        set_arguments("aws_rds_cluster_parameter_group", parameter=[{"name": "rds.force_ssl", "value": "0"}]),
    ),
    # Exposure
    Mutation(
        "public bucket", "dev", "public-store", remove("aws_s3_bucket_public_access_block", "artifacts/")
    ),
    Mutation(
        "public access half blocked",
        "prod",
        "public-store",
        set_arguments("aws_s3_bucket_public_access_block", "warehouse/", block_public_policy=False),
    ),
    Mutation(
        "bucket policy for everyone",
        "dev",
        "open-resource-policy",
        state(
            "aws_s3_bucket_policy",
            "registry/",
            "policy",
            {"Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::x/*"},
        ),
    ),
    Mutation(
        "key for every account",
        "prod",
        "open-resource-policy",
        state(
            "aws_kms_key", "", "policy", {"Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
        ),
    ),
    Mutation(
        "database with a public address",
        "prod",
        "database-exposure",
        set_arguments("aws_rds_cluster_instance", publicly_accessible=True),
    ),
    Mutation("database in a public subnet", "prod", "database-exposure", public_database_subnet),
    Mutation(
        "database reached by address",
        "dev",
        "database-exposure",
        set_arguments(
            "aws_security_group", "metadata/security-group", ingress=[{"cidr_blocks": ["10.0.0.0/8"]}]
        ),
    ),
    Mutation(
        "database with passwords",
        "dev",
        "database-exposure",
        set_arguments("aws_rds_cluster", iam_database_authentication_enabled=False),
    ),
    Mutation(
        "open security group",
        "dev",
        "open-security-group",
        add(
            "aws_vpc_security_group_ingress_rule",
            security_group_id="${aws_security_group.network_clients_285188DC.id}",
            **WORLD_INGRESS,
        ),
    ),
    Mutation(
        "open security group, inline",
        "staging",
        "open-security-group",
        set_arguments(
            "aws_security_group", "clients", ingress=[{"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}]
        ),
    ),
    Mutation(
        "role for every account",
        "dev",
        "open-trust",
        state(
            "aws_iam_role",
            JOB,
            "assume_role_policy",
            {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation(
        "role for a service on behalf of any account",
        "dev",
        "open-trust",
        state(
            "aws_iam_role",
            JOB,
            "assume_role_policy",
            {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation("releases by any branch", "prod", "open-trust", subject("repo:acme/terrarium:*")),
    Mutation("releases by any repository", "prod", "open-trust", subject("repo:acme/*:environment:prod")),
    # Durability
    Mutation(
        "backups kept too short",
        "prod",
        "backup-retention",
        set_arguments("aws_rds_cluster", backup_retention_period=1),
    ),
    Mutation(
        "bucket without versions",
        "dev",
        "backup-retention",
        set_arguments(
            "aws_s3_bucket_versioning", "artifacts/", versioning_configuration={"status": "Suspended"}
        ),
    ),
    Mutation(
        "no point-in-time recovery",
        "prod",
        "backup-retention",
        set_arguments("aws_dynamodb_table", point_in_time_recovery={"enabled": False}),
    ),
    Mutation(
        "deletion protection off in prod",
        "prod",
        "deletion-protection",
        set_arguments("aws_rds_cluster", deletion_protection=False),
    ),
    Mutation(
        "no final snapshot",
        "staging",
        "deletion-protection",
        set_arguments("aws_rds_cluster", skip_final_snapshot=True),
    ),
    Mutation(
        "key that Terraform may destroy",
        "prod",
        "deletion-protection",
        set_arguments("aws_kms_key", lifecycle={"prevent_destroy": False}),
    ),
    Mutation(
        "bucket destroyed with its objects",
        "prod",
        "deletion-protection",
        set_arguments("aws_s3_bucket", "registry/", force_destroy=True),
    ),
    Mutation(
        "one instance in prod",
        "prod",
        "single-point-of-failure",
        remove("aws_rds_cluster_instance", "instance-1"),
    ),
)
