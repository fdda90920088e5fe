"""Interruptions: changes of a plan that lose no data, and yet take something away from the people who use it."""

import json
from collections.abc import Iterator, Mapping

from policies.plan.change import Change
from policies.plan.planned_stack import PlannedStack
from policies.policy import Policy, Violation

__all__ = ["POLICIES", "interruption"]

# Resources that others reach each other by: without them, or with others in their place, connections end.
_NETWORK = {
    "aws_db_subnet_group": "the database moves to other subnets, which AWS refuses for a cluster that exists",
    "aws_internet_gateway": "public addresses do not answer until the new gateway is attached",
    "aws_nat_gateway": "jobs reach nothing outside until the new gateway is there, which has another address",
    "aws_route": "packets have no way until the route is back",
    "aws_route_table": "packets have no way until the table is back",
    "aws_security_group": "whatever is in the group cannot be reached until it is in the new one",
    "aws_subnet": "whatever runs in the subnet ends, and the database cannot move to the new one",
    "aws_vpc": "the whole network is another one, and a database cluster cannot move to it",
    "aws_vpc_endpoint": "jobs do not reach the service until the new endpoint is there",
}
_SERVICE = {
    "aws_athena_workgroup": "queries fail, and the history of queries is gone",
    "aws_batch_job_queue": "jobs that wait in the queue are gone",
    "aws_ecs_cluster": "open tunnels end",
    "aws_glue_catalog_database": "tables are not found until they are registered again",
    "aws_iam_openid_connect_provider": "workflows cannot log in until it is back",
    "aws_iam_role": "sessions of the role end, and resource policies that name it do not know the new one",
    "aws_rds_cluster_instance": "the database does not answer while the instance is replaced",
    "aws_rds_cluster_parameter_group": "AWS refuses to delete a group in use",
    "aws_sagemaker_notebook_instance": "the notebook and what is on its disk are gone",
    "aws_sfn_state_machine": "running executions end, and their history is gone",
    "aws_ssm_parameter": "nobody can connect until it is back",
}
# A value that switches something off, by type and attribute.
_SWITCHES: Mapping[tuple[str, str], tuple[str, str]] = {
    ("aws_batch_compute_environment", "state"): ("DISABLED", "the pool starts no jobs any more"),
    ("aws_batch_job_queue", "state"): ("DISABLED", "the queue takes no jobs any more"),
    ("aws_cloudtrail", "enable_logging"): ("false", "calls are not on record any more"),
    ("aws_cloudwatch_event_rule", "state"): ("DISABLED", "the rule starts nothing any more"),
    ("aws_cloudwatch_metric_alarm", "actions_enabled"): ("false", "the alarm notifies nobody any more"),
    ("aws_kms_key", "is_enabled"): ("false", "nothing that it encrypts can be read any more"),
    ("aws_scheduler_schedule", "state"): ("DISABLED", "the pipeline does not start by itself any more"),
}


def interruption(change: Change) -> str | None:
    """Return how a change interrupts the users of an environment, if it does.

    The loss of data is another matter: see `Change.loses_data`.
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
        "Outside of disposable environments, no deployment interrupts those who work",
        "keep what forces it as it is deployed; where the change is wanted, tell the users of the environment, and "
        "waive this finding beside the construct for the day of the deployment",
        _interruptions,
    ),
)
