"""An environment in the landing zone of a company: what it creates there, and that it leaves the rest as it was."""

import json
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from string import Template
from typing import Any

import pytest

from modules.key_policy import use_of_key
from modules.names import Names
from terrarium.manifest import PlatformManifest, manifest_parameter, parse_manifest
from tests.support.deployment import Deployment
from tests.support.landing_zone.landing_zone import LandingZone
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_workflow, refused

pytestmark = pytest.mark.slow  # a whole deployment, and its end

_CHECKOUT = Path(__file__).parents[3]
_FILE = _CHECKOUT / "tests" / "support" / "landing_zone" / "company.toml"
_NAME = "company"
# What the company has. The kit refers to it, or reads it.
_OF_THE_COMPANY = {
    "aws_default_security_group",
    "aws_flow_log",
    "aws_iam_openid_connect_provider",
    "aws_internet_gateway",
    "aws_kms_alias",
    "aws_kms_key",
    "aws_nat_gateway",
    "aws_route",
    "aws_route_table",
    "aws_route_table_association",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
}
# A pool of multi-node jobs, whose nodes have a security group.
_MORE = """
[[compute.pools]]
name = "nodes"
purchase = "on-demand"
instance_types = ["m7i"]
maximum_vcpus = 64
nodes = 2
"""


@pytest.fixture(scope="module")
def sandbox_of_company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """A sandbox with an environments folder of its own."""
    environments = tmp_path_factory.mktemp("environments")
    (environments / _FILE.name).write_text(_FILE.read_text())
    local = LocalSandbox(home=tmp_path_factory.mktemp("home"), checkout=_CHECKOUT, environments=environments)
    local.command("up", "--port", "0")
    yield local
    local.command("down")


