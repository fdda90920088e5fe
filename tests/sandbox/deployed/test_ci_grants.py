"""Rights of `ci-deploy`: role, policies and boundary as synthesized, created with boto3."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from policies.verdict import synthesized
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_workflow, refused
from tests.support.stack_identities import StackIdentities

ISSUER = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::111111111111:oidc-provider/{ISSUER}"
REPOSITORY = "terrarium-dev-training"
OWN = [{"Key": "environment", "Value": "dev"}]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The key, the role `ci-deploy` within its boundary, the OIDC provider, a repository; IAM decides."""
    stack = next(one for one in synthesized(tmp_path_factory.mktemp("stacks")) if one.name == "dev")
    sandbox = LocalSandbox(home=tmp_path_factory.mktemp("sandbox"), checkout=Path(__file__).parents[3])
    sandbox.command("up", "--port", "0")
    identities = StackIdentities.create(stack, sandbox, "access/delivery/deploy", "access/job")
    iam = identities.client("iam")
    iam.create_open_id_connect_provider(Url=f"https://{ISSUER}", ClientIDList=["sts.amazonaws.com"])
    identities.client("ecr").create_repository(repositoryName=REPOSITORY)
    sandbox.command("enforce-iam")
    yield identities
    sandbox.command("down")
    sandbox.command("reset", "--yes")


@pytest.fixture(scope="module")
def deploy(dev: StackIdentities) -> Session:
    arn = dev.role_arn("access/delivery/deploy")
    return as_workflow(dev.sandbox, "dev", arn, subject="environment:dev")


def test_the_tags_of_the_key_change_one_by_one_but_for_the_environments(
    dev: StackIdentities, deploy: Session
) -> None:
    """Terraform sends the changed tags only."""
    kms = deploy.client("kms")
    kms.tag_resource(KeyId=dev.key_arn, Tags=[{"TagKey": "owner", "TagValue": "churn-team"}])
    kms.untag_resource(KeyId=dev.key_arn, TagKeys=["owner"])
    with refused("kms:TagResource"):
        kms.tag_resource(KeyId=dev.key_arn, Tags=[{"TagKey": "environment", "TagValue": "prod"}])
    with dev.without("access/delivery/deploy", "DeployKeyTags"), refused("kms:TagResource"):
        kms.tag_resource(KeyId=dev.key_arn, Tags=[{"TagKey": "owner", "TagValue": "churn-team"}])


def test_no_key_of_another_environment_is_tagged(dev: StackIdentities, deploy: Session) -> None:
    foreign = dev.client("kms").create_key(Tags=[{"TagKey": "environment", "TagValue": "prod"}])
    with refused("kms:TagResource"):
        deploy.client("kms").tag_resource(
            KeyId=foreign["KeyMetadata"]["Arn"], Tags=[{"TagKey": "owner", "TagValue": "me"}]
        )


def test_the_tags_of_the_oidc_provider_change_and_nothing_else_of_it(
    dev: StackIdentities, deploy: Session
) -> None:
    iam = deploy.client("iam")
    tags = [{"Key": "owner", "Value": "churn-team"}]
    iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, Tags=tags)
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, TagKeys=["owner"])
    with refused("iam:DeleteOpenIDConnectProvider"):
        iam.delete_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER)
    with (
        dev.without("access/delivery/deploy", "ProviderProvider"),
        refused("iam:TagOpenIDConnectProvider"),
    ):
        iam.tag_open_id_connect_provider(OpenIDConnectProviderArn=PROVIDER, Tags=tags)


def test_images_are_pushed_to_the_environments_repository_only(dev: StackIdentities, deploy: Session) -> None:
    dev.client("ecr").create_repository(repositoryName="another")
    ecr = deploy.client("ecr")
    media_type = "application/vnd.oci.image.manifest.v1+json"
    config = {"digest": f"sha256:{'0' * 64}", "size": 2}
    manifest = {"schemaVersion": 2, "mediaType": media_type, "config": config, "layers": []}

    def push(repository: str) -> Any:
        return ecr.put_image(repositoryName=repository, imageTag="base-x", imageManifest=json.dumps(manifest))

    assert ecr.get_authorization_token()["authorizationData"]
    assert push(REPOSITORY)["image"]["imageId"]["imageTag"] == "base-x"
    with refused("ecr:PutImage"):
        push("another")


def test_interfaces_of_notebooks_are_created_in_the_environments_subnets(
    dev: StackIdentities, deploy: Session
) -> None:
    administrator, ec2 = dev.client("ec2"), deploy.client("ec2")

    def subnet(number: int, environment: str) -> str:
        vpc = administrator.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        made = administrator.create_subnet(
            VpcId=vpc,
            CidrBlock=f"10.{number}.0.0/24",
            TagSpecifications=[
                {"ResourceType": "subnet", "Tags": [{"Key": "environment", "Value": environment}]}
            ],
        )
        found: str = made["Subnet"]["SubnetId"]
        return found

    assert ec2.create_network_interface(SubnetId=subnet(91, "dev"))["NetworkInterface"]["NetworkInterfaceId"]
    with refused("ec2:CreateNetworkInterface"):
        ec2.create_network_interface(SubnetId=subnet(92, "prod"))
