"""Mutations that cloudsplaining and checkov must find."""

from tests.policies.mutations.edits import (
    OF_ACCOUNT,
    ROLE_POLICY,
    Mutation,
    condition,
    set_arguments,
    state,
    without,
)

__all__ = ["MUTATIONS"]

MUTATIONS = (
    # What cloudsplaining finds
    Mutation(
        "role that may change policies",
        "dev",
        "privilege-escalation",
        state(*ROLE_POLICY, {"Action": "iam:CreatePolicyVersion", "Resource": "*"}),
    ),
    Mutation(
        "role that may pass any role to compute",
        "prod",
        "privilege-escalation",
        state(*ROLE_POLICY, {"Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"}),
    ),
    Mutation(
        "role that may open any bucket",
        "dev",
        "resource-exposure",
        state(*ROLE_POLICY, {"Action": "s3:PutBucketPolicy", "Resource": "*"}),
    ),
    Mutation(
        "role that reads every bucket",
        "prod",
        "data-exfiltration",
        state(*ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "*"}),
    ),
    Mutation(
        "role that may get credentials of any user",
        "dev",
        "credentials-exposure",
        state(*ROLE_POLICY, {"Action": "iam:CreateAccessKey", "Resource": "*"}),
    ),
    Mutation(
        "every table",
        "staging",
        "wildcard-resource",
        state(*ROLE_POLICY, {"Action": "dynamodb:PutItem", "Resource": "*"}),
    ),
    Mutation(
        "topic that EventBridge may publish to for one account only",
        "dev",
        "unmet-condition",
        condition("aws_sns_topic_policy", "EventBridge", OF_ACCOUNT),
    ),
    Mutation(
        "key that EventBridge may use for one account only",
        "prod",
        "unmet-condition",
        condition("aws_kms_key", "EventBridgePublishes", OF_ACCOUNT),
    ),
    Mutation(
        "executions that use the key via Step Functions",
        "dev",
        "unmet-condition",
        condition(
            "aws_iam_policy",
            "EncryptStatesEncryptExecutions",
            {"StringEquals": {"kms:ViaService": "states.eu-central-1.amazonaws.com"}},
        ),
    ),
    Mutation(
        "schedules that are read via EventBridge Scheduler",
        "dev",
        "unmet-condition",
        condition(
            "aws_iam_policy",
            "StartDecryptSchedules",
            {"StringEquals": {"kms:ViaService": "scheduler.eu-central-1.amazonaws.com"}},
        ),
    ),
    # What checkov finds, though no policy of our own does
    Mutation(
        "repository without image scans",
        "dev",
        "CKV_AWS_163",
        set_arguments("aws_ecr_repository", "compute/", image_scanning_configuration={"scan_on_push": False}),
    ),
    Mutation(
        "database without log exports",
        "prod",
        "CKV_AWS_324",
        without("aws_rds_cluster", "", "enabled_cloudwatch_logs_exports"),
    ),
    Mutation(
        "scientist who may submit any job definition",
        "dev",
        "escalation-path",
        state(
            "aws_iam_policy", "access/scientist/", "policy", {"Action": "batch:SubmitJob", "Resource": "*"}
        ),
    ),
    Mutation(
        "scientist who may write the manifest",
        "prod",
        "escalation-path",
        state(
            "aws_iam_policy", "access/scientist/", "policy", {"Action": "ssm:PutParameter", "Resource": "*"}
        ),
    ),
    Mutation(
        "scientist who may pass any role to a task",
        "staging",
        "pass-role",
        state("aws_iam_policy", "access/scientist/", "policy", {"Action": "iam:PassRole", "Resource": "*"}),
    ),
)
