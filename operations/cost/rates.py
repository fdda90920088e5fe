"""Monthly rates by type of resource, and the types that are free."""

import tomllib
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from terrarium.instance_types import architectures_of, instance_types

__all__ = ["FREE", "RATES", "Prices", "Usage", "load_prices", "load_usage"]

Prices = Mapping[str, float]
Usage = Mapping[str, float]
Rate = Callable[[Mapping[str, Any], Prices, Usage], float]
"""A function that returns USD per month for the attributes of a resource, prices and usage."""

_FOLDER = Path(__file__).parent
_HOURS = 730


def load_prices() -> tuple[date, Prices]:
    """Return the day on which the prices were checked, and the prices."""
    table = tomllib.loads((_FOLDER / "prices.toml").read_text(encoding="utf-8"))
    return table.pop("date"), table


def load_usage() -> dict[str, Usage]:
    """Return the assumed usage, `idle` and `typical`."""
    return tomllib.loads((_FOLDER / "usage.toml").read_text(encoding="utf-8"))


def _instance(instance: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    # The estimate resolved the instance's reference to the cluster, which has storage type and scaling configuration.
    cluster = instance["cluster"]
    factor = prices["aurora_io_optimized_instance"] if _is_io_optimized(cluster) else 1
    if instance["instance_class"] != "db.serverless":
        return factor * _HOURS * _provisioned_hour(instance["instance_class"], prices)
    minimum = float(cluster["serverlessv2_scaling_configuration"]["min_capacity"])
    busy = usage["database_hours"] * max(usage["database_capacity_units"], minimum)
    awake = (_HOURS - usage["database_hours"]) * minimum
    return factor * (busy + awake) * prices["aurora_capacity_unit_hour"]


def _provisioned_hour(instance_class: str, prices: Prices) -> float:
    _, family, size = instance_class.split(".")
    # Each class has 2 vCPU in the sizes medium and large, 4 in xlarge, and 4 n in n xlarge.
    vcpus = 4 * int(size.removesuffix("xlarge") or 1) if size.endswith("xlarge") else 2
    return vcpus * prices.get(f"aurora_{family}_vcpu_hour", prices["aurora_other_vcpu_hour"])


def _cluster(cluster: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    if _is_io_optimized(cluster):
        stored = usage["database_gib"] * prices["aurora_io_optimized_storage_gib_month"]
    else:
        stored = usage["database_gib"] * prices["aurora_storage_gib_month"]
        stored += usage["database_million_requests"] * prices["aurora_million_requests"]
    return stored + prices["secret_month"]


def _is_io_optimized(cluster: Mapping[str, Any]) -> bool:
    return bool(cluster.get("storage_type") == "aurora-iopt1")


def _online_table(table: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    recovery = table["point_in_time_recovery"]["enabled"]
    gib = prices["dynamodb_gib_month"] + (prices["dynamodb_recovery_gib_month"] if recovery else 0)
    return (
        usage["online_gib"] * gib
        + usage["online_million_reads"] * prices["dynamodb_million_reads"]
        + usage["online_million_writes"] * prices["dynamodb_million_writes"]
    )


def _pool(environment: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    resources = environment["compute_resources"]
    spot = prices["spot_share"] if resources["type"] in {"SPOT", "FARGATE_SPOT"} else 1.0
    if resources["type"].startswith("FARGATE"):
        # Its job definitions have the architecture: the price is that of x86, which is higher.
        return usage["cpu_vcpu_hours"] * prices["fargate_vcpu_hour"] * spot
    kind = _kind_of_instances(resources)
    hours = usage["gpu_vcpu_hours" if kind in {"gpu", "neuron"} else "cpu_vcpu_hours"]
    return hours * prices[f"{kind}_vcpu_hour"] * spot


def _kind_of_instances(resources: Mapping[str, Any]) -> str:
    """Return the kind of price: `cpu`, `arm`, `gpu` or `neuron`."""
    if "NVIDIA" in resources["ec2_configuration"][0]["image_type"]:
        return "gpu"
    types = resources.get("instance_type", ())
    if any(kind.neuron_devices for kind in instance_types(types)):
        return "neuron"
    return "arm" if any("arm64" in architectures_of(name) for name in types) else "cpu"


def _notebook(notebook: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    disk = float(notebook["volume_size"]) * prices["notebook_gib_month"]
    return usage["notebook_hours"] * prices["notebook_hour"] + disk


def _endpoint(endpoint: Mapping[str, Any], prices: Prices, usage: Usage) -> float:
    if endpoint.get("vpc_endpoint_type") != "Interface":
        return 0.0  # gateway endpoints are free
    hours = _HOURS * len(endpoint["subnet_ids"]) * prices["interface_endpoint_zone_hour"]
    return hours + usage["endpoint_gib"] * prices["interface_endpoint_gib"]


RATES: Mapping[str, Rate] = {
    "aws_athena_workgroup": lambda _, prices, usage: usage["tib_scanned"] * prices["athena_tib_scanned"],
    "aws_batch_compute_environment": _pool,
    "aws_cloudtrail": lambda _, prices, usage: (
        usage["audited_million_events"] * prices["audited_million_events"]
    ),
    "aws_cloudwatch_dashboard": lambda _, prices, __: prices["dashboard_month"],
    "aws_cloudwatch_log_group": lambda _, prices, usage: usage["log_gib"] * prices["log_gib"],
    "aws_cloudwatch_metric_alarm": lambda _, prices, __: prices["alarm_month"],
    "aws_dynamodb_table": _online_table,
    "aws_ecr_repository": lambda _, prices, usage: usage["image_gib"] * prices["ecr_gib_month"],
    "aws_ecs_task_definition": lambda _, prices, usage: usage["tunnel_hours"] * prices["fargate_tunnel_hour"],
    "aws_eip": lambda _, prices, __: _HOURS * prices["public_address_hour"],
    "aws_kms_key": lambda _, prices, __: prices["kms_key_month"],
    "aws_nat_gateway": lambda _, prices, usage: (
        _HOURS * prices["nat_gateway_hour"] + usage["nat_gib"] * prices["nat_gateway_gib"]
    ),
    "aws_rds_cluster": _cluster,
    "aws_rds_cluster_instance": _instance,
    "aws_s3_bucket": lambda _, prices, usage: usage["bucket_gib"] * prices["s3_gib_month"],
    "aws_sagemaker_notebook_instance": _notebook,
    "aws_sfn_state_machine": lambda _, prices, usage: (
        usage["state_transitions_thousand"] * prices["state_transitions_thousand"]
    ),
    "aws_vpc_endpoint": _endpoint,
    "aws_ssm_parameter": lambda _, prices, __: prices["advanced_parameter_month"],
}

FREE = frozenset(
    {
        "aws_batch_job_definition",
        "aws_batch_job_queue",
        "aws_batch_scheduling_policy",
        "aws_budgets_budget",  # plain budgets; only those with actions cost
        "aws_cloudwatch_event_rule",
        "aws_cloudwatch_event_target",
        "aws_db_subnet_group",
        "aws_default_security_group",
        "aws_ecr_lifecycle_policy",
        "aws_ecs_cluster",
        "aws_flow_log",  # its log group costs
        "aws_glue_catalog_database",
        "aws_iam_instance_profile",
        "aws_iam_openid_connect_provider",
        "aws_iam_policy",
        "aws_iam_role",
        "aws_iam_role_policies_exclusive",
        "aws_iam_role_policy_attachment",
        "aws_iam_role_policy_attachments_exclusive",
        "aws_internet_gateway",
        "aws_kms_alias",
        "aws_launch_template",
        "aws_placement_group",
        "aws_rds_cluster_parameter_group",
        "aws_route",
        "aws_route_table",
        "aws_route_table_association",
        "aws_s3_bucket_lifecycle_configuration",
        "aws_s3_bucket_logging",
        "aws_s3_bucket_notification",  # a dollar for a million objects put
        "aws_s3_bucket_object_lock_configuration",
        "aws_s3_bucket_ownership_controls",
        "aws_s3_bucket_policy",
        "aws_s3_bucket_public_access_block",
        "aws_s3_bucket_server_side_encryption_configuration",
        "aws_s3_bucket_versioning",
        "aws_sagemaker_notebook_instance_lifecycle_configuration",
        "aws_scheduler_schedule",  # fourteen million a month are free
        "aws_scheduler_schedule_group",
        "aws_security_group",
        "aws_sns_topic",
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "aws_subnet",
        "aws_vpc",
        "aws_vpc_security_group_egress_rule",
        "aws_vpc_security_group_ingress_rule",
    }
)
