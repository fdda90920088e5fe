"""A company's constructs in the stack of an environment."""

import json
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, InvalidEnvironmentError
from environments.import_path import ExtensionImportError
from modules.extensions.checks import ExtensionError
from operations.cost.estimate import estimate
from operations.synthesized import resources_of
from policies.aws import boundary, handler_permissions
from policies.catalogue import own_findings
from policies.extensions import declared_costs, declared_lookups, declared_types
from policies.plan.change import changes_of
from policies.plan.consequences import effects_of
from policies.plan.planned_stack import PlannedStack
from policies.stack import Stack
from tests.stacks.synthesized import Synthesized, synthesize
from tests.support.company import Company

TOPIC = """
class Own(Extension):
    permissions = (ServicePermissions(service="sns", resources=("{name}",), use=("Publish",)),)

    def __init__(self, scope, id, *, config, collaborators):
        super().__init__(scope, id, config=config, collaborators=collaborators)
        self.topic = SnsTopic(self, "topic", name=self.physical_name("events", limit=Limit.SNS_TOPIC))
        self.alarm(
            "failed", description="Failed", namespace="AWS/SNS", metric="NumberOfNotificationsFailed",
            dimensions={"TopicName": self.topic.name}, threshold=0,
        )
        self.grant(
            collaborators.job,
            "publish",
            Statement(sid="Publish", actions=("sns:Publish",), resources=(self.topic.arn,)),
        )

    @property
    def manifest(self):
        return {"topic_arn": self.topic.arn}
"""
FILTER = """
class Own(Extension):
    resource_types = {
        "aws_cloudwatch_log_metric_filter": ResourceType(
            cloudformation="AWS::Logs::MetricFilter",
            operations=("logs.PutMetricFilter",),
            name_argument="name",
            deleted=PlannedEffect(consequence="protection", text="the metric ends, and alarms on it"),
            replaced=None,
            lookup=ImportLookup(
                service="logs",
                operation="describe_metric_filters",
                request={"logGroupName": "{log_group_name}", "filterNamePrefix": "{name}"},
                found="metricFilters[0].filterName",
                import_id="{log_group_name}:{name}",
            ),
            sandbox="recorded",
            only_aws_proves="values of the metric",
        )
    }

    @classmethod
    def cost(cls, config):
        return Cost(idle=0.3, typical=0.3)

    def __init__(self, scope, id, *, config, collaborators):
        super().__init__(scope, id, config=config, collaborators=collaborators)
        logs = LogGroup(
            self, "logs", name=self.log_group_name("audit"), retention_days=365,
            encryption=collaborators.encryption,
        )
        CloudwatchLogMetricFilter(
            self, "errors", name=self.physical_name("errors", limit=Limit.ALARM), log_group_name=logs.name,
            pattern="ERROR",
            metric_transformation=CloudwatchLogMetricFilterMetricTransformation(
                name="Errors", namespace="Acme", value="1"
            ),
        )
"""
PERMITTED = """
    permissions = (
        ServicePermissions(
            service="logs",
            resources=("log-group:/terrarium/{environment}/*",),
            read=("DescribeMetricFilters",),
            change=("DeleteMetricFilter", "PutMetricFilter"),
        ),
    )
"""


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Company:
    folder = tmp_path / "company"
    folder.mkdir()
    return Company(folder, monkeypatch)


def synthesized(environment: Environment, folder: Path) -> Synthesized:
    (stack,) = synthesize([environment], folder / "out").values()
    return stack


def judged(environment: Environment, folder: Path) -> Stack:
    return Stack(name="dev", tier="disposable", document=synthesized(environment, folder).document)


def checks(stack: Stack, policies: Any) -> list[str]:
    return [violation.problem for policy in policies for violation in policy.violations(stack)]


def test_creates_the_construct_from_a_package_beside_the_environments_folder(
    company: Company, tmp_path: Path
) -> None:
    stack = synthesized(company.environment(f"{company.module(TOPIC)}:Own"), tmp_path)
    topic = stack.resource("aws_sns_topic", "extension-own/topic")
    assert topic["name"] == "terrarium-dev-ext-own-events"


def test_the_boundary_admits_only_what_the_extension_declares_on_its_own_resources(
    company: Company, tmp_path: Path
) -> None:
    stack = judged(company.environment(f"{company.module(TOPIC)}:Own"), tmp_path)
    (policy,) = (one for one in stack.resources("aws_iam_policy") if one.path == "boundary/policy")
    admitted = [one for one in policy.document("policy")["Statement"] if "sns:Publish" in one["Action"]]
    assert [one["Resource"] for one in admitted] == [
        "arn:aws:sns:eu-central-1:111111111111:terrarium-dev-ext-own-*"
    ]
    assert checks(stack, boundary.POLICIES) == []


