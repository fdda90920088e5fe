"""Mutations of roles and their trust policies."""

import json

from tests.policies.mutations.edits import (
    JOB,
    ROLE_POLICY,
    Mutation,
    add,
    condition,
    container,
    expiration,
    remove,
    script,
    set_arguments,
    state,
    subject,
    without,
    without_denials,
)

__all__ = ["MUTATIONS"]

MUTATIONS = (
    # Identity
    Mutation(
        "every action",
        "dev",
        "wildcard-action",
        state(*ROLE_POLICY, {"Action": "*", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "every action of a service",
        "prod",
        "wildcard-action",
        state(*ROLE_POLICY, {"Action": ["s3:*"], "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "every action except one",
        "dev",
        "wildcard-action",
        state(*ROLE_POLICY, {"NotAction": "iam:*", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "role without a boundary",
        "dev",
        "permissions-boundary",
        without("aws_iam_role", "tunnel/", "permissions_boundary"),
    ),
    Mutation(
        "AWS' administrator policy",
        "prod",
        "foreign-policy",
        add(
            "aws_iam_role_policy_attachment",
            role="${aws_iam_role.access_job_role_5186E639.name}",
            policy_arn="arn:aws:iam::aws:policy/AdministratorAccess",
        ),
    ),
    Mutation(
        "policies added by hand stay attached",
        "prod",
        "exclusive-policies",
        remove("aws_iam_role_policy_attachments_exclusive", "access/scientist/"),
    ),
    Mutation(
        "inline policies added by hand stay",
        "staging",
        "exclusive-policies",
        remove("aws_iam_role_policies_exclusive", "access/job/"),
    ),
    Mutation("user with keys", "dev", "long-lived-key", add("aws_iam_access_key", user="somebody")),
    # AWS' rules about IAM
    Mutation(
        "grant of a service that the boundary lacks",
        "dev",
        "outside-boundary",
        state(*ROLE_POLICY, {"Action": "sns:Publish", "Resource": "arn:aws:sns:eu-central-1:1:x"}),
    ),
    Mutation(
        "boundary named by its ARN as text",
        "dev",
        "dependency-order",
        set_arguments(
            "aws_iam_role",
            JOB,
            permissions_boundary="arn:aws:iam::111111111111:policy/terrarium-dev-boundary",
        ),
    ),
    Mutation(
        "misspelled action",
        "dev",
        "iam-action",
        state(*ROLE_POLICY, {"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::x/*"}),
    ),
    Mutation(
        "objects named by their bucket",
        "prod",
        "iam-resource-type",
        state(*ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "condition that never holds",
        "dev",
        "iam-condition-key",
        state(
            *ROLE_POLICY,
            {
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::x/*",
                "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
            },
        ),
    ),
    Mutation(
        "action without one of its required resource types",
        "dev",
        "iam-required-resource",
        state(
            *ROLE_POLICY,
            {"Action": "ecs:ExecuteCommand", "Resource": "arn:aws:ecs:eu-central-1:111111111111:task/x/y"},
        ),
    ),
    Mutation(
        "action without an action that it depends on",
        "dev",
        "iam-dependent-action",
        state(
            *ROLE_POLICY,
            {"Action": "rds:CreateDBCluster", "Resource": "arn:aws:rds:eu-central-1:111111111111:*"},
        ),
    ),
    Mutation(
        "resource without grants for CI",
        "test",
        "handler-permission",
        add("aws_kinesis_stream", name="terrarium-test-events"),
    ),
    Mutation(
        "pipeline without an end",
        "dev",
        "state-machine-transition",
        set_arguments(
            "aws_sfn_state_machine",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Next": "Wait"}}}),
        ),
    ),
    # Access from outside, and data that ends
    Mutation(
        "role of another account in a trust policy",
        "dev",
        "foreign-trust",
        state(
            "aws_iam_role",
            JOB,
            "assume_role_policy",
            {"Principal": {"AWS": "arn:aws:iam::999999999999:role/partner"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation(
        "whole account of another in a trust policy",
        "prod",
        "foreign-trust",
        state(
            "aws_iam_role",
            "access/scientist/",
            "assume_role_policy",
            {"Principal": {"AWS": "arn:aws:iam::999999999999:root"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation(
        "topic that CloudWatch of any account publishes to",
        "prod",
        "confused-deputy",
        condition("aws_sns_topic_policy", "ServicesOfThisAccount", {}),
    ),
    Mutation(
        "dead-letter queue for rules of any account",
        "dev",
        "confused-deputy",
        condition("aws_sqs_queue_policy", "EventBridgeDeadLetters", {}),
    ),
    Mutation(
        "key for the logs of any account",
        "staging",
        "confused-deputy",
        condition("aws_kms_key", "CloudWatchLogs", {}),
    ),
    Mutation(
        "trail of any account in the audit bucket",
        "prod",
        "confused-deputy",
        condition("aws_s3_bucket_policy", "CloudTrailWrites", {}),
    ),
    Mutation(
        "Docker's socket in every job",
        "dev",
        "host-access",
        container(volumes=[{"name": "docker", "host": {"sourcePath": "/var/run/docker.sock"}}]),
    ),
    Mutation(
        "devices of the instance in every job",
        "prod",
        "host-access",
        container(linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]}),
    ),
    Mutation(
        "tunnel in the network of its host",
        "dev",
        "host-access",
        set_arguments("aws_ecs_task_definition", network_mode="host"),
    ),
    Mutation(
        "delivery role for every branch",
        "prod",
        "open-trust",
        subject("repo:acme/terrarium:ref:refs/heads/main"),
    ),
    Mutation(
        "notebooks that install the SDK from a package index",
        "dev",
        "verified-installs",
        script("pip install --quiet --require-hashes terrarium-ml"),
    ),
    Mutation(
        "notebooks that install wheels whose hashes nobody verifies",
        "prod",
        "verified-installs",
        script("python3.11 -m pip install --no-index --find-links wheels terrarium-ml"),
    ),
    Mutation(
        "migration that installs before it begins",
        "staging",
        "verified-installs",
        container(command=["sh", "-c", "uv pip install terrarium-ml && terrarium migrate"]),
    ),
    Mutation(
        "delivery role that may remove boundaries",
        "dev",
        "escalation-path",
        without_denials("access/delivery/boundary"),
    ),
    Mutation("artifacts that end after a month", "prod", "expiring-data", expiration("artifacts/", 30)),
    Mutation("models that end after a year", "staging", "expiring-data", expiration("registry/", 365)),
    Mutation("tables that end after a week", "dev", "expiring-data", expiration("features/warehouse", 7)),
)