@pytest.fixture(scope="module")
def landing_zone(sandbox_of_company: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> LandingZone:
    """The landing zone, and the environment's file with its outputs."""
    document = tomllib.loads(_FILE.read_text())
    account, region = document["account"], document["region"]
    statements = [one.document() for one in use_of_key(Names(_NAME, account, region))]
    zone = LandingZone(
        sandbox_of_company,
        tmp_path_factory.mktemp("landing-zone"),
        *("--account", account, "--region", region),
        region=region,
        variables={"key_statements": json.dumps(statements)},
    )
    assert sandbox_of_company.environments
    file = sandbox_of_company.environments / _FILE.name
    file.write_text(Template(_FILE.read_text()).substitute(zone.outputs))
    return zone


@pytest.fixture(scope="module")
def before(landing_zone: LandingZone) -> dict[str, dict[str, Any]]:
    """The network before the first deployment."""
    return landing_zone.network()


@pytest.fixture(scope="module")
def company(
    sandbox_of_company: LocalSandbox,
    before: dict[str, dict[str, Any]],
    tmp_path_factory: pytest.TempPathFactory,
) -> Deployment:
    """The environment, deployed with its image and migrated."""
    assert before
    deployment = Deployment(sandbox_of_company, _NAME, tmp_path_factory.mktemp("cdktf.out"))
    deployment.terrarium("bootstrap", _NAME)
    deployment.deploy()
    deployment.terrarium("images", "push", _NAME)
    deployment.terrarium("migrate", _NAME)
    return deployment


@pytest.fixture
def deploy(company: Deployment, sandbox_of_company: LocalSandbox) -> Iterator[Session]:
    """A session of `ci-deploy`, while IAM is enforced."""
    arn = _manifest(company).roles.ci_deploy_arn
    sandbox_of_company.command("enforce-iam")
    yield as_workflow(sandbox_of_company, _NAME, arn, subject=f"environment:{_NAME}")
    sandbox_of_company.command("enforce-iam", "--off")


def _manifest(company: Deployment) -> PlatformManifest:
    parameter = manifest_parameter(_NAME)
    found = company.sandbox.client("ssm", _NAME).get_parameter(Name=parameter, WithDecryption=True)
    return parse_manifest(found["Parameter"]["Value"], source=parameter)


def _created(landing_zone: LandingZone, before: dict[str, dict[str, Any]]) -> dict[str, set[str]]:
    """Return the names of what is new in the network, and check that nothing else has changed."""
    after = landing_zone.network()
    for kind, found in before.items():
        assert {name: one for name, one in after[kind].items() if name in found} == found
    return {
        kind: {one.get("GroupName", name) for name, one in found.items() if name not in before[kind]}
        for kind, found in after.items()
        if found.keys() != before[kind].keys()
    }


def test_only_security_groups_are_created_in_the_network(
    company: Deployment, landing_zone: LandingZone, before: dict[str, dict[str, Any]]
) -> None:
    groups = {"terrarium-company-clients", "terrarium-company-metadata"}
    assert _created(landing_zone, before) == {"SecurityGroups": groups}
    managed = {address.partition(".")[0] for address in company.state()}
    assert managed & _OF_THE_COMPANY == set()


def test_resources_have_the_tags_of_the_company(company: Deployment) -> None:
    tagged = [one["tags_all"] for one in company.state().values() if one.get("tags_all")]
    assert tagged
    assert all({"CostObject": "4711", "DataClass": "internal"}.items() <= tags.items() for tags in tagged)


def test_the_manifest_names_the_network_of_the_company(
    company: Deployment, landing_zone: LandingZone
) -> None:
    manifest = _manifest(company)
    assert manifest.network.vpc_id == landing_zone.outputs["vpc_id"]
    assert set(manifest.network.private_subnet_ids) == set(landing_zone.outputs["data_subnet_ids"])
    assert manifest.tunnel
    assert set(manifest.tunnel.subnet_ids) == set(landing_zone.outputs["compute_subnet_ids"])


def test_every_role_has_the_boundary_and_the_path_of_the_company(
    company: Deployment, landing_zone: LandingZone
) -> None:
    iam, path = company.sandbox.client("iam", _NAME), landing_zone.outputs["role_path"]
    pages = iam.get_paginator("list_roles").paginate()
    roles = [role for page in pages for role in page["Roles"] if role["RoleName"].startswith("terrarium-")]
    assert {role["Path"] for role in roles} == {path}
    boundaries = {
        iam.get_role(RoleName=role["RoleName"])["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"]
        for role in roles
    }
    assert boundaries == {landing_zone.outputs["permissions_boundary_arn"]}
    assert path in _manifest(company).roles.scientist_arn


def test_the_key_of_the_company_encrypts_everything(company: Deployment, landing_zone: LandingZone) -> None:
    assert _manifest(company).encryption.key_arn == landing_zone.outputs["key_arn"]
    checked = company.terrarium("key-policy", _NAME, "--check")
    assert "has every statement" in checked.stdout


def test_ci_creates_no_role_with_another_boundary(deploy: Session, landing_zone: LandingZone) -> None:
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    with refused("iam:CreateRole", because="with an explicit deny in an identity-based policy"):
        deploy.client("iam").create_role(
            RoleName=f"terrarium-{_NAME}-own",
            Path=landing_zone.outputs["role_path"],
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )


def test_every_path_of_a_user_works(company: Deployment) -> None:
    done = company.terrarium("verify", _NAME, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_planning_again_changes_nothing_and_nothing_drifted(company: Deployment) -> None:
    planned = company.terraform("plan", "-detailed-exitcode", "-input=false", "-no-color", check=False)
    assert planned.returncode == 0, planned.stdout
    drift = company.terrarium("drift", _NAME, check=False)
    assert drift.stdout == f"{_NAME}: all resources match the stack\n", drift.stdout + drift.stderr


def test_ci_deploys_and_changes_nothing_of_the_network(
    company: Deployment, deploy: Session, landing_zone: LandingZone, before: dict[str, dict[str, Any]]
) -> None:
    outputs, ec2 = landing_zone.outputs, deploy.client("ec2")
    subnet = outputs["data_subnet_ids"][0]
    administrator = company.sandbox.client("ec2", _NAME)
    tag = [{"Key": "environment", "Value": _NAME}]
    administrator.create_tags(Resources=[outputs["vpc_id"], subnet], Tags=tag)
    changes: tuple[tuple[str, Callable[[], object]], ...] = (
        ("ec2:CreateSubnet", lambda: ec2.create_subnet(VpcId=outputs["vpc_id"], CidrBlock="10.80.200.0/24")),
        ("ec2:DeleteSubnet", lambda: ec2.delete_subnet(SubnetId=subnet)),
        (
            "ec2:ModifySubnetAttribute",
            lambda: ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True}),
        ),
        ("ec2:CreateTags", lambda: ec2.create_tags(Resources=[subnet], Tags=tag)),
        ("ec2:CreateVpc", lambda: ec2.create_vpc(CidrBlock="10.99.0.0/16")),
        (
            "ec2:AuthorizeSecurityGroupIngress",
            lambda: ec2.authorize_security_group_ingress(
                GroupId=outputs["database_security_group_id"],
                IpPermissions=[
                    {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8", "Description": "open"}]}
                ],
            ),
        ),
    )
    for action, change in changes:
        with refused(action):
            change()
    administrator.delete_tags(Resources=[outputs["vpc_id"], subnet], Tags=tag)

    file = _environment_file(company)
    text = file.read_text()
    file.write_text(text.replace('["ada"]', '["ada", "grace"]') + _MORE)
    _cdktf_deploy(company, deploy)
    added = _created(landing_zone, before)["SecurityGroups"]
    assert "terrarium-company-nodes-nodes" in added
    file.write_text(text)
    _cdktf_deploy(company, deploy)


@pytest.mark.destroys
def test_its_destruction_leaves_the_landing_zone_as_it_was(
    company: Deployment, landing_zone: LandingZone, before: dict[str, dict[str, Any]]
) -> None:
    company.cdktf("destroy", "--auto-approve")
    assert landing_zone.network() == before
    assert landing_zone.is_as_described()


def _environment_file(company: Deployment) -> Path:
    assert company.sandbox.environments
    return company.sandbox.environments / _FILE.name


def _cdktf_deploy(company: Deployment, session: Session) -> None:
    done = subprocess.run(
        ["cdktf", "deploy", _NAME, "--auto-approve", "--output", str(company.outdir)],
        cwd=_CHECKOUT,
        env={**company.shell, **session.variables, "PATH": company.shell["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
