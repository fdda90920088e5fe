"""Mistakes that an engineer makes in a module or in a company's construct, two of each kind, and harmless neighbours.

A neighbour looks like the mistake and is right: the check must stay silent about it.
"""

import json
from typing import Any

from tests.policies.mutations.edits import (
    JOB,
    OF_ACCOUNT,
    ROLE_POLICY,
    Mutation,
    built,
    container,
    own,
    set_arguments,
    set_within,
    state,
)

__all__ = ["HARMLESS", "MUTATIONS"]

_OWN, _FOREIGN = "111111111111", "999999999999"
_KEY = "${aws_kms_key.encryption_key_EEB70057.arn}"
_DATABASE_GROUP = "${aws_security_group.metadata_security-group_5CCDCBF4.id}"
_CLIENTS = "${aws_security_group.network_clients_285188DC.id}"
_BUCKET = ("aws_s3_bucket_policy", "artifacts/", "policy")
_TRUST = ("aws_iam_role", JOB, "assume_role_policy")
_READ = {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::terrarium-dev-artifacts-111111111111/*"}
_ROLES = f"arn:aws:iam::{_OWN}:role/"
_TO_ECS = {"Condition": {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}}
_IMAGE = f"{_OWN}.dkr.ecr.eu-central-1.amazonaws.com/x@sha256:{'0' * 64}"
_JOB: dict[str, Any] = {"name": "terrarium-dev-own", "type": "container", "propagate_tags": True}


def _node(**properties: object) -> Any:
    ranges = [{"targetNodes": "0:", "container": {"image": _IMAGE, **properties}}]
    return own(
        "aws_batch_job_definition", **_JOB, node_properties=json.dumps({"nodeRangeProperties": ranges})
    )


def _task(container: dict[str, object], **properties: object) -> Any:
    tasks = [{"containers": [{"image": _IMAGE, **container}], **properties}]
    return own("aws_batch_job_definition", **_JOB, ecs_properties=json.dumps({"taskProperties": tasks}))


def _state_machine(name: str) -> Any:
    overrides = {"Environment": [{"Name": name, "Value": "correct-horse"}]}
    run = {"Type": "Task", "Parameters": {"ContainerOverrides": overrides}, "End": True}
    return own(
        "aws_sfn_state_machine",
        name="terrarium-dev-own",
        definition=json.dumps({"StartAt": "Run", "States": {"Run": run}}),
    )


def _function(**variables: str) -> Any:
    return own("aws_lambda_function", function_name="own", environment={"variables": variables})


def _egress(kind: str, **arguments: object) -> Any:
    return own(
        kind, security_group_id=_DATABASE_GROUP, ip_protocol="tcp", from_port=443, to_port=443, **arguments
    )


def _document(statement: dict[str, Any]) -> dict[str, Any]:
    return {"aws_iam_policy_document": {"statement": [statement]}}


_DOCUMENT = "${data.aws_iam_policy_document.own-aws_iam_policy_document.json}"
_TARGET = {"rule": "x", "arn": "${aws_sfn_state_machine.own.arn}"}
_QUEUE = "${aws_sqs_queue.pipelines_dead-letters_6DE892BF.arn}"

MUTATIONS = (
    # A bucket that others read
    Mutation(
        "bucket policy for everyone except one account",
        "dev",
        "open-resource-policy",
        state(*_BUCKET, {"NotPrincipal": {"AWS": f"arn:aws:iam::{_FOREIGN}:root"}, **_READ}),
    ),
    Mutation(
        "bucket policy for a role name of any account",
        "prod",
        "open-resource-policy",
        state(
            *_BUCKET,
            {
                "Principal": "*",
                **_READ,
                "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/reader"}},
            },
        ),
    ),
    Mutation(
        "bucket policy for another account",
        "dev",
        "foreign-access",
        state(*_BUCKET, {"Principal": {"AWS": _FOREIGN}, **_READ}),
    ),
    Mutation(
        "key for another account",
        "prod",
        "foreign-access",
        state(
            "aws_kms_key",
            "",
            "policy",
            {
                "Principal": {"AWS": f"arn:aws:iam::{_FOREIGN}:role/x"},
                "Action": "kms:Decrypt",
                "Resource": "*",
            },
        ),
    ),
    Mutation(
        "key granted to another account",
        "dev",
        "foreign-access",
        own("aws_kms_grant", key_id=_KEY, grantee_principal=f"arn:aws:iam::{_FOREIGN}:role/x"),
    ),
    Mutation(
        "everyone, if the request comes for another account",
        "dev",
        "foreign-access",
        state(
            *_BUCKET,
            {"Principal": "*", **_READ, "Condition": {"StringEquals": {"aws:SourceAccount": _FOREIGN}}},
        ),
    ),
    # Trust
    Mutation(
        "role for a role name of any account",
        "dev",
        "open-trust",
        state(
            *_TRUST,
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/admin"}},
            },
        ),
    ),
    Mutation(
        "role for an organization, if the request says so",
        "prod",
        "open-trust",
        state(
            *_TRUST,
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1234567890"}},
            },
        ),
    ),
    # Encryption
    Mutation("stream without a key", "dev", "store-encryption", own("aws_kinesis_stream", name="own")),
    Mutation(
        "volume with AWS' own key",
        "prod",
        "store-encryption",
        own("aws_ebs_volume", availability_zone="eu-central-1a", encrypted=True),
    ),
    Mutation(
        "clients of Athena choose how results are encrypted",
        "dev",
        "store-encryption",
        set_within("aws_athena_workgroup", "configuration", enforce_workgroup_configuration=False),
    ),
    Mutation(
        "Glue job without a security configuration",
        "dev",
        "store-encryption",
        own("aws_glue_job", name="own"),
    ),
    Mutation(
        "secret under AWS' own key", "prod", "store-encryption", own("aws_secretsmanager_secret", name="own")
    ),
    Mutation(
        "parameter under AWS' own key",
        "dev",
        "store-encryption",
        own("aws_ssm_parameter", name="/own", type="SecureString", value="x"),
    ),
    # Secrets
    Mutation("password of a function", "dev", "secret-in-clear", _function(DB_PASSWORD="correct-horse")),
    Mutation("token in a step of a pipeline", "prod", "secret-in-clear", _state_machine("WANDB_API_KEY")),
    Mutation(
        "password in the URL of a database",
        "dev",
        "secret-in-clear",
        container(environment=[{"name": "DATABASE", "value": "postgresql://ada:correct-horse@db/x"}]),
    ),
    # Logs
    Mutation(
        "log group that keeps its events forever",
        "dev",
        "log-retention",
        own("aws_cloudwatch_log_group", name="own", kms_key_id=_KEY, retention_in_days=0),
    ),
    Mutation(
        "second network without flow logs", "prod", "log-retention", own("aws_vpc", cidr_block="10.9.0.0/16")
    ),
    # Grants
    Mutation(
        "objects of every bucket",
        "dev",
        "far-resource",
        state(*ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::*/*"}),
    ),
    Mutation(
        "tables of every environment",
        "prod",
        "far-resource",
        state(
            *ROLE_POLICY,
            {
                "Action": "dynamodb:GetItem",
                "Resource": "arn:aws:dynamodb:eu-central-1:444444444444:table/terrarium-*",
            },
        ),
    ),
    Mutation(
        "any role to any service",
        "dev",
        "pass-role",
        state(*ROLE_POLICY, {"Action": "iam:PassRole", "Resource": f"{_ROLES}*"}),
    ),
    Mutation(
        "roles of the environment to every service",
        "dev",
        "pass-role",
        state(*ROLE_POLICY, {"Action": "iam:Pass*", "Resource": f"{_ROLES}terrarium-dev-job"}),
    ),
    Mutation(
        "any service by a pattern",
        "dev",
        "pass-role",
        state(
            *ROLE_POLICY,
            {
                "Action": "iam:PassRole",
                "Resource": f"{_ROLES}terrarium-dev-job",
                "Condition": {"StringLike": {"iam:PassedToService": "*"}},
            },
        ),
    ),
    # Policies that another form of Terraform writes
    Mutation(
        "every action, in a policy document of Terraform",
        "dev",
        "wildcard-action",
        built(
            {
                "aws_iam_role_policy": {"role": "terrarium-dev-job", "policy": _DOCUMENT},
            },
            _document({"actions": ["s3:*"], "resources": ["arn:aws:s3:::x"]}),
        ),
    ),
    Mutation(
        "every action, inline in the role",
        "prod",
        "wildcard-action",
        own(
            "aws_iam_role",
            name="terrarium-prod-own",
            inline_policy=[
                {
                    "name": "x",
                    "policy": json.dumps(
                        {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
                    ),
                }
            ],
        ),
    ),
    Mutation(
        "every action, attached with a list of roles",
        "dev",
        "wildcard-action",
        built(
            {
                "aws_iam_policy": {
                    "name": "terrarium-dev-own",
                    "policy": json.dumps(
                        {"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
                    ),
                },
                "aws_iam_policy_attachment": {
                    "roles": ["terrarium-dev-job"],
                    "policy_arn": "${aws_iam_policy.own-aws_iam_policy.arn}",
                },
            }
        ),
    ),
    Mutation(
        "policy that is an expression",
        "dev",
        "unreadable-policy",
        own("aws_iam_policy", name="terrarium-dev-own", policy='${jsonencode({"Statement" = []})}'),
    ),
    Mutation(
        "trust policy of a template file",
        "prod",
        "unreadable-policy",
        set_arguments("aws_iam_role", JOB, assume_role_policy='${file("trust.json")}'),
    ),
    Mutation(
        "grant outside of the boundary, in a policy document of Terraform",
        "dev",
        "outside-boundary",
        built(
            {"aws_iam_role_policy": {"role": "terrarium-dev-job", "policy": _DOCUMENT}},
            _document(
                {"actions": ["sns:Publish"], "resources": ["${aws_sns_topic.alarms_topic_CB6504A9.arn}"]}
            ),
        ),
    ),
    Mutation(
        "role of a construct with a grant outside of its boundary",
        "dev",
        "outside-boundary",
        built(
            {
                "aws_iam_role": {
                    "name": "terrarium-dev-own",
                    "permissions_boundary": "${aws_iam_policy.boundary_policy_A8BEFB25.arn}",
                },
                "aws_iam_role_policy": {
                    "role": "${aws_iam_role.own-aws_iam_role.name}",
                    "policy": json.dumps(
                        {
                            "Statement": [
                                {"Effect": "Allow", "Action": "polly:SynthesizeSpeech", "Resource": "*"}
                            ]
                        }
                    ),
                },
            }
        ),
    ),
    # Networks and transport
    Mutation(
        "endpoint policy that allows everything",
        "dev",
        "endpoint-policy",
        own(
            "aws_vpc_endpoint",
            vpc_endpoint_type="Interface",
            policy=json.dumps(
                {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
            ),
        ),
    ),
    Mutation(
        "endpoint policy for objects of any bucket",
        "prod",
        "endpoint-policy",
        own(
            "aws_vpc_endpoint",
            vpc_endpoint_type="Interface",
            policy=json.dumps(
                {
                    "Statement": [
                        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": ["*"]}
                    ]
                }
            ),
        ),
    ),
    Mutation(
        "listener without TLS",
        "dev",
        "transport-encryption",
        own("aws_lb_listener", port=80, protocol="HTTP"),
    ),
    Mutation(
        "cache without TLS",
        "prod",
        "transport-encryption",
        own("aws_elasticache_replication_group", at_rest_encryption_enabled=True, kms_key_id=_KEY),
    ),
    Mutation(
        "messages sent without TLS",
        "dev",
        "transport-encryption",
        own(
            "aws_sns_topic_subscription",
            protocol="http",
            endpoint="http://x",
            topic_arn="x",
            redrive_policy="{}",
        ),
    ),
    Mutation(
        "database that connects to every address",
        "dev",
        "database-egress",
        _egress("aws_vpc_security_group_egress_rule", cidr_ipv4="0.0.0.0/0"),
    ),
    Mutation(
        "database that connects to every address, inline",
        "prod",
        "database-egress",
        set_arguments(
            "aws_security_group", "metadata/", egress=[{"ipv6_cidr_blocks": ["::/0"], "from_port": 0}]
        ),
    ),
    Mutation(
        "half of the internet may connect",
        "dev",
        "open-security-group",
        own("aws_vpc_security_group_ingress_rule", security_group_id=_CLIENTS, cidr_ipv4="128.0.0.0/1"),
    ),
    Mutation(
        "function with a public URL",
        "dev",
        "public-endpoint",
        own("aws_lambda_function_url", function_name="own", authorization_type="NONE"),
    ),
    Mutation("public load balancer", "prod", "public-endpoint", own("aws_lb", name="own")),
    # Events
    Mutation(
        "schedule without a dead-letter queue",
        "dev",
        "dead-letter",
        own("aws_scheduler_schedule", name="own", target={"arn": "${aws_sfn_state_machine.x.arn}"}),
    ),
    Mutation(
        "rule that starts work without a dead-letter queue",
        "prod",
        "dead-letter",
        own("aws_cloudwatch_event_target", **_TARGET),
    ),
    Mutation(
        "queue whose poisonous message never leaves",
        "dev",
        "dead-letter",
        built(
            {
                "aws_sqs_queue": {"name": "own", "kms_master_key_id": _KEY},
                "aws_lambda_event_source_mapping": {
                    "event_source_arn": "${aws_sqs_queue.own-aws_sqs_queue.arn}"
                },
            }
        ),
    ),
    Mutation(
        "events sent to the bus of another account",
        "dev",
        "foreign-target",
        own(
            "aws_cloudwatch_event_target", rule="x", arn=f"arn:aws:events:eu-central-1:{_FOREIGN}:event-bus/x"
        ),
    ),
    Mutation(
        "artifacts copied to the bucket of somebody",
        "prod",
        "foreign-target",
        own(
            "aws_s3_bucket_replication_configuration",
            bucket="x",
            rule=[{"destination": {"bucket": "arn:aws:s3:::partner-copies"}}],
        ),
    ),
    # Compute
    Mutation("privileged nodes", "dev", "privileged-container", _node(privileged=True)),
    Mutation(
        "task with a capability of the kernel",
        "prod",
        "privileged-container",
        set_arguments(
            "aws_ecs_task_definition",
            container_definitions=json.dumps(
                [{"image": _IMAGE, "linuxParameters": {"capabilities": {"add": ["SYS_ADMIN"]}}}]
            ),
        ),
    ),
    Mutation(
        "the instance's files in a task of a job",
        "dev",
        "host-access",
        _task({}, volumes=[{"name": "root", "host": {"sourcePath": "/"}}]),
    ),
    Mutation("the instance's processes in a task of a job", "dev", "host-access", _task({}, pidMode="host")),
    Mutation(
        "metadata for containers, because nobody said otherwise",
        "dev",
        "instance-metadata",
        set_arguments("aws_launch_template", metadata_options={"http_tokens": "required"}),
    ),
    Mutation(
        "pool without a launch template",
        "prod",
        "instance-metadata",
        own(
            "aws_batch_compute_environment",
            compute_environment_name_prefix="own",
            compute_resources={"type": "EC2", "max_vcpus": 4},
        ),
    ),
    Mutation(
        "tags that move with exceptions",
        "dev",
        "pinned-image",
        set_arguments("aws_ecr_repository", "compute/", image_tag_mutability="IMMUTABLE_WITH_EXCLUSION"),
    ),
    # Data and keys
    Mutation(
        "artifacts that end on a day",
        "prod",
        "expiring-data",
        own(
            "aws_s3_bucket_lifecycle_configuration",
            bucket="terrarium-prod-artifacts-444444444444",
            rule=[{"status": "Enabled", "expiration": [{"date": "2027-01-01T00:00:00Z"}]}],
        ),
    ),
    Mutation(
        "key that is rotated every seven years",
        "dev",
        "key-rotation",
        set_arguments("aws_kms_key", rotation_period_in_days=2560),
    ),
    Mutation(
        "calls in other regions go unseen",
        "dev",
        "audit-trail",
        set_arguments("aws_cloudtrail", is_multi_region_trail=False),
    ),
)

HARMLESS = (
    Mutation(
        "bucket policy for everyone of the account",
        "dev",
        "open-resource-policy",
        state(
            *_BUCKET,
            {"Principal": "*", **_READ, "Condition": {"StringEquals": {"aws:PrincipalAccount": _OWN}}},
        ),
    ),
    Mutation(
        "bucket policy for a role of the account",
        "dev",
        "foreign-access",
        state(
            *_BUCKET, {"Principal": {"AWS": f"{_ROLES}terrarium-dev-job"}, **_READ, "Condition": OF_ACCOUNT}
        ),
    ),
    Mutation(
        "denial for another account",
        "dev",
        "foreign-access",
        state(*_BUCKET, {"Effect": "Deny", "Principal": {"AWS": _FOREIGN}, **_READ}),
    ),
    Mutation(
        "role for a role of the account",
        "dev",
        "open-trust",
        state(
            *_TRUST,
            {
                "Principal": {"AWS": "*"},
                "Action": "sts:AssumeRole",
                "Condition": {"ArnLike": {"aws:PrincipalArn": f"{_ROLES}terrarium-dev-*"}},
            },
        ),
    ),
    Mutation(
        "stream with the key",
        "dev",
        "store-encryption",
        own("aws_kinesis_stream", name="own", kms_key_id=_KEY),
    ),
    Mutation(
        "names that contain words for secrets",
        "dev",
        "secret-in-clear",
        container(
            environment=[
                {"name": "DB_SECRET_ARN", "value": "arn:aws:secretsmanager:eu-central-1:1:secret:x"},
                {"name": "MAX_TOKENS", "value": "4096"},
                {"name": "TOKENIZERS_PARALLELISM", "value": "false"},
                {"name": "KEYBOARD", "value": "qwerty"},
            ]
        ),
    ),
    Mutation(
        "secret from Secrets Manager",
        "dev",
        "secret-in-clear",
        container(
            secrets=[{"name": "DB_PASSWORD", "valueFrom": "arn:aws:secretsmanager:eu-central-1:1:secret:x"}]
        ),
    ),
    Mutation(
        "log group with a retention",
        "dev",
        "log-retention",
        own("aws_cloudwatch_log_group", name="own", kms_key_id=_KEY, retention_in_days=30),
    ),
    Mutation(
        "buckets of the environment",
        "dev",
        "far-resource",
        state(*ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::terrarium-dev-*/*"}),
    ),
    Mutation(
        "objects of one bucket of the company",
        "dev",
        "far-resource",
        state(*ROLE_POLICY, {"Action": "s3:GetObject", "Resource": "arn:aws:s3:::acme-data-lake/*"}),
    ),
    Mutation(
        "roles of the environment to one service",
        "dev",
        "pass-role",
        state(*ROLE_POLICY, {"Action": "iam:PassRole", "Resource": f"{_ROLES}terrarium-dev-*", **_TO_ECS}),
    ),
    Mutation(
        "denial of passing roles",
        "dev",
        "pass-role",
        state(*ROLE_POLICY, {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}),
    ),
    Mutation(
        "named actions in a policy document of Terraform",
        "dev",
        "wildcard-action",
        built(
            {"aws_iam_role_policy": {"role": "terrarium-dev-job", "policy": _DOCUMENT}},
            _document({"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::x/*"]}),
        ),
    ),
    Mutation(
        "policy document of Terraform",
        "dev",
        "unreadable-policy",
        built(
            {"aws_iam_role_policy": {"role": "terrarium-dev-job", "policy": _DOCUMENT}},
            _document({"actions": ["s3:GetObject"]}),
        ),
    ),
    Mutation(
        "grant inside of the boundary, in a policy document of Terraform",
        "dev",
        "outside-boundary",
        built(
            {"aws_iam_role_policy": {"role": "terrarium-dev-job", "policy": _DOCUMENT}},
            _document({"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::terrarium-dev-x/*"]}),
        ),
    ),
    Mutation(
        "endpoint policy for resources of the account",
        "dev",
        "endpoint-policy",
        own(
            "aws_vpc_endpoint",
            vpc_endpoint_type="Interface",
            policy=json.dumps(
                {
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": "*",
                            "Action": "s3:*",
                            "Resource": "*",
                            "Condition": {"StringEquals": {"aws:ResourceAccount": _OWN}},
                        }
                    ]
                }
            ),
        ),
    ),
    Mutation(
        "listener that redirects to TLS",
        "dev",
        "transport-encryption",
        own(
            "aws_lb_listener",
            port=80,
            protocol="HTTP",
            default_action=[
                {"type": "redirect", "redirect": {"protocol": "HTTPS", "status_code": "HTTP_301"}}
            ],
        ),
    ),
    Mutation(
        "clients that connect to every address",
        "dev",
        "database-egress",
        own("aws_vpc_security_group_egress_rule", security_group_id=_CLIENTS, cidr_ipv4="0.0.0.0/0"),
    ),
    Mutation(
        "database that connects to its network",
        "dev",
        "database-egress",
        _egress("aws_vpc_security_group_egress_rule", cidr_ipv4="10.0.0.0/16"),
    ),
    Mutation(
        "private addresses may connect",
        "dev",
        "open-security-group",
        own("aws_vpc_security_group_ingress_rule", security_group_id=_CLIENTS, cidr_ipv4="10.0.0.0/8"),
    ),
    Mutation("private load balancer", "dev", "public-endpoint", own("aws_lb", name="own", internal=True)),
    Mutation(
        "rule that notifies",
        "dev",
        "dead-letter",
        own("aws_cloudwatch_event_target", rule="x", arn="${aws_sns_topic.alarms_topic_CB6504A9.arn}"),
    ),
    Mutation(
        "rule with a dead-letter queue",
        "dev",
        "dead-letter",
        own("aws_cloudwatch_event_target", **_TARGET, dead_letter_config={"arn": _QUEUE}),
    ),
    Mutation(
        "queue that nothing polls",
        "dev",
        "dead-letter",
        own("aws_sqs_queue", name="own", kms_master_key_id=_KEY),
    ),
    Mutation(
        "events sent to a queue of the account",
        "dev",
        "foreign-target",
        own("aws_cloudwatch_event_target", rule="x", arn=f"arn:aws:sqs:eu-central-1:{_OWN}:own"),
    ),
    Mutation(
        "recipient of alarms by e-mail",
        "dev",
        "foreign-target",
        own("aws_sns_topic_subscription", protocol="email", endpoint="ada@example.com", topic_arn="x"),
    ),
    Mutation(
        "job with shared memory",
        "dev",
        "privileged-container",
        _node(linuxParameters={"sharedMemorySize": 64}),
    ),
    Mutation(
        "files of EFS in a task of a job",
        "dev",
        "host-access",
        _task({}, volumes=[{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]),
    ),
    Mutation(
        "pool of Fargate",
        "dev",
        "instance-metadata",
        own(
            "aws_batch_compute_environment",
            compute_environment_name_prefix="own",
            compute_resources={"type": "FARGATE", "max_vcpus": 4},
        ),
    ),
    Mutation("image by digest", "dev", "pinned-image", _node()),
    Mutation(
        "old versions that end",
        "dev",
        "expiring-data",
        own(
            "aws_s3_bucket_lifecycle_configuration",
            bucket="terrarium-dev-artifacts-111111111111",
            rule=[{"status": "Enabled", "noncurrent_version_expiration": [{"noncurrent_days": 30}]}],
        ),
    ),
    Mutation(
        "key that signs, which KMS does not rotate",
        "dev",
        "key-rotation",
        own("aws_kms_key", customer_master_key_spec="ECC_NIST_P256", key_usage="SIGN_VERIFY"),
    ),
    Mutation(
        "topic of a critical environment that is not for alarms",
        "prod",
        "alarm",
        own("aws_sns_topic", name="terrarium-prod-results", kms_master_key_id=_KEY),
    ),
)
