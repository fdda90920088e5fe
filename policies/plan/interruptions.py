"""Policy `interruption`: changes of a plan that lose no data but interrupt the users of the environment."""

import json
from collections.abc import Iterator, Mapping

from policies.plan.change import Change
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["POLICIES", "interruption"]

# Network resources: if one is deleted or replaced, connections end.
_NETWORK = {
    "aws_db_subnet_group": "the database moves to other subnets, which AWS refuses for a cluster that exists",
    "aws_internet_gateway": "public addresses do not answer until the new gateway is attached",
    "aws_nat_gateway": "jobs have no internet access until the new gateway exists, which has another address",
    "aws_route": "packets are not routed until the new route exists",
    "aws_route_table": "packets are not routed until the new table exists",
    "aws_security_group": "members of the group cannot be reached until they are in the new group",
    "aws_subnet": "everything that runs in the subnet ends, and the database cannot move to the new subnet",
    "aws_vpc": "everything in the network is replaced, and a database cluster cannot move to another VPC",
    "aws_vpc_endpoint": "jobs cannot reach the service until the new endpoint exists",
}
_SERVICE = {
    "aws_athena_workgroup": "queries fail, and the history of queries is lost",
    "aws_batch_job_queue": "jobs that wait in the queue are lost",
    "aws_ecs_cluster": "open tunnels end",
    "aws_glue_catalog_database": "tables are not found until they are registered again",
    "aws_iam_openid_connect_provider": "workflows cannot log in until the new provider exists",
    "aws_iam_role": "sessions of the role end, and resource policies that name it do not apply to the new role",
    "aws_rds_cluster_instance": "the database does not answer while the instance is replaced",
    "aws_rds_cluster_parameter_group": "AWS refuses to delete a group in use",
    "aws_sagemaker_notebook_instance": "the notebook instance and the files on its disk are lost",
    "aws_sfn_state_machine": "running executions end, and their history is lost",
    "aws_ssm_parameter": "`terrarium.connect` fails until the new parameter exists",
}
# By type and attribute: the value that switches something off, and the effect.
_SWITCHES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("aws_batch_compute_environment", "state"): ("DISABLED", "the pool no longer starts jobs"),
    ("aws_batch_job_queue", "state"): ("DISABLED", "the queue no longer accepts jobs"),
    ("aws_cloudtrail", "enable_logging"): ("false", "calls are no longer recorded"),
    ("aws_cloudwatch_event_rule", "state"): ("DISABLED", "the rule no longer starts its targets"),
    ("aws_cloudwatch_metric_alarm", "actions_enabled"): ("false", "the alarm no longer notifies anybody"),
    ("aws_kms_key", "is_enabled"): ("false", "data that the key encrypts can no longer be read"),
    ("aws_scheduler_schedule", "state"): ("DISABLED", "the pipeline no longer starts on schedule"),
}


def interruption(change: Change) -> str | None:
    """Return the effect of a change that interrupts the users of an environment, or None.

    Loss of data is not an interruption: see `Change.loses_data`.
    """
    kind = change.address.partition(".")[0]
    if change.action in {"replace", "delete"}:
        return _NETWORK.get(kind) or _SERVICE.get(kind)
    if change.action != "update":
        return None
    for attribute in change.attributes:
        off = _SWITCHES.get((kind, attribute.path))
        if off is not None and attribute.stack.strip('"') == off[0]:
            return off[1]
        if kind == "aws_rds_cluster" and attribute.path == "engine_version":
            return _engine_change(attribute.account, attribute.stack)
    return None


def _engine_change(account: str, stack: str) -> str | None:
    old, new = _version(account), _version(stack)
    if old is None or new is None or old == new:
        return None
    if new < old:
        return f"the engine goes from {account} back to {stack}, which AWS refuses"
    if new[0] > old[0]:
        return f"the database does not answer while its engine is upgraded from {account} to {stack}"
    return None  # a minor upgrade waits for the maintenance window


def _version(shown: str) -> tuple[int, ...] | None:
    try:
        return tuple(int(part) for part in str(json.loads(shown)).split("."))
    except ValueError:
        return None


def _interruptions(stack: PlannedStack) -> Iterator[Violation]:
    if stack.tier == "disposable":
        return
    for change in stack.changes:
        effect = interruption(change)
        if effect and not change.loses_data:
            yield Violation(stack.at(change.address), f"{_action(change)}: {effect}")


def _action(change: Change) -> str:
    forcing = ", ".join(f"{one.path} ({one.account} -> {one.stack})" for one in change.forced_by)
    action = {"replace": "the plan replaces it", "delete": "the plan deletes it"}.get(
        change.action, "the plan changes it"
    )
    return f"{action} because of {forcing}" if forcing else action


POLICIES: tuple[Policy[PlannedStack], ...] = (
    Policy(
        "interruption",
        "Outside of disposable environments, no deployment interrupts users",
        "keep the deployed value of the attribute that forces it; if you want the change, warn the users of the "
        "environment, and waive this finding beside the construct for the day of the deployment",
        _interruptions,
    ),
)
