"""Effects of planned changes on the users of an environment."""

import re
from pathlib import Path
from typing import Any

import cdktf_cdktf_provider_aws
import pytest

from policies.plan.change import changes_of
from policies.plan.consequences import effects_of
from policies.plan.effects.types import TYPES
from policies.stack import Stack
from tests.stacks.everything import environment_with_everything
from tests.stacks.synthesized import synthesize

_BINDINGS = Path(cdktf_cdktf_provider_aws.__file__).parent

Values = dict[str, Any]


def effects(kind: str, *actions: str, **change: Any) -> dict[str, str]:
    """Return the texts of the effects of one change by consequence."""
    planned = {"actions": list(actions), "before": {"a": 1}, "after": {"a": 1}, **change}
    (one,) = changes_of({"resource_changes": [{"address": f"{kind}.x", "change": planned}]})
    return {effect.consequence: effect.text for effect in effects_of(one)}


def updated(kind: str, before: Values, after: Values, **change: Any) -> dict[str, str]:
    return effects(kind, "update", before=before, after=after, **change)


def binding(kind: str) -> str:
    return (_BINDINGS / kind.removeprefix("aws_") / "__init__.py").read_text(encoding="utf-8")


def test_every_type_of_the_stacks_is_classified(
    stacks: dict[str, Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything = environment_with_everything(tmp_path, monkeypatch)
    (whole,) = synthesize([everything], tmp_path / "everything").values()
    kinds = set(whole.document["resource"]).union(*(stack.document["resource"] for stack in stacks.values()))
    assert sorted(kinds - TYPES.keys()) == [], "state in policies/plan/effects what their changes cost users"


@pytest.mark.parametrize("kind", sorted(TYPES))
def test_a_rule_names_an_attribute_of_its_type(kind: str) -> None:
    """A misspelled attribute would never match."""
    source = binding(kind)
    named = {segment for path in TYPES[kind].updated for segment in path.split(".") if segment != "*"}
    assert {one for one in named if not re.search(rf"\n\s+{one}: (typing|builtins|jsii)", source)} == set()


@pytest.mark.parametrize("action", ["delete", "replace"])
def test_a_type_that_is_not_classified_gets_the_worst_effect(action: str) -> None:
    actions = ["delete", "create"] if action == "replace" else ["delete"]
    (text,) = effects("aws_quantum_annealer", *actions).values()
    assert "not in policies/plan/effects" in text


@pytest.mark.parametrize(
    ("kind", "effect"),
    [
        ("aws_vpc", "everything in the network ends"),
        ("aws_subnet", "everything that runs in the subnet ends"),
        ("aws_nat_gateway", "no internet access"),
        ("aws_security_group", "cannot be reached"),
        ("aws_vpc_endpoint", "cannot reach the service"),
        ("aws_vpc_security_group_ingress_rule", "refused"),
        ("aws_batch_compute_environment", "no longer starts jobs"),
        ("aws_batch_job_queue", "cannot submit jobs"),
        ("aws_batch_job_definition", "cannot submit jobs"),
        ("aws_iam_role", "nothing can act as it"),
        ("aws_ssm_parameter", "`terrarium.connect`"),
        ("aws_sagemaker_notebook_instance", "files on its disk are lost"),
        ("aws_sfn_state_machine", "running executions end"),
        ("aws_kms_alias", "alias fail"),
        ("aws_rds_cluster_instance", "connections end"),
    ],
)
def test_a_deletion_interrupts_what_uses_the_resource(kind: str, effect: str) -> None:
    assert effect in effects(kind, "delete")["interruption"]


@pytest.mark.parametrize(
    "kind",
    [
        "aws_cloudtrail",
        "aws_cloudwatch_metric_alarm",
        "aws_sns_topic_subscription",
        "aws_flow_log",
        "aws_budgets_budget",
        "aws_s3_bucket_public_access_block",
    ],
)
def test_the_deletion_of_an_alarm_or_a_record_ends_a_protection(kind: str) -> None:
    assert effects(kind, "delete").keys() == {"protection"}


@pytest.mark.parametrize(
    "kind", ["aws_rds_cluster", "aws_s3_bucket", "aws_dynamodb_table", "aws_efs_file_system"]
)
def test_the_deletion_of_a_store_loses_data(kind: str) -> None:
    assert effects(kind, "delete", before={}, after=None).keys() == {"data-loss"}
    assert effects(kind, "delete", "create").keys() == {"data-loss"}


def test_a_replacement_that_is_created_first_has_no_effect_where_users_move_to_it() -> None:
    pool = "aws_batch_compute_environment"
    assert effects(pool, "create", "delete") == {}
    assert effects(pool, "delete", "create").keys() == {"interruption"}
    assert effects("aws_vpc", "create", "delete").keys() == {"interruption"}


def test_a_policy_that_roles_no_longer_have_is_compared_as_a_document_only() -> None:
    assert effects("aws_iam_policy", "delete") == {}
    assert effects("aws_iam_role_policy_attachment", "delete") == {}
    pages = {"policy_arns": ["arn:aws:iam::1:policy/job-1", "arn:aws:iam::1:policy/job-2"]}
    fewer = {"policy_arns": pages["policy_arns"][:1]}
    assert updated("aws_iam_role_policy_attachments_exclusive", pages, fewer) == {}


def test_a_new_revision_of_a_definition_has_no_effect() -> None:
    assert effects("aws_batch_job_definition", "delete", "create") == {}
    assert effects("aws_ecs_task_definition", "create", "delete") == {}


@pytest.mark.parametrize("kind", ["aws_cloudwatch_dashboard", "aws_ecr_lifecycle_policy"])
def test_resources_that_nothing_uses_have_no_effect(kind: str) -> None:
    assert effects(kind, "delete") == {}


@pytest.mark.parametrize(
    ("kind", "before", "after", "consequence", "text"),
    [
        (
            "aws_rds_cluster",
            {"engine_version": "16.8"},
            {"engine_version": "16.6"},
            "interruption",
            "refuses",
        ),
        (
            "aws_rds_cluster",
            {"engine_version": "16.9"},
            {"engine_version": "17.4"},
            "interruption",
            "upgraded",
        ),
        ("aws_rds_cluster", {"port": 5432}, {"port": 5433}, "interruption", "another port"),
        (
            "aws_rds_cluster",
            {"iam_database_authentication_enabled": True},
            {"iam_database_authentication_enabled": False},
            "interruption",
            "IAM tokens",
        ),
        (
            "aws_rds_cluster",
            {"serverlessv2_scaling_configuration": [{"max_capacity": 16, "min_capacity": 0.5}]},
            {"serverlessv2_scaling_configuration": [{"max_capacity": 4, "min_capacity": 0.5}]},
            "reduction",
            "fewer queries at a time (serverlessv2_scaling_configuration.max_capacity: 16 -> 4)",
        ),
        (
            "aws_rds_cluster",
            {"vpc_security_group_ids": ["sg-1", "sg-2"]},
            {"vpc_security_group_ids": ["sg-2", "sg-3"]},
            "interruption",
            "members of these groups cannot connect: sg-1",
        ),
        (
            "aws_rds_cluster_instance",
            {"ca_cert_identifier": "rds-ca-rsa2048-g1"},
            {"ca_cert_identifier": "rds-ca-ecc384-g1"},
            "interruption",
            "certificate authority",
        ),
        (
            "aws_sagemaker_notebook_instance",
            {"volume_size": 10},
            {"volume_size": 20},
            "interruption",
            "stops while its disk grows",
        ),
        (
            "aws_sagemaker_notebook_instance",
            {"volume_size": 20},
            {"volume_size": 10},
            "interruption",
            "refuses to shrink",
        ),
        (
            "aws_batch_compute_environment",
            {"state": "ENABLED"},
            {"state": "DISABLED"},
            "interruption",
            "no longer starts jobs",
        ),
        (
            "aws_vpc_endpoint",
            {"route_table_ids": ["rtb-1", "rtb-2"]},
            {"route_table_ids": ["rtb-2"]},
            "interruption",
            "rtb-1",
        ),
        (
            "aws_vpc_security_group_ingress_rule",
            {"referenced_security_group_id": "sg-1"},
            {"referenced_security_group_id": "sg-2"},
            "interruption",
            "refused",
        ),
        (
            "aws_security_group",
            {"ingress": [{"from_port": 22, "cidr_blocks": ["10.0.0.0/8", "10.1.0.0/16"]}]},
            {"ingress": [{"from_port": 22, "cidr_blocks": ["10.1.0.0/16"]}]},
            "interruption",
            "refused",
        ),
        (
            "aws_cloudwatch_metric_alarm",
            {"alarm_actions": ["arn:aws:sns:a:1:x"]},
            {"alarm_actions": []},
            "protection",
            "arn:aws:sns:a:1:x",
        ),
        (
            "aws_s3_bucket_lifecycle_configuration",
            {"rule": [{"noncurrent_version_expiration": [{"noncurrent_days": 90}]}]},
            {"rule": [{"noncurrent_version_expiration": [{"noncurrent_days": 7}]}]},
            "protection",
            "90 -> 7",
        ),
    ],
)
def test_an_update_has_the_effect_of_its_attribute(
    kind: str, before: Values, after: Values, consequence: str, text: str
) -> None:
    assert text in updated(kind, before, after)[consequence]
    assert updated(kind, before, before) == {}


@pytest.mark.parametrize(
    ("before", "after", "consequence"),
    [
        ({"broker": [{"enabled": True}]}, {"broker": [{"enabled": False}]}, "interruption"),
        ({"state": "ENABLED"}, {"state": "DISABLED"}, "interruption"),
        ({"max_throughput": 20}, {"max_throughput": 10}, "reduction"),
        ({"allowed_ids": ["a", "b"]}, {"allowed_ids": ["b"]}, "reduction"),
    ],
    ids=["switch", "state", "limit", "list"],
)
def test_attributes_of_any_type_are_compared_by_general_rules(
    before: Values, after: Values, consequence: str
) -> None:
    assert updated("aws_quantum_annealer", before, after).keys() == {consequence}
    assert updated("aws_quantum_annealer", after, before) == {}


def test_a_value_that_is_known_only_after_the_deployment_has_no_effect() -> None:
    assert updated("aws_vpc_endpoint", {"subnet_ids": ["a"]}, {}, after_unknown={"subnet_ids": True}) == {}


def test_the_order_of_blocks_has_no_effect() -> None:
    selector = [{"field_selector": [{"starts_with": ["a"]}]}, {"field_selector": [{"starts_with": ["b"]}]}]
    trail = "aws_cloudtrail"
    assert (
        updated(trail, {"advanced_event_selector": selector}, {"advanced_event_selector": selector[::-1]})
        == {}
    )
    assert (
        "b"
        in updated(trail, {"advanced_event_selector": selector}, {"advanced_event_selector": selector[:1]})[
            "protection"
        ]
    )


def test_a_secret_value_is_not_shown() -> None:
    sensitive = {"before_sensitive": {"master_password": True}, "after_sensitive": {"master_password": True}}
    (text,) = updated(
        "aws_rds_cluster", {"master_password": "correct"}, {"master_password": "horse"}, **sensitive
    ).values()
    assert "correct" not in text
    assert "horse" not in text


def test_tags_have_no_effect() -> None:
    assert updated("aws_vpc", {"tags_all": {"max_cost": 3}}, {"tags_all": {"max_cost": 2}}) == {}
