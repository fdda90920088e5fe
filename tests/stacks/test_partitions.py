"""Stacks in the partitions of China and GovCloud."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from environments import Environment
from environments.regions import partition_of
from policies.stack import read_stack
from policies.verdict import judge
from terrarium.errors import Error
from tests.stacks.everything import environment_with_everything
from tests.stacks.synthesized import synthesize

_REGIONS = ("cn-north-1", "us-gov-west-1")
# These principals have the same name in all partitions; those of EC2 and CloudWatch Logs do not (aws-cdk,
# `region-info`, default service principals).
_PRINCIPALS = re.compile(r"(ec2|logs\.[a-z0-9-]+)\.amazonaws\.com(\.cn)?")
_ARN_PARTITION = re.compile(r"\barn:([a-z-]+):")


@pytest.fixture(params=_REGIONS)
def region(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def everything(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """An environment with everything."""
    (tmp_path / "checkout").mkdir()
    document = environment_with_everything(tmp_path / "checkout", monkeypatch).model_dump(mode="json")
    document["observability"] |= {"budget": False}  # AWS Budgets does not exist in GovCloud
    return document


@pytest.fixture
def outdir(region: str, everything: dict[str, Any], tmp_path: Path) -> Path:
    """The synthesized stack of the environment in the region."""
    synthesize([Environment.model_validate(everything | {"region": region})], tmp_path / "out")
    return tmp_path / "out"


@pytest.fixture
def stack(outdir: Path) -> str:
    """The stack as text."""
    return (outdir / "stacks" / "dev" / "cdk.tf.json").read_text()


def test_every_arn_has_the_partition_of_the_region(stack: str, region: str) -> None:
    assert set(_ARN_PARTITION.findall(stack)) == {partition_of(region)}


def test_principals_of_ec2_and_logs_have_the_domain_of_the_partition(stack: str, region: str) -> None:
    assert {found[1] for found in _PRINCIPALS.findall(stack)} == {".cn" if region.startswith("cn-") else ""}


def test_models_are_not_promoted_between_partitions(
    everything: dict[str, Any], region: str, tmp_path: Path
) -> None:
    source = Environment.model_validate(everything)
    target = Environment.model_validate(
        everything
        | {"name": "prod", "region": region, "account": "222222222222", "pipelines": []}
        | {"registry": everything["registry"] | {"promotes_from": "dev"}}
    )
    with pytest.raises(Error, match="prod takes models from dev, but no role of the partition"):
        synthesize([source, target], tmp_path / "out")


@pytest.mark.slow
def test_policies_find_what_they_find_in_the_partition_aws(
    everything: dict[str, Any], outdir: Path, tmp_path: Path
) -> None:
    synthesize([Environment.model_validate(everything)], tmp_path / "aws")
    here, elsewhere = (
        judge(
            (read_stack(folder / "stacks/dev/cdk.tf.json", tier="disposable"),),
            today=datetime.now(UTC).date(),
        ).open
        for folder in (tmp_path / "aws", outdir)
    )
    assert {finding.check for finding in elsewhere} == {finding.check for finding in here}
