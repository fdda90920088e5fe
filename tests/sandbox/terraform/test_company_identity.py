"""A company's key, boundary and role path, with the real provider: what is created, and what a plan refuses."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cdktf import App, TerraformStack
from cdktf_cdktf_provider_aws.provider import AwsProvider

from environments import load_environment
from environments.sections.encryption import Encryption as EncryptionConfig
from modules.encryption import Encryption
from modules.iam.role import Role, write_grants
from modules.iam.trust import trust_of_services
from modules.key_policy import use_of_key
from modules.log_group import LogGroup
from modules.names import Names
from stacks.boundary import platform_boundary
from tests.support.landing_zone.landing_zone import LandingZone
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform import Terraform

pytestmark = pytest.mark.slow  # Terraform, for the landing zone and for a stack

_ACCOUNT = "888899990346"
_REGION = "eu-central-1"
_IN = ("--account", _ACCOUNT, "--region", _REGION)


@pytest.fixture(scope="module")
def landing_zone(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> LandingZone:
    statements = [one.document() for one in use_of_key(Names("dev", _ACCOUNT, _REGION))]
    return LandingZone(
        sandbox,
        tmp_path_factory.mktemp("landing-zone"),
        *_IN,
        region=_REGION,
        variables={"key_statements": json.dumps(statements)},
    )


@pytest.fixture(scope="module")
def terraform(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Terraform:
    return Terraform(tmp_path_factory.mktemp("terraform"), sandbox.environment(*_IN))


@pytest.fixture
def write(landing_zone: LandingZone, terraform: Terraform, tmp_path: Path) -> Callable[[str], None]:
    """Write a stack with a log group that a key encrypts, and a role that may write to it."""

    def write(key: str) -> None:
        outputs = landing_zone.outputs
        names = Names("dev", _ACCOUNT, _REGION, role_path=outputs["role_path"], key=key)
        app = App(outdir=str(tmp_path / "synthesized"))
        stack = TerraformStack(app, "stack")
        AwsProvider(stack, "aws", region=_REGION)
        document = load_environment("dev").encryption.model_dump(mode="json") | {"key_arn": key}
        encryption = Encryption(
            stack, "encryption", config=EncryptionConfig.model_validate(document), names=names
        )
        boundary = platform_boundary(
            stack,
            names=names,
            source=None,
            vpc=None,
            disabled=frozenset(),
            prescribed=outputs["permissions_boundary_arn"],
        )
        role = Role(
            stack,
            "job",
            names=names,
            name="job",
            trust=trust_of_services("ecs-tasks.amazonaws.com", names=names),
            boundary=boundary,
        )
        logs = LogGroup(stack, "logs", name=names.log_group("own"), retention_days=1, encryption=encryption)
        logs.grant_write(role)
        write_grants(stack)
        app.synth()
        terraform.write(json.loads((tmp_path / "synthesized/stacks/stack/cdk.tf.json").read_text()))
        terraform.succeed("init", "-reconfigure")

    return write


def test_uses_what_the_company_has_and_leaves_it(
    landing_zone: LandingZone, sandbox: LocalSandbox, terraform: Terraform, write: Callable[[str], None]
) -> None:
    outputs, iam = landing_zone.outputs, sandbox.client("iam", *_IN)
    write(outputs["key_arn"])
    terraform.succeed("apply", "-auto-approve")
    role = iam.get_role(RoleName="terrarium-dev-job")["Role"]
    assert role["Path"] == outputs["role_path"]
    assert role["PermissionsBoundary"]["PermissionsBoundaryArn"] == outputs["permissions_boundary_arn"]
    attached = iam.list_attached_role_policies(RoleName="terrarium-dev-job")["AttachedPolicies"]
    assert {one["PolicyName"] for one in attached} == {"terrarium-dev-job-1", "terrarium-dev-denials"}
    assert all(f":policy{outputs['role_path']}" in one["PolicyArn"] for one in attached)
    (group,) = sandbox.client("logs", *_IN).describe_log_groups(logGroupNamePrefix="/terrarium/dev/own")[
        "logGroups"
    ]
    assert group["kmsKeyId"] == outputs["key_arn"]
    terraform.succeed("plan", "-detailed-exitcode")
    terraform.succeed("destroy", "-auto-approve")
    assert landing_zone.is_as_described()


def test_a_plan_refuses_a_key_that_cannot_encrypt(
    sandbox: LocalSandbox, terraform: Terraform, write: Callable[[str], None]
) -> None:
    kms = sandbox.client("kms", *_IN)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    kms.disable_key(KeyId=key)
    write(key)
    refused = terraform.run("plan")
    assert refused.returncode == 1
    assert f"The key of encryption.key_arn, {key}, cannot encrypt" in " ".join(
        refused.stderr.replace("│", " ").split()
    )