def test_two_extensions_of_one_class_share_nothing(company: Company, tmp_path: Path) -> None:
    construct = f"{company.module(TOPIC)}:Own"
    stack = synthesized(company.environment(construct, construct), tmp_path)
    names = {path: topic["name"] for path, topic in stack.resources("aws_sns_topic").items()}
    assert names == {
        "alarms/topic": "terrarium-dev-alarms",
        "extension-own/topic": "terrarium-dev-ext-own-events",
        "extension-other/topic": "terrarium-dev-ext-other-events",
    }


def test_the_manifest_and_an_output_have_its_values(company: Company, tmp_path: Path) -> None:
    stack = synthesized(company.environment(f"{company.module(TOPIC)}:Own"), tmp_path)
    value = stack.resource("aws_ssm_parameter", "manifest/parameter")["value"]
    assert '"extensions" = {"own" = {"topic_arn"' in value.replace('"extensions": {', '"extensions" = {')
    assert set(stack.document["output"]["extension_own"]["value"]) == {"topic_arn"}


def test_a_stack_without_extensions_says_nothing_of_them(company: Company, tmp_path: Path) -> None:
    stack = synthesized(company.base, tmp_path)
    assert "extensions" not in stack.document["//"]
    assert "extensions" not in stack.resource("aws_ssm_parameter", "manifest/parameter")["value"]


@pytest.mark.parametrize(
    ("source", "named", "message"),
    [
        ("", "nowhere.at_all:Own", "ModuleNotFoundError: No module named 'nowhere'"),
        ("", "{module}:Own", "has no 'Own'"),
        ("raise ValueError('broken')", "{module}:Own", "ValueError: broken"),
        ("class Own: pass", "{module}:Own", "which is the class Own, not an extension"),
        ("Own = 3", "{module}:Own", "which is a int, not an extension"),
    ],
)
def test_refuses_what_is_no_extension(company: Company, source: str, named: str, message: str) -> None:
    environment = company.environment(named.format(module=company.module(source)))
    with pytest.raises(ExtensionImportError, match="the extension 'own' of dev names") as raised:
        synthesized(environment, company.folder)
    assert message in str(raised.value)


def test_reports_all_problems_of_a_configuration_with_their_paths(company: Company) -> None:
    module = company.module(
        "class Config(ExtensionConfig):\n    days: int\n    address: str\n"
        "class Own(Extension):\n    config_model = Config\n"
    )
    with pytest.raises(InvalidEnvironmentError) as raised:
        synthesized(company.environment(f"{module}:Own", days="many", other=1), company.folder)
    assert raised.value.file == company.folder / "environments" / "dev.toml"
    assert raised.value.problems == (
        "extensions.0.config.days: given 'many', allowed: input should be a valid integer, unable to parse string as "
        "an integer",
        "extensions.0.config.address: missing, required",
        "extensions.0.config.other: given 1, but there is no such field",
    )


def test_refuses_a_grant_that_the_boundary_does_not_admit(company: Company) -> None:
    module = company.module(TOPIC.replace('use=("Publish",)', 'use=("ListTagsForResource",)'))
    with pytest.raises(ExtensionError, match=r"does not admit: sns:Publish on <reference>") as raised:
        synthesized(company.environment(f"{module}:Own"), company.folder)
    assert "ServicePermissions(service='sns'" in raised.value.remedy


def test_refuses_a_grant_on_resources_outside_of_the_boundary(company: Company) -> None:
    module = company.module(TOPIC.replace("(self.topic.arn,)", '("arn:aws:sns:eu-central-1:1:other",)'))
    with pytest.raises(ExtensionError, match=r"sns:Publish on arn:aws:sns:eu-central-1:1:other"):
        synthesized(company.environment(f"{module}:Own"), company.folder)


def test_refuses_a_manifest_that_is_too_long(company: Company) -> None:
    module = company.module(TOPIC.replace("self.topic.arn}", '"x" * 1024}'))
    with pytest.raises(ExtensionError, match=r"has 1041 bytes .* and 1024 are allowed"):
        synthesized(company.environment(f"{module}:Own"), company.folder)


