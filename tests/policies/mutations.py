"""Deliberate mistakes, injected into the real synthesized stacks: each with the check that has to catch it."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

__all__ = ["MUTATIONS", "Mutation"]

Document = dict[str, Any]
Body = dict[str, Any]


class Mutation(NamedTuple):
    """One mistake.

    Args:
        name: What somebody did.
        environment: Whose stack it is injected into.
        check: The check that has to catch it.
        make: Makes the mistake in a copy of the stack.
    """

    name: str
    environment: str
    check: str
    make: Callable[[Document], None]


def _bodies(document: Document, kind: str, part: str = "") -> Iterator[Body]:
    for body in document["resource"][kind].values():
        if part in body["//"]["metadata"]["path"]:
            yield body


def _set(kind: str, part: str = "", **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(_bodies(document, kind, part))
        body.update(arguments)

    return make


def _set_within(kind: str, block: str, **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        next(_bodies(document, kind))[block].update(arguments)

    return make


def _script(command: str) -> Callable[[Document], None]:
    """Add a command to the script that notebooks run when they start."""

    def make(document: Document) -> None:
        body = next(_bodies(document, "aws_sagemaker_notebook_instance_lifecycle_configuration"))
        script = base64.b64decode(body["on_start"]) + command.encode()
        body["on_start"] = base64.b64encode(script).decode()

    return make


def _without(kind: str, part: str, *arguments: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(_bodies(document, kind, part))
        for argument in arguments:
            del body[argument]

    return make


def _remove(kind: str, part: str = "") -> Callable[[Document], None]:
    def make(document: Document) -> None:
        resources = document["resource"][kind]
        for name in [name for name, body in resources.items() if part in body["//"]["metadata"]["path"]]:
            del resources[name]

    return make


def _add(kind: str, **arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        path = {"metadata": {"path": "stack/mistake", "uniqueId": "mistake"}}
        document["resource"].setdefault(kind, {})["mistake"] = {"//": path, **arguments}

    return make


def _state(kind: str, part: str, argument: str, statement: Body) -> Callable[[Document], None]:
    """Add a statement to a policy document."""

    def make(document: Document) -> None:
        body = next(_bodies(document, kind, part))
        policy = json.loads(body[argument])
        policy["Statement"].append({"Sid": "Mistake", "Effect": "Allow", **statement})
        body[argument] = json.dumps(policy)

    return make


def _container(**arguments: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(_bodies(document, "aws_batch_job_definition", "compute/"))
        body["container_properties"] = json.dumps({**json.loads(body["container_properties"]), **arguments})

    return make


def _subject(subject: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        body = next(_bodies(document, "aws_iam_role", "delivery/deploy"))
        policy = json.loads(body["assume_role_policy"])
        tests = policy["Statement"][0]["Condition"].pop("StringEquals")
        tests["token.actions.githubusercontent.com:sub"] = subject
        policy["Statement"][0]["Condition"]["StringLike"] = tests
        body["assume_role_policy"] = json.dumps(policy)

    return make


def _default_tags(**tags: str) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        document["provider"]["aws"][0]["default_tags"] = [{"tags": tags}]

    return make


def _unwatched_bucket(document: Document) -> None:
    for body in _bodies(document, "aws_cloudtrail"):
        objects = body["advanced_event_selector"][1]["field_selector"][2]
        objects["starts_with"] = [start for start in objects["starts_with"] if "registry" not in start]


def _unwatched_calls(document: Document) -> None:
    for body in _bodies(document, "aws_cloudtrail"):
        del body["advanced_event_selector"][0]


def _secret_in_manifest(document: Document) -> None:
    body = next(_bodies(document, "aws_ssm_parameter", "manifest/"))
    body["value"] = body["value"].replace(
        '"database" = ',
        '"password" = aws_rds_cluster.metadata_cluster_7D61F13C.master_password, "database" = ',
    )


def _output(**output: object) -> Callable[[Document], None]:
    def make(document: Document) -> None:
        document["output"] = {"mistake": output}

    return make


def _public_database_subnet(document: Document) -> None:
    for body in _bodies(document, "aws_subnet", "network/private-0"):
        body["map_public_ip_on_launch"] = True


def _condition(kind: str, sid: str, condition: dict[str, Any]) -> Callable[[Document], None]:
    """Give the statement of that Sid a condition."""

    def make(document: Document) -> None:
        for body in _bodies(document, kind):
            policy = json.loads(body["policy"])
            for statement in policy["Statement"]:
                if statement["Sid"] == sid:
                    statement["Condition"] = condition
            body["policy"] = json.dumps(policy)

    return make


def _expiration(part: str, days: int) -> Callable[[Document], None]:
    """Delete the current version of the objects of a bucket after some days."""

    def make(document: Document) -> None:
        for body in _bodies(document, "aws_s3_bucket_lifecycle_configuration", part):
            body["rule"][0]["expiration"] = [{"days": days}]

    return make


_OF_ACCOUNT = {"StringEquals": {"aws:SourceAccount": "111111111111"}}
_WORLD_INGRESS = {"ip_protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_ipv4": "0.0.0.0/0"}
_JOB = "access/job/"
_ROLE_POLICY = ("aws_iam_policy", _JOB, "policy")

MUTATIONS = (
    # Stores
    Mutation(
        "bucket without encryption",
        "dev",
        "store-encryption",
        _remove("aws_s3_bucket_server_side_encryption_configuration", "artifacts/"),
    ),
    Mutation(
        "database storage unencrypted",
        "prod",
        "store-encryption",
        _set("aws_rds_cluster", storage_encrypted=False),
    ),
    Mutation(
        "log group without a key",
        "dev",
        "store-encryption",
        _without("aws_cloudwatch_log_group", "", "kms_key_id"),
    ),
    Mutation(
        "online features under AWS' own key",
        "staging",
        "store-encryption",
        _without("aws_dynamodb_table", "", "server_side_encryption"),
    ),
    Mutation(
        "manifest in plain text",
        "dev",
        "store-encryption",
        _set("aws_ssm_parameter", "manifest/", type="String"),
    ),
    Mutation("key without rotation", "prod", "key-rotation", _set("aws_kms_key", enable_key_rotation=False)),
    Mutation(
        "bucket without TLS", "dev", "transport-encryption", _remove("aws_s3_bucket_policy", "registry/")
    ),
    Mutation(
        "database without TLS",
        "dev",
        "transport-encryption",
        _set("aws_rds_cluster_parameter_group", parameter=[{"name": "rds.force_ssl", "value": "0"}]),
    ),
    # Exposure
    Mutation(
        "public bucket", "dev", "public-store", _remove("aws_s3_bucket_public_access_block", "artifacts/")
    ),
    Mutation(
        "public access half blocked",
        "prod",
        "public-store",
        _set("aws_s3_bucket_public_access_block", "warehouse/", block_public_policy=False),
    ),
    Mutation(
        "bucket policy for everyone",
        "dev",
        "open-resource-policy",
        _state(
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
        _state(
            "aws_kms_key", "", "policy", {"Principal": {"AWS": "*"}, "Action": "kms:Decrypt", "Resource": "*"}
        ),
    ),
    Mutation(
        "database with a public address",
        "prod",
        "database-exposure",
        _set("aws_rds_cluster_instance", publicly_accessible=True),
    ),
    Mutation("database in a public subnet", "prod", "database-exposure", _public_database_subnet),
    Mutation(
        "database reached by address",
        "dev",
        "database-exposure",
        _set("aws_vpc_security_group_ingress_rule", "from-clients", cidr_ipv4="10.0.0.0/8"),
    ),
    Mutation(
        "database with passwords",
        "dev",
        "database-exposure",
        _set("aws_rds_cluster", iam_database_authentication_enabled=False),
    ),
    Mutation(
        "open security group",
        "dev",
        "open-security-group",
        _add(
            "aws_vpc_security_group_ingress_rule",
            security_group_id="${aws_security_group.network_clients_285188DC.id}",
            **_WORLD_INGRESS,
        ),
    ),
    Mutation(
        "open security group, inline",
        "staging",
        "open-security-group",
        _set("aws_security_group", "clients", ingress=[{"cidr_blocks": ["0.0.0.0/0"], "from_port": 22}]),
    ),
    Mutation(
        "role for every account",
        "dev",
        "open-trust",
        _state(
            "aws_iam_role",
            _JOB,
            "assume_role_policy",
            {"Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation(
        "role for a service on behalf of anybody",
        "dev",
        "open-trust",
        _state(
            "aws_iam_role",
            _JOB,
            "assume_role_policy",
            {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation("releases by any branch", "prod", "open-trust", _subject("repo:acme/terrarium:*")),
    Mutation("releases by any repository", "prod", "open-trust", _subject("repo:acme/*:environment:prod")),
    # Durability
    Mutation(
        "no backups to speak of",
        "prod",
        "backup-retention",
        _set("aws_rds_cluster", backup_retention_period=1),
    ),
    Mutation(
        "bucket without versions",
        "dev",
        "backup-retention",
        _set("aws_s3_bucket_versioning", "artifacts/", versioning_configuration={"status": "Suspended"}),
    ),
    Mutation(
        "no point-in-time recovery",
        "prod",
        "backup-retention",
        _set("aws_dynamodb_table", point_in_time_recovery={"enabled": False}),
    ),
    Mutation(
        "deletion protection off in prod",
        "prod",
        "deletion-protection",
        _set("aws_rds_cluster", deletion_protection=False),
    ),
    Mutation(
        "no final snapshot",
        "staging",
        "deletion-protection",
        _set("aws_rds_cluster", skip_final_snapshot=True),
    ),
    Mutation(
        "key that Terraform may destroy",
        "prod",
        "deletion-protection",
        _set("aws_kms_key", lifecycle={"prevent_destroy": False}),
    ),
    Mutation(
        "bucket destroyed with its objects",
        "prod",
        "deletion-protection",
        _set("aws_s3_bucket", "registry/", force_destroy=True),
    ),
    Mutation(
        "one instance in prod",
        "prod",
        "single-point-of-failure",
        _remove("aws_rds_cluster_instance", "instance-1"),
    ),
    # Identity
    Mutation(
        "every action",
        "dev",
        "wildcard-action",
        _state(*_ROLE_POLICY, {"Action": "*", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "every action of a service",
        "prod",
        "wildcard-action",
        _state(*_ROLE_POLICY, {"Action": ["s3:*"], "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "everything but",
        "dev",
        "wildcard-action",
        _state(*_ROLE_POLICY, {"NotAction": "iam:*", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "role without a boundary",
        "dev",
        "permissions-boundary",
        _without("aws_iam_role", "tunnel/", "permissions_boundary"),
    ),
    Mutation(
        "AWS' administrator policy",
        "prod",
        "foreign-policy",
        _add(
            "aws_iam_role_policy_attachment",
            role="${aws_iam_role.access_job_role_5186E639.name}",
            policy_arn="arn:aws:iam::aws:policy/AdministratorAccess",
        ),
    ),
    Mutation(
        "policies added by hand stay attached",
        "prod",
        "exclusive-policies",
        _remove("aws_iam_role_policy_attachments_exclusive", "access/scientist/"),
    ),
    Mutation(
        "inline policies added by hand stay",
        "staging",
        "exclusive-policies",
        _remove("aws_iam_role_policies_exclusive", "access/job/"),
    ),
    Mutation("user with keys", "dev", "long-lived-key", _add("aws_iam_access_key", user="somebody")),
    # Compute
    Mutation(
        "queue without time limits",
        "dev",
        "job-time-limit",
        _without("aws_batch_job_queue", "", "job_state_time_limit_action"),
    ),
    Mutation(
        "job without a timeout",
        "prod",
        "job-time-limit",
        _without("aws_batch_job_definition", "compute/", "timeout"),
    ),
    Mutation(
        "metadata version 1",
        "dev",
        "instance-metadata",
        _set("aws_launch_template", metadata_options={"http_tokens": "optional"}),
    ),
    Mutation(
        "metadata for containers",
        "prod",
        "instance-metadata",
        _set(
            "aws_launch_template",
            metadata_options={"http_tokens": "required", "http_put_response_hop_limit": 2},
        ),
    ),
    Mutation("the latest image", "dev", "pinned-image", _container(image="python:latest")),
    Mutation(
        "own image without a tag",
        "dev",
        "pinned-image",
        _container(image="${aws_ecr_repository.compute_images_repository_9037E6D8.repository_url}"),
    ),
    Mutation(
        "tags that move",
        "prod",
        "pinned-image",
        _set("aws_ecr_repository", "registry/", image_tag_mutability="MUTABLE"),
    ),
    Mutation("privileged job", "dev", "privileged-container", _container(privileged=True)),
    # Observability and cost
    Mutation(
        "logs for ever", "dev", "log-retention", _without("aws_cloudwatch_log_group", "", "retention_in_days")
    ),
    Mutation("network without flow logs", "prod", "log-retention", _remove("aws_flow_log")),
    Mutation("prod without alarms", "prod", "alarm", _remove("aws_cloudwatch_metric_alarm")),
    Mutation(
        "alarm that tells nobody", "prod", "alarm", _set("aws_cloudwatch_metric_alarm", alarm_actions=[])
    ),
    Mutation("nobody listens", "prod", "alarm", _remove("aws_sns_topic_subscription")),
    Mutation(
        "pool with a fixed name",
        "dev",
        "pool-change",
        _without("aws_batch_compute_environment", "", "compute_environment_name_prefix"),
    ),
    Mutation(
        "pool that goes before its replacement",
        "prod",
        "pool-change",
        _set("aws_batch_compute_environment", lifecycle={"create_before_destroy": False}),
    ),
    Mutation(
        "spot pool that every change replaces",
        "staging",
        "pool-change",
        _set_within(
            "aws_batch_compute_environment",
            "compute_resources",
            allocation_strategy="SPOT_PRICE_CAPACITY_OPTIMIZED",
        ),
    ),
    Mutation(
        "pool that never gets a new launch template",
        "prod",
        "pool-change",
        _set_within(
            "aws_batch_compute_environment",
            "compute_resources",
            launch_template={"launch_template_id": "lt-1", "version": "$Latest"},
        ),
    ),
    Mutation("no cost tags", "dev", "cost-tag", _default_tags(environment="dev")),
    Mutation("no budget", "staging", "cost-tag", _remove("aws_budgets_budget")),
    Mutation(
        "instances of jobs without cost tags",
        "dev",
        "cost-tag",
        _set_within("aws_batch_compute_environment", "compute_resources", tags={"Name": "terrarium-dev-cpu"}),
    ),
    Mutation(
        "disks of jobs without cost tags",
        "prod",
        "cost-tag",
        _without("aws_launch_template", "", "tag_specifications"),
    ),
    # Audit
    Mutation("no audit trail", "dev", "audit-trail", _remove("aws_cloudtrail")),
    Mutation(
        "trail that can be bent",
        "prod",
        "audit-trail",
        _set("aws_cloudtrail", enable_log_file_validation=False),
    ),
    Mutation("trail switched off", "prod", "audit-trail", _set("aws_cloudtrail", enable_logging=False)),
    Mutation("trail of objects only", "staging", "audit-trail", _unwatched_calls),
    Mutation("models that nobody watches", "prod", "object-audit", _unwatched_bucket),
    # Secrets
    Mutation(
        "password in the stack",
        "dev",
        "secret-in-clear",
        _set("aws_rds_cluster", master_password="correct-horse"),
    ),
    Mutation(
        "secret in a job's variables",
        "dev",
        "secret-in-clear",
        _container(environment=[{"name": "DB_PASSWORD", "value": "correct-horse"}]),
    ),
    Mutation(
        "secret in an output",
        "prod",
        "secret-given-away",
        _output(value="${aws_rds_cluster.metadata_cluster_7D61F13C.master_password}"),
    ),
    Mutation("secret in the manifest", "dev", "secret-given-away", _secret_in_manifest),
    # AWS' rules about IAM
    Mutation(
        "grant of a service that the boundary lacks",
        "dev",
        "outside-boundary",
        _state(*_ROLE_POLICY, {"Action": "sns:Publish", "Resource": "arn:aws:sns:eu-central-1:1:x"}),
    ),
    Mutation(
        "boundary named by its ARN as text",
        "dev",
        "dependency-order",
        _set(
            "aws_iam_role",
            _JOB,
            permissions_boundary="arn:aws:iam::111111111111:policy/terrarium-dev-boundary",
        ),
    ),
    Mutation(
        "misspelled action",
        "dev",
        "iam-action",
        _state(*_ROLE_POLICY, {"Action": "s3:GetObjekt", "Resource": "arn:aws:s3:::x/*"}),
    ),
    Mutation(
        "objects named by their bucket",
        "prod",
        "iam-resource-type",
        _state(*_ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::x"}),
    ),
    Mutation(
        "condition that never holds",
        "dev",
        "iam-condition-key",
        _state(
            *_ROLE_POLICY,
            {
                "Action": "s3:GetObject",
                "Resource": "arn:aws:s3:::x/*",
                "Condition": {"StringEquals": {"kms:ViaService": "s3.eu-central-1.amazonaws.com"}},
            },
        ),
    ),
    Mutation(
        "half of what an action requires",
        "dev",
        "iam-required-resource",
        _state(
            *_ROLE_POLICY,
            {"Action": "ecs:ExecuteCommand", "Resource": "arn:aws:ecs:eu-central-1:111111111111:task/x/y"},
        ),
    ),
    Mutation(
        "action without what it depends on",
        "dev",
        "iam-dependent-action",
        _state(
            *_ROLE_POLICY,
            {"Action": "rds:CreateDBCluster", "Resource": "arn:aws:rds:eu-central-1:111111111111:*"},
        ),
    ),
    Mutation(
        "resource that CI was granted nothing for",
        "test",
        "handler-permission",
        _add("aws_kinesis_stream", name="terrarium-test-events"),
    ),
    Mutation(
        "pipeline without an end",
        "dev",
        "state-machine-transition",
        _set(
            "aws_sfn_state_machine",
            definition=json.dumps({"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Next": "Wait"}}}),
        ),
    ),
    # What cloudsplaining finds
    Mutation(
        "role that may change policies",
        "dev",
        "privilege-escalation",
        _state(*_ROLE_POLICY, {"Action": "iam:CreatePolicyVersion", "Resource": "*"}),
    ),
    Mutation(
        "role that may pass any role to compute",
        "prod",
        "privilege-escalation",
        _state(*_ROLE_POLICY, {"Action": ["iam:PassRole", "ec2:RunInstances"], "Resource": "*"}),
    ),
    Mutation(
        "role that may open any bucket",
        "dev",
        "resource-exposure",
        _state(*_ROLE_POLICY, {"Action": "s3:PutBucketPolicy", "Resource": "*"}),
    ),
    Mutation(
        "role that reads every bucket",
        "prod",
        "data-exfiltration",
        _state(*_ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "*"}),
    ),
    Mutation(
        "role that asks for credentials of any user",
        "dev",
        "credentials-exposure",
        _state(*_ROLE_POLICY, {"Action": "iam:CreateAccessKey", "Resource": "*"}),
    ),
    Mutation(
        "every table",
        "staging",
        "wildcard-resource",
        _state(*_ROLE_POLICY, {"Action": "dynamodb:PutItem", "Resource": "*"}),
    ),
    Mutation(
        "topic that EventBridge may publish to for one account only",
        "dev",
        "unmet-condition",
        _condition("aws_sns_topic_policy", "EventBridge", _OF_ACCOUNT),
    ),
    Mutation(
        "key that EventBridge may use for one account only",
        "prod",
        "unmet-condition",
        _condition("aws_kms_key", "EventBridgePublishes", _OF_ACCOUNT),
    ),
    Mutation(
        "executions that use the key via Step Functions",
        "dev",
        "unmet-condition",
        _condition(
            "aws_iam_policy",
            "EncryptStatesEncryptExecutions",
            {"StringEquals": {"kms:ViaService": "states.eu-central-1.amazonaws.com"}},
        ),
    ),
    Mutation(
        "schedules that are read via EventBridge Scheduler",
        "dev",
        "unmet-condition",
        _condition(
            "aws_iam_policy",
            "StartDecryptSchedules",
            {"StringEquals": {"kms:ViaService": "scheduler.eu-central-1.amazonaws.com"}},
        ),
    ),
    # What checkov finds, though no policy of our own does
    Mutation(
        "images that nobody scans",
        "dev",
        "CKV_AWS_163",
        _set("aws_ecr_repository", "compute/", image_scanning_configuration={"scan_on_push": False}),
    ),
    Mutation(
        "database without log exports",
        "prod",
        "CKV_AWS_324",
        _without("aws_rds_cluster", "", "enabled_cloudwatch_logs_exports"),
    ),
    Mutation(
        "scientist who may submit any job definition",
        "dev",
        "escalation-path",
        _state(
            "aws_iam_policy", "access/scientist/", "policy", {"Action": "batch:SubmitJob", "Resource": "*"}
        ),
    ),
    Mutation(
        "scientist who may write the manifest",
        "prod",
        "escalation-path",
        _state(
            "aws_iam_policy", "access/scientist/", "policy", {"Action": "ssm:PutParameter", "Resource": "*"}
        ),
    ),
    Mutation(
        "scientist who may pass any role to a task",
        "staging",
        "escalation-path",
        _state("aws_iam_policy", "access/scientist/", "policy", {"Action": "iam:PassRole", "Resource": "*"}),
    ),
    # Access from outside, and data that ends
    Mutation(
        "role of another account in a trust policy",
        "dev",
        "foreign-trust",
        _state(
            "aws_iam_role",
            _JOB,
            "assume_role_policy",
            {"Principal": {"AWS": "arn:aws:iam::999999999999:role/partner"}, "Action": "sts:AssumeRole"},
        ),
    ),
    Mutation(
        "whole account of another in a trust policy",
        "prod",
        "foreign-trust",
        _state(
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
        _condition("aws_sns_topic_policy", "ServicesOfThisAccount", {}),
    ),
    Mutation(
        "dead letters of anybody's rules",
        "dev",
        "confused-deputy",
        _condition("aws_sqs_queue_policy", "EventBridgeKeepsWhatItCouldNotDeliver", {}),
    ),
    Mutation(
        "key for the logs of any account",
        "staging",
        "confused-deputy",
        _condition("aws_kms_key", "CloudWatchLogs", {}),
    ),
    Mutation(
        "trail of any account in the audit bucket",
        "prod",
        "confused-deputy",
        _condition("aws_s3_bucket_policy", "TrailWrites", {}),
    ),
    Mutation(
        "Docker's socket in every job",
        "dev",
        "host-access",
        _container(volumes=[{"name": "docker", "host": {"sourcePath": "/var/run/docker.sock"}}]),
    ),
    Mutation(
        "devices of the instance in every job",
        "prod",
        "host-access",
        _container(linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]}),
    ),
    Mutation(
        "tunnel in the network of its host",
        "dev",
        "host-access",
        _set("aws_ecs_task_definition", network_mode="host"),
    ),
    Mutation(
        "releases by a push to a branch",
        "prod",
        "open-trust",
        _subject("repo:acme/terrarium:ref:refs/heads/main"),
    ),
    Mutation(
        "notebooks that install the SDK from a package index",
        "dev",
        "verified-installs",
        _script("pip install --quiet --require-hashes terrarium-ml"),
    ),
    Mutation(
        "notebooks that install wheels whose hashes nobody verifies",
        "prod",
        "verified-installs",
        _script("python3.11 -m pip install --no-index --find-links wheels terrarium-ml"),
    ),
    Mutation(
        "migration that installs before it begins",
        "staging",
        "verified-installs",
        _container(command=["sh", "-c", "uv pip install terrarium-ml && terrarium migrate"]),
    ),
    Mutation("artifacts that end after a month", "prod", "expiring-data", _expiration("artifacts/", 30)),
    Mutation("models that end after a year", "staging", "expiring-data", _expiration("registry/", 365)),
    Mutation("tables that end after a week", "dev", "expiring-data", _expiration("features/warehouse", 7)),
)
