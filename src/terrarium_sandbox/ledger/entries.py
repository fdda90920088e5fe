"""The ledger itself, by Terraform's resource type.

A type that the stacks use and that is not here, or the reverse, fails `tests/stacks/test_ledger.py`.
"""

from collections.abc import Mapping

from terrarium_sandbox.ledger.entry import Entry

__all__ = ["LEDGER"]


def _real(only_aws_proves: str) -> Entry:
    return Entry("real", only_aws_proves)


def _emulated(only_aws_proves: str) -> Entry:
    return Entry("emulated", only_aws_proves)


def _recorded(only_aws_proves: str) -> Entry:
    return Entry("recorded", only_aws_proves)


LEDGER: Mapping[str, Entry] = {
    "aws_athena_workgroup": _real("Trino's own functions, plans and speed: here DuckDB runs the queries"),
    "aws_batch_compute_environment": _emulated("that instances come, in time and at a price, and go again"),
    "aws_batch_job_definition": _real("what images hold and that they start: here each is this interpreter"),
    "aws_batch_job_queue": _real("fair shares, GPUs, and which ports nodes reach of each other"),
    "aws_batch_scheduling_policy": _recorded("how jobs of several users take turns"),
    "aws_budgets_budget": _recorded("what anything costs, and that notices go out"),
    "aws_cloudtrail": _recorded("that what is done is written to its bucket, and that no log is missing"),
    "aws_cloudwatch_dashboard": _recorded("that its graphs show what they promise"),
    "aws_cloudwatch_event_rule": _real("events of other services than Batch, S3, Step Functions and changes of trails"),
    "aws_cloudwatch_event_target": _real("tries again, and other targets than state machines, queues and topics"),
    "aws_cloudwatch_log_group": _emulated("that retention ends events, and encryption at rest"),
    "aws_cloudwatch_metric_alarm": _recorded("that services send its metric, and that it goes off"),
    "aws_db_subnet_group": _emulated("that its zones have room for the database"),
    "aws_default_security_group": _recorded("that it lets nothing through"),
    "aws_dynamodb_table": _real("throughput, throttling, point-in-time recovery, and encryption at rest"),
    "aws_ecr_lifecycle_policy": _recorded("that untagged images go"),
    "aws_ecr_repository": _emulated("pushing and pulling layers, and what scans find"),
    "aws_ecs_cluster": _recorded("that tasks find room, and Container Insights"),
    "aws_ecs_task_definition": _recorded("that its task starts, and sessions into it"),
    "aws_eip": _recorded("that the address is reached from outside"),
    "aws_flow_log": _recorded("that traffic is logged"),
    "aws_glue_catalog_database": _real("the catalog's quotas, and Lake Formation's say"),
    "aws_iam_instance_profile": _emulated("that instances get its credentials"),
    "aws_iam_openid_connect_provider": _emulated("that the issuer signs a token: here the sandbox does"),
    "aws_iam_policy": _real("conditions on what only AWS knows, such as the network a request came through"),
    "aws_iam_role": _real("that services assume it in the account's name, as its trust asks"),
    "aws_iam_role_policies_exclusive": _real("how long a change takes to be known everywhere"),
    "aws_iam_role_policy_attachment": _real("how long a change takes to be known everywhere"),
    "aws_iam_role_policy_attachments_exclusive": _real("how long a change takes to be known everywhere"),
    "aws_internet_gateway": _recorded("that packets pass"),
    "aws_kms_alias": _emulated("nothing more than its key"),
    "aws_kms_key": _emulated("encryption at rest and rotation; who may use it is decided here while IAM is enforced"),
    "aws_launch_template": _recorded("that instances start from it, with encrypted disks"),
    "aws_nat_gateway": _recorded("that packets pass, and what each gigabyte costs"),
    "aws_rds_cluster": _real("Aurora's storage, scaling to and from zero, failover and backups"),
    "aws_rds_cluster_instance": _real("its place in a zone, Performance Insights, and minor upgrades"),
    "aws_rds_cluster_parameter_group": _recorded("that Aurora takes the parameters; TLS is forced here too"),
    "aws_route": _recorded("that packets take it"),
    "aws_route_table": _recorded("that packets follow it"),
    "aws_route_table_association": _recorded("that packets follow it"),
    "aws_s3_bucket": _real("durability, throughput, and that names are free in all of AWS"),
    "aws_s3_bucket_lifecycle_configuration": _recorded("that versions and uploads end when they should"),
    "aws_s3_bucket_notification": _real("events about anything but objects that arrive or go"),
    "aws_s3_bucket_object_lock_configuration": _emulated("that nobody at AWS can delete a locked version either"),
    "aws_s3_bucket_ownership_controls": _emulated("that access control lists from before are ignored"),
    "aws_s3_bucket_policy": _emulated("TLS, for which loopback stands here"),
    "aws_s3_bucket_public_access_block": _emulated("that policies with conditions make nothing public"),
    "aws_s3_bucket_server_side_encryption_configuration": _emulated("encryption at rest; here the key must be granted"),
    "aws_s3_bucket_versioning": _real("nothing: versions are kept, listed and read by their ids"),
    "aws_sagemaker_notebook_instance": _recorded("that it starts, runs its script, and stops when idle"),
    "aws_sagemaker_notebook_instance_lifecycle_configuration": _recorded("that the script runs, within five minutes"),
    "aws_scheduler_schedule": _real("flexible windows, and targets the sandbox lacks; the clock can be moved here"),
    "aws_scheduler_schedule_group": _emulated("nothing more than its schedules"),
    "aws_security_group": _recorded("who reaches whom: on loopback everybody does"),
    "aws_sfn_state_machine": _real("JSONata and activities; executions really run, and resume, and leave logs"),
    "aws_sns_topic": _emulated("delivery beyond this machine"),
    "aws_sns_topic_policy": _emulated("publishing by services other than EventBridge"),
    "aws_sns_topic_subscription": _recorded("that the message reaches its reader, who must confirm"),
    "aws_sqs_queue": _real("throughput, and encryption at rest"),
    "aws_sqs_queue_policy": _emulated("sending by services other than EventBridge and SNS"),
    "aws_ssm_parameter": _real("encryption at rest; the key's grants are asked for here"),
    "aws_subnet": _recorded("that its addresses suffice, and packets flow"),
    "aws_vpc": _recorded("that packets flow, and names resolve"),
    "aws_vpc_endpoint": _recorded("that traffic takes it, past the internet"),
    "aws_vpc_security_group_egress_rule": _recorded("who reaches whom"),
    "aws_vpc_security_group_ingress_rule": _recorded("who reaches whom"),
}  # fmt: skip