def test_refuses_the_name_of_a_resource_of_the_kit(company: Company) -> None:
    module = company.module(
        TOPIC.replace('self.physical_name("events", limit=Limit.SNS_TOPIC)', '"terrarium-dev-alarms"')
    )
    with pytest.raises(ExtensionError, match=r"gives extension-own/topic the name .* which alarms/topic"):
        synthesized(company.environment(f"{module}:Own"), company.folder)


@pytest.mark.parametrize("service", ["iam", "sts"])
def test_refuses_permissions_by_which_a_role_could_change_its_own(company: Company, service: str) -> None:
    module = company.module(TOPIC.replace('service="sns"', f'service="{service}"'))
    with pytest.raises(ExtensionImportError, match=f"cannot declare permissions of {service}"):
        synthesized(company.environment(f"{module}:Own"), company.folder)


def test_a_policy_of_the_company_is_checked(company: Company, tmp_path: Path) -> None:
    policies = company.module(
        "from policies.policy import Policy, Violation\n"
        "def _unnamed(stack):\n"
        "    for topic in stack.resources('aws_sns_topic'):\n"
        "        if 'ext-own' in topic.attributes['name']:\n"
        "            yield Violation(topic, 'it is a topic')\n"
        "POLICIES = (Policy('acme-topic', 'No topics', 'remove it', _unnamed),)\n"
    )
    module = company.module(
        TOPIC.replace("    permissions", f"    policies = '{policies}:POLICIES'\n    permissions")
    )
    stack = judged(company.environment(f"{module}:Own"), tmp_path)
    found = [finding for finding in own_findings(stack) if finding.check == "acme-topic"]
    assert [(finding.path, finding.module) for finding in found] == [("extension-own/topic", "extension-own")]


def test_a_type_that_only_the_extension_knows_is_unknown_until_it_declares_it(
    company: Company, tmp_path: Path
) -> None:
    source = FILTER.replace("    resource_types = {", "    elsewhere = {")
    stack = judged(company.environment(f"{company.module(source)}:Own"), tmp_path)
    assert any(
        "aws_cloudwatch_log_metric_filter are unknown" in one
        for one in checks(stack, handler_permissions.POLICIES)
    )


def test_the_roles_of_ci_need_the_permissions_of_its_types(company: Company, tmp_path: Path) -> None:
    stack = judged(company.environment(f"{company.module(FILTER)}:Own"), tmp_path)
    (tmp_path / "permitted").mkdir()
    lacking = checks(stack, handler_permissions.POLICIES)
    assert "ci-deploy lacks logs:PutMetricFilter" in " ".join(lacking)
    source = FILTER.replace("    resource_types", f"{PERMITTED}\n    resource_types")
    stack = judged(company.environment(f"{company.module(source)}:Own"), tmp_path / "permitted")
    assert checks(stack, handler_permissions.POLICIES) == []
    assert checks(stack, boundary.POLICIES) == []


def test_a_plan_warns_of_the_declared_effects(company: Company, tmp_path: Path) -> None:
    source = FILTER.replace('"aws_cloudwatch_log_metric_filter": R', '"aws_cloudwatch_query_definition": R')
    stack = judged(company.environment(f"{company.module(source)}:Own"), tmp_path)
    deleted = {
        "address": "aws_cloudwatch_query_definition.x",
        "type": "aws_cloudwatch_query_definition",
        "change": {"actions": ["delete"], "before": {}, "after": None},
    }
    plan = {"resource_changes": [deleted]}
    (change,) = PlannedStack(name="dev", tier="disposable", document=stack.document, plan=plan).changes
    assert [effect.text for effect in effects_of(change)] == ["the metric ends, and alarms on it"]
    (undeclared,) = changes_of(plan)
    assert "is not in policies/plan/effects" in effects_of(undeclared)[0].text


def test_its_cost_is_added_and_its_types_need_no_rate(company: Company, tmp_path: Path) -> None:
    document = synthesized(company.environment(f"{company.module(FILTER)}:Own"), tmp_path).document
    found = estimate(
        resources_of(dict(document)), declared=declared_costs(document), types=declared_types(document)
    )
    (own,) = (one for one in found if one.module == "extension-own")
    assert own.idle == pytest.approx(0.3 + 0.01 * 0.5)


def test_recover_finds_its_objects(company: Company, tmp_path: Path) -> None:
    document = synthesized(company.environment(f"{company.module(FILTER)}:Own"), tmp_path).document
    lookup = declared_lookups(document)["aws_cloudwatch_log_metric_filter"]
    assert json.loads(lookup.model_dump_json())["import_id"] == "{log_group_name}:{name}"
