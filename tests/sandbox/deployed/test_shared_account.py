"""Two environments in one account whose names begin with each other, with a company's prefix and tags."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from environments import Environment, load_environment
from modules.names import Names
from terrarium.manifest import PlatformManifest, manifest_parameter, parse_manifest
from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import as_person

pytestmark = pytest.mark.slow  # two deployments in a sandbox of their own

_CHECKOUT = Path(__file__).parents[3]
_TAGS = {"CostCentre": "4711", "acme:data-class": "restricted"}
_COMMON = """
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"
name_prefix = "acme-ml"
"""
_TABLES = """
[tags]
CostCentre = "4711"
"acme:data-class" = "restricted"

[network]
cidr = "{cidr}"

[workbench]
users = ["ada"]

[access]
github_repository = "acme/terrarium"
github_oidc_provider = "{provider}"
"""
_FILES = {
    "prod": _COMMON + _TABLES.format(cidr="10.10.0.0/16", provider="create"),
    "prod-eu": f'{_COMMON}resource_name = "prodeu"\n'
    + _TABLES.format(cidr="10.20.0.0/16", provider="existing"),
}
_OTHER = {"prod": "prod-eu", "prod-eu": "prod"}


@dataclass(frozen=True)
class Deployed:
    """A deployed environment.

    Args:
        deployment: How it was deployed.
        config: Its configuration.
        manifest: Its manifest.
    """

    deployment: Deployment
    config: Environment
    manifest: PlatformManifest

    @property
    def names(self) -> Names:
        return Names.of(self.config)


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalSandbox]:
    """A sandbox whose environments are both in one account."""
    folder = tmp_path_factory.mktemp("environments")
    for name, text in _FILES.items():
        (folder / f"{name}.toml").write_text(text)
    local = LocalSandbox(home=tmp_path_factory.mktemp("home"), checkout=_CHECKOUT, environments=folder)
    local.command("up", "--port", "0")
    yield local
    local.command("down", check=False)


@pytest.fixture(scope="module")
def both(account: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Deployed]:
    def deployed(name: str) -> Deployed:
        assert account.environments is not None
        config = load_environment(name, account.environments)
        deployment = Deployment(account, name, tmp_path_factory.mktemp("out"))
        deployment.terrarium("bootstrap", name)
        deployment.deploy()
        deployment.terrarium("images", "push", name)
        deployment.terrarium("migrate", name)
        parameter = manifest_parameter(name)
        found = account.client("ssm", name).get_parameter(Name=parameter, WithDecryption=True)
        return Deployed(deployment, config, parse_manifest(found["Parameter"]["Value"], source=parameter))

    return {name: deployed(name) for name in _FILES}


@pytest.fixture(scope="module")
def enforced(account: LocalSandbox, both: Mapping[str, Deployed]) -> Iterator[Mapping[str, Deployed]]:
    account.command("enforce-iam")
    yield both
    account.command("enforce-iam", "--off")


def tagged(account: LocalSandbox, key: str, value: str) -> dict[str, dict[str, str]]:
    """Return the tags of all resources with a tag, by ARN."""
    pages = account.client("resourcegroupstaggingapi", "prod").get_paginator("get_resources")
    return {
        found["ResourceARN"]: {tag["Key"]: tag["Value"] for tag in found["Tags"]}
        for page in pages.paginate(TagFilters=[{"Key": key, "Values": [value]}])
        for found in page["ResourceTagMappingList"]
    }


@pytest.mark.parametrize("name", _FILES)
def test_everything_carries_the_prescribed_tags(
    account: LocalSandbox, both: Mapping[str, Deployed], name: str
) -> None:
    wanted = both[name].config.resource_tags
    assert wanted.items() >= _TAGS.items()
    found = tagged(account, "environment", name)
    assert len(found) > 40
    assert {arn: tags for arn, tags in found.items() if not wanted.items() <= tags.items()} == {}
    # What Terraform read back from AWS, also of services that the tagging API does not list, such as IAM.
    of_state = {
        address: values["tags_all"]
        for address, values in both[name].deployment.state().items()
        if not address.startswith("data.") and isinstance(values.get("tags_all"), dict)
    }
    assert len(of_state) > 80
    assert {address: tags for address, tags in of_state.items() if not wanted.items() <= tags.items()} == {}


def test_what_commands_and_services_create_carries_them_too(
    account: LocalSandbox, both: Mapping[str, Deployed]
) -> None:
    prod = both["prod"]
    wanted = prod.config.resource_tags.items()
    state = account.client("s3", "prod").get_bucket_tagging(Bucket=prod.names.state_bucket)["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in state}.items() >= wanted
    logs = account.client("logs", "prod")
    arn = prod.names.arn("logs", "log-group:/aws/sagemaker/NotebookInstances")
    assert logs.list_tags_for_resource(resourceArn=arn)["tags"].items() >= wanted
    batch = account.client("batch", "prod")
    migration = batch.list_jobs(
        jobQueue=prod.manifest.compute.pools[0].queue_arn,
        filters=[{"name": "JOB_NAME", "values": ["migrate"]}],
    )["jobSummaryList"]
    submitted = prod.deployment.python(
        "-c",
        "import terrarium; job = terrarium.connect('prod').compute.submit(['true'], code=None); "
        "assert job.wait().succeeded; print(job.id)",
    ).stdout.split()[-1]
    (job,) = batch.describe_jobs(jobs=[submitted])["jobs"]
    assert job["tags"].items() >= wanted
    assert job["propagateTags"]
    assert migration == []  # in the sandbox, the migration runs in the command itself


@pytest.mark.parametrize("name", _FILES)
def test_names_begin_with_the_prefix_and_not_with_those_of_the_other(
    account: LocalSandbox, both: Mapping[str, Deployed], name: str
) -> None:
    stem, other = both[name].config.name_stem, both[_OTHER[name]].config.name_stem
    named = tagged(account, "environment", name)
    assert any(stem in arn for arn in named)
    assert [arn for arn in named if f"{other}-" in arn] == []
    assert both[name].manifest.compute.log_group == f"/acme-ml/{name}/jobs"


@pytest.mark.parametrize("name", _FILES)
def test_no_user_of_the_database_of_one_connects_to_that_of_the_other(
    account: LocalSandbox, enforced: Mapping[str, Deployed], name: str
) -> None:
    other = enforced[_OTHER[name]].manifest.metadata
    scientist = as_person(account, name, enforced[name].manifest.roles.scientist_arn)
    token = scientist.client("rds").generate_db_auth_token(other.host, other.port, other.writer)
    with pytest.raises(psycopg.OperationalError, match="authentication failed"):
        psycopg.connect(
            host=other.host,
            port=other.port,
            dbname=other.database,
            user=other.writer,
            password=token,
            sslmode="require",
        )


@pytest.mark.parametrize("name", _FILES)
def test_commands_of_one_environment_see_nothing_of_the_other(
    both: Mapping[str, Deployed], name: str
) -> None:
    recovered = both[name].deployment.terrarium("recover", name, "--dry-run").stdout
    assert "the state has all resources of the stack that exist" in recovered
    drift = both[name].deployment.terrarium("drift", name, check=False)
    assert drift.returncode == 0, drift.stdout + drift.stderr


@pytest.mark.destroys
def test_destroying_one_environment_leaves_the_other(
    account: LocalSandbox, both: Mapping[str, Deployed]
) -> None:
    before = tagged(account, "environment", "prod")
    both["prod-eu"].deployment.cdktf("destroy", "--auto-approve")
    after = tagged(account, "environment", "prod")
    assert after == before
    planned = both["prod"].deployment.terraform(
        "plan", "-detailed-exitcode", "-input=false", "-no-color", check=False
    )
    assert planned.returncode == 0, planned.stdout + planned.stderr
    assert both["prod"].deployment.terrarium("recover", "prod", "--dry-run").returncode == 0
