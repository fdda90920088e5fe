"""The generated page of calls, and its example of a service control policy, by the sandbox's decision code."""

import re
from pathlib import Path

import pytest

from environments import load_environments
from operations.calls_page import GLOBAL_SERVICES, calls_page, example_scp, services_of
from policies.stack import Stack, read_stack
from terrarium_sandbox.authorization.policy import Policy, Question
from tests.stacks.synthesized import synthesize

_ROOT = Path(__file__).parents[2]
_REGION = "eu-central-1"
# The IAM prefixes of services that boto3 calls by another name.
_PREFIXES = {"stepfunctions": "states"}


@pytest.fixture(scope="module")
def everywhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[Stack, ...]:
    folder = tmp_path_factory.mktemp("calls")
    synthesize(load_environments(), folder)
    files = sorted(folder.glob("stacks/*/cdk.tf.json"))
    return tuple(read_stack(file, tier="disposable") for file in files)


def denied(policy: Policy, action: str, region: str) -> bool:
    question = Question(action=action, resource="*", context={"aws:requestedregion": (region,)})
    return policy.answer(question) == "Deny"


def test_the_example_denies_no_call_on_the_page(everywhere: tuple[Stack, ...]) -> None:
    policy = Policy.parse(example_scp(everywhere, region=_REGION))
    rows = re.findall(r"^\| ([a-z-]+) \| (`.*`) \|$", calls_page(everywhere), re.MULTILINE)
    calls = [f"{service}:{name}" for service, names in rows for name in re.findall(r"`([^`]+)`", names)]
    assert len(calls) > 500
    assert [call for call in calls if denied(policy, call, _region_of(call))] == []


def _region_of(call: str) -> str:
    return "us-east-1" if call.partition(":")[0] in GLOBAL_SERVICES else _REGION


@pytest.mark.parametrize(
    ("action", "region"),
    [("lambda:CreateFunction", _REGION), ("ec2:RunInstances", "eu-west-1"), ("s3:CreateBucket", "us-east-1")],
)
def test_the_example_denies_other_services_and_regions(
    everywhere: tuple[Stack, ...], action: str, region: str
) -> None:
    assert denied(Policy.parse(example_scp(everywhere, region=_REGION)), action, region)


def test_the_example_names_every_service_that_the_code_calls(everywhere: tuple[Stack, ...]) -> None:
    called = {
        _PREFIXES.get(name, name)
        for folder in ("operations", "src/terrarium")
        for file in (_ROOT / folder).rglob("*.py")
        for name in re.findall(r"client\(\s*\"([a-z0-9-]+)\"", file.read_text())
    }
    assert called - set(services_of(everywhere)) == set()


def test_the_example_needs_the_global_services_outside_of_the_region(everywhere: tuple[Stack, ...]) -> None:
    policy = Policy.parse(example_scp(everywhere, region=_REGION))
    assert not any(denied(policy, f"{service}:Get", "us-east-1") for service in GLOBAL_SERVICES)
