"""An environment in a landing zone: key, boundary, role path and OIDC provider are the security team's."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import boto3
import pytest

from environments import Environment, load_environment
from modules.names import Names
from operations.key_policy import key_statements, missing_statements
from tests.support.landing_zone.landing_zone import LandingZone
from tests.support.local_sandbox import LocalSandbox
from tests.support.planned_changes import ChangingEnvironment, with_changes
from tests.support.role_sessions import as_workflow, refused
from tests.support.terraform import Terraform

pytestmark = pytest.mark.slow  # one deployment

_KEY = "arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000"


class Company:
    """The landing zone, and the environment in it."""

    def __init__(self, folder: Path) -> None:
        self.sandbox = LocalSandbox(home=folder / "home", checkout=Path(__file__).parents[3])
        self.sandbox.command("up", "--port", "0")
        config = with_changes(load_environment("dev"), {"encryption.key_arn": _KEY, "pipelines": []})
        statements = json.dumps([one.document() for one in key_statements(config)])
        (folder / "zone").mkdir()
        self.zone = LandingZone(
            self.sandbox,
            folder / "zone",
            "dev",
            region=config.region,
            variables={"key_statements": statements},
        )
        changes = {
            "encryption.key_arn": self.zone.outputs["key_arn"],
            "access.permissions_boundary_arn": self.zone.outputs["permissions_boundary_arn"],
            "access.role_path": self.zone.outputs["role_path"],
            "access.github_oidc_provider": "existing",
        }
        self._folder = folder / "environment"
        self._folder.mkdir()
        self.environment = ChangingEnvironment(self.sandbox, self._folder, with_changes(config, changes))

    @property
    def config(self) -> Environment:
        """The environment."""
        return self.environment.config

    def terraform(self, variables: Mapping[str, str]) -> Terraform:
        """Return Terraform in the folder of the environment, as somebody."""
        return Terraform(self._folder, variables)

    def client(self, service: str) -> Any:
        """Return a client of the administrator."""
        return self.sandbox.client(service, "dev")


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    company = Company(tmp_path_factory.mktemp("company"))
    company.environment.deploy()
    yield company
    company.sandbox.command("down")


def _identities(company: Company, prefix: str) -> dict[str, dict[str, Any]]:
    pages = company.client("iam").get_paginator("list_roles").paginate(PathPrefix=prefix)
    return {role["RoleName"]: role for page in pages for role in page["Roles"]}


def test_every_role_has_the_prescribed_boundary_and_path(company: Company) -> None:
    iam = company.client("iam")
    roles = _identities(company, company.zone.outputs["role_path"])
    assert set(roles) == {name for name in _identities(company, "/") if name.startswith("terrarium-")}
    boundaries = {
        iam.get_role(RoleName=name)["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] for name in roles
    }
    assert boundaries == {company.zone.outputs["permissions_boundary_arn"]}


def test_everything_is_encrypted_with_the_companys_key(company: Company) -> None:
    kms, names = company.client("kms"), Names.of(company.config)
    created = [one for one in kms.list_keys()["Keys"] if one["KeyArn"] != company.zone.outputs["key_arn"]]
    assert not [
        one
        for one in created
        if kms.describe_key(KeyId=one["KeyArn"])["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    ]
    parameter = company.client("ssm").describe_parameters(
        ParameterFilters=[{"Key": "Name", "Values": [names.parameter("manifest")]}]
    )["Parameters"][0]
    assert parameter["KeyId"] == company.zone.outputs["key_arn"]


def test_the_key_policy_lacks_nothing(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in company.sandbox.environment("dev").items():
        monkeypatch.setenv(name, value)
    assert missing_statements(company.config, boto3.Session()) == ()


def test_the_delivery_role_plans_and_reads_the_provider_with_its_own_permissions(company: Company) -> None:
    """IAM enforced: the permissions of `ci-deploy` suffice for a plan, which is empty."""
    company.sandbox.command("enforce-iam")
    try:
        arn = Names.of(company.config).identity("role", "terrarium-dev-ci-deploy")
        repository = str(company.config.access.github_repository)
        session = as_workflow(company.sandbox, "dev", arn, repository=repository, subject="environment:dev")
        company.terraform(session.variables).succeed("plan", "-lock=false", "-detailed-exitcode")
        iam = session.client("iam")
        with refused("iam:CreateRole", because="with an explicit deny in an identity-based policy"):
            iam.create_role(
                RoleName="terrarium-dev-own",
                Path=company.zone.outputs["role_path"],
                AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}',
            )
    finally:
        company.sandbox.command("enforce-iam", "--off")


def test_destroying_the_environment_leaves_the_landing_zone(company: Company) -> None:
    company.terraform(company.sandbox.environment("dev")).succeed("destroy", "-auto-approve")
    assert company.zone.is_as_described()
