"""Entries of the ledger, by Terraform's resource type.

`tests/stacks/test_ledger.py` fails if a type of the stacks is missing here, or the reverse.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, get_args

__all__ = ["FIDELITIES", "LEDGER", "Entry", "Fidelity"]

Fidelity = Literal["real", "emulated", "recorded"]
"""`real`: its data plane runs. `emulated`: its API behaves as on AWS. `recorded`: only its settings are stored."""

FIDELITIES: tuple[Fidelity, ...] = get_args(Fidelity)


class Entry(NamedTuple):
    """The fidelity of a resource type, and the properties that only AWS can prove."""

    fidelity: Fidelity
    only_aws_proves: str


def _real(only_aws_proves: str) -> Entry:
    return Entry("real", only_aws_proves)


def _emulated(only_aws_proves: str) -> Entry:
    return Entry("emulated", only_aws_proves)


def _recorded(only_aws_proves: str) -> Entry:
    return Entry("recorded", only_aws_proves)


LEDGER: Mapping[str, Entry] = {
    "aws_athena_workgroup": _real("functions, plans and speed of Trino: the sandbox runs queries with DuckDB"),
    "aws_batch_compute_environment": _emulated("start-up time, availability, price and scale-in of instances"),
    "aws_batch_job_definition": _real("contents and start of images: the sandbox uses its own interpreter"),
    "aws_batch_job_queue": _real("fair shares, GPUs, and network access between nodes"),
    "aws_batch_scheduling_policy": _recorded("the order of jobs of several users"),
    "aws_budgets_budget": _recorded("costs, and delivery of notifications"),
    "aws_cloudtrail": _recorded("log files in the bucket, and their integrity"),
    "aws_cloudwatch_dashboard": _recorded("the graphs"),
    "aws_cloudwatch_event_rule": _real("events other than those of Batch, S3, Step Functions and changes of trails"),
    "aws_cloudwatch_event_target": _real("retries, and targets other than state machines, queues and topics"),
    "aws_cloudwatch_log_group": _emulated("expiry of events by retention, and encryption at rest"),
    "aws_cloudwatch_metric_alarm": _recorded("that services publish its metric, and the alarm's state changes"),
    "aws_db_subnet_group": _emulated("capacity of its zones for the database"),
    "aws_default_security_group": _recorded("that it allows no traffic"),
    "aws_dynamodb_table": _real("throughput, throttling, point-in-time recovery, and encryption at rest"),
    "aws_ecr_lifecycle_policy": _recorded("expiry of untagged images"),
    "aws_ecr_repository": _emulated("pushing and pulling layers, and findings of image scans"),
    "aws_ecs_cluster": _recorded("capacity for tasks, and Container Insights"),
    "aws_ecs_task_definition": _recorded("start of tasks, and sessions into them"),
    "aws_eip": _recorded("access to the address from outside"),
    "aws_flow_log": _recorded("records of traffic"),
    "aws_glue_catalog_database": _real("the catalog's quotas, and Lake Formation's permissions"),
    "aws_iam_instance_profile": _emulated("credentials of instances"),
    "aws_iam_openid_connect_provider": _emulated("tokens of the real issuer: the sandbox signs them"),
    "aws_iam_policy": _real("conditions on values that only AWS has, such as the source network of a request"),
    "aws_iam_role": _real("use of the role by services that the sandbox does not run"),
    "aws_iam_role_policies_exclusive": _real("the time until a change is effective everywhere"),
    "aws_iam_role_policy_attachment": _real("the time until a change is effective everywhere"),
    "aws_iam_role_policy_attachments_exclusive": _real("the time until a change is effective everywhere"),
    "aws_internet_gateway": _recorded("packet forwarding"),
    "aws_kms_alias": _emulated("the same as of its key"),
    "aws_kms_key": _emulated("encryption at rest and rotation; grants are checked while IAM is enforced"),
    "aws_launch_template": _recorded("start of instances from it, with encrypted disks"),
    "aws_nat_gateway": _recorded("packet forwarding, and the price per gigabyte"),
    "aws_rds_cluster": _real("Aurora's storage, scaling to and from zero, failover and backups"),
    "aws_rds_cluster_instance": _real("placement in a zone, Performance Insights, and minor upgrades"),
    "aws_rds_cluster_parameter_group": _recorded("Aurora's use of the parameters; the sandbox enforces TLS"),
    "aws_route": _recorded("packet forwarding"),
    "aws_route_table": _recorded("packet forwarding"),
    "aws_route_table_association": _recorded("packet forwarding"),
    "aws_s3_bucket": _real("durability, throughput, and uniqueness of names in all of AWS"),
    "aws_s3_bucket_lifecycle_configuration": _recorded("expiry of versions and uploads"),
    "aws_s3_bucket_logging": _recorded("delivery of log files"),
    "aws_s3_bucket_notification": _real("events other than creation and deletion of objects"),
    "aws_s3_bucket_object_lock_configuration": _emulated("that AWS itself cannot delete a locked version"),
    "aws_s3_bucket_ownership_controls": _emulated("that existing access control lists are ignored"),
    "aws_s3_bucket_policy": _emulated("TLS: the sandbox counts loopback as TLS"),
    "aws_s3_bucket_public_access_block": _emulated("that policies with conditions grant no public access"),
    "aws_s3_bucket_server_side_encryption_configuration": _emulated("encryption at rest; grants of keys are checked"),
    "aws_s3_bucket_versioning": _real("nothing: the sandbox keeps and lists versions, and reads them by id"),
    "aws_sagemaker_notebook_instance": _recorded("start, run of its script, and stop when idle"),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": _recorded("that the script ends within five minutes"),
    "aws_scheduler_schedule": _real("flexible windows, and targets that the sandbox lacks; its clock can be set"),
    "aws_scheduler_schedule_group": _emulated("the same as of its schedules"),
    "aws_security_group": _recorded("network access: on loopback, nothing is blocked"),
    "aws_sfn_state_machine": _real("JSONata and activities; the sandbox runs and resumes executions and writes logs"),
    "aws_sns_topic": _emulated("delivery outside this machine"),
    "aws_sns_topic_policy": _emulated("publishing by services other than EventBridge"),
    "aws_sns_topic_subscription": _recorded("delivery to a subscriber, who must confirm"),
    "aws_sqs_queue": _real("throughput, and encryption at rest"),
    "aws_sqs_queue_policy": _emulated("sending by services other than EventBridge and SNS"),
    "aws_ssm_parameter": _real("encryption at rest; grants of keys are checked"),
    "aws_subnet": _recorded("free addresses, and packet forwarding"),
    "aws_vpc": _recorded("packet forwarding, and name resolution"),
    "aws_vpc_endpoint": _recorded("that traffic uses it instead of the internet"),
}  # fmt: skip
