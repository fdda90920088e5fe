"""The network of another team, with the real provider: what is created in it, and what a plan refuses."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from environments import Environment, load_environment
from modules.names import Names
from modules.network import ExistingNetwork, ExistingVpc
from tests.support.landing_zone.landing_zone import LandingZone
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

_ACCOUNT = "888899990018"
_REGION = "eu-central-1"
_IN = ("--account", _ACCOUNT, "--region", _REGION)
_DATA = {"private_subnet_tags": {"tier": "data"}}


@pytest.fixture(scope="module")
def landing_zone(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> LandingZone:
    return LandingZone(sandbox, tmp_path_factory.mktemp("landing-zone"), *_IN, region=_REGION)


@pytest.fixture(scope="module")
def terraform(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform(tmp_path_factory.mktemp("terraform"), sandbox.environment(*_IN))


@pytest.fixture
def write(terraform: Terraform, tmp_path: Path) -> Callable[..., None]:
    """Write a stack with a network for each section `network.existing` of a file."""

    def write(**sections: Mapping[str, Any]) -> None:
        app = App(outdir=str(tmp_path / "synthesized"))
        stack = TerraformStack(app, "stack")
        AwsProvider(stack, "aws", region=_REGION, default_tags=[{"tags": {"environment": "dev"}}])
        names = Names.of(load_environment("dev"))
        for name, existing in sections.items():
            config = _config(existing)
            vpc = ExistingVpc(stack, f"{name}-vpc", config=config.network.existing, region=_REGION)
            ExistingNetwork(
                stack,
                name,
                config=config.network,
                vpc=vpc,
                names=names,
                encryption=cast("Any", SimpleNamespace()),  # of flow logs
                boundary=cast("Any", SimpleNamespace()),
            )
        app.synth()
        document = json.loads((tmp_path / "synthesized/stacks/stack/cdk.tf.json").read_text())
        terraform.write(document)
        terraform.succeed("init", "-reconfigure")

    return write


def _config(existing: Mapping[str, Any]) -> Environment:
    document = load_environment("dev").model_dump(mode="json")
    document["network"] |= {"cidr": None, "egress": "provided-endpoints", "existing": existing}
    return Environment.model_validate(document)


def test_only_a_security_group_is_created_and_deleted(
    landing_zone: LandingZone, terraform: Terraform, write: Callable[..., None]
) -> None:
    before = landing_zone.network()
    write(network={"vpc_tags": {"Name": "company"}, **_DATA})
    terraform.succeed("apply", "-auto-approve")
    created = {
        kind: found.keys() - before[kind].keys()
        for kind, found in landing_zone.network().items()
        if found.keys() != before[kind].keys()
    }
    assert created.keys() == {"SecurityGroups"}
    assert len(created["SecurityGroups"]) == 1
    terraform.succeed("plan", "-detailed-exitcode")
    terraform.succeed("destroy", "-auto-approve")
    assert landing_zone.network() == before


def test_with_security_groups_of_the_team_nothing_is_created(
    landing_zone: LandingZone, terraform: Terraform, write: Callable[..., None]
) -> None:
    outputs = landing_zone.outputs
    write(
        network={
            "vpc_id": outputs["vpc_id"],
            "private_subnet_ids": outputs["data_subnet_ids"],
            "compute_subnet_ids": outputs["compute_subnet_ids"],
            "client_security_group_id": outputs["client_security_group_id"],
            "database_security_group_id": outputs["database_security_group_id"],
        }
    )
    terraform.succeed("plan", "-detailed-exitcode")


def test_a_plan_names_what_the_network_lacks(
    landing_zone: LandingZone, sandbox: LocalSandbox, terraform: Terraform, write: Callable[..., None]
) -> None:
    ec2 = sandbox.client("ec2", *_IN)
    other = ec2.create_vpc(CidrBlock="10.81.0.0/16")["Vpc"]["VpcId"]  # without host names
    elsewhere = ec2.create_security_group(GroupName="elsewhere", Description="another VPC", VpcId=other)
    outputs = landing_zone.outputs
    (first, _), (_, last) = outputs["data_subnet_ids"], outputs["compute_subnet_ids"]
    vpc, missing = {"vpc_id": outputs["vpc_id"]}, "subnet-0123456789abcdef0"
    write(
        unknown={"vpc_id": "vpc-0123456789abcdef0", **_DATA},
        untagged={"vpc_tags": {"Name": "other-company"}, **_DATA},
        silent={"vpc_id": other, **_DATA},
        subnet={**vpc, "private_subnet_ids": [first, missing]},
        tagless={**vpc, "private_subnet_tags": {"tier": "dmz"}},
        zone={**vpc, "private_subnet_tags": {"Name": f"data-{_REGION}a"}},
        compute={**vpc, **_DATA, "compute_subnet_ids": [last, missing]},
        group={**vpc, **_DATA, "client_security_group_id": elsewhere["GroupId"]},
    )
    refused = terraform.run("plan")
    assert refused.returncode == 1
    printed = " ".join(refused.stderr.replace("│", " ").split())
    for problem in (
        f"0 VPCs in {_REGION} have the id vpc-0123456789abcdef0 (network.existing.vpc_id), not one",
        f"0 VPCs in {_REGION} have the tags Name=other-company (network.existing.vpc_tags), not one",
        f"The VPC {other} has DNS support true and DNS host names false",
        f"network.existing.private_subnet_ids names subnets that the VPC {vpc['vpc_id']} does not have: {missing}.",
        f"No subnet of the VPC {vpc['vpc_id']} has the tags tier=dmz (network.existing.private_subnet_tags)",
        f"The subnets of network.existing.private_subnet_tags are in {_REGION}a: Aurora needs",
        f"network.existing.compute_subnet_ids names subnets that the VPC {vpc['vpc_id']} does not have: {missing}.",
        f"{elsewhere['GroupId']} (network.existing.client_security_group_id) is in {other}, not in the VPC",
    ):
        assert problem in printed
