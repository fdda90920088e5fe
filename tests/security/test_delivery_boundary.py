"""A malicious workflow: `ci-deploy` cannot leave its environment, and its actions are logged."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.role_sessions import Session, as_person, as_service, as_workflow, refused
from tests.support.stack_identities import StackIdentities, identities_of, synthesized_stack

ACCOUNT, REGION = "111111111111", "eu-central-1"
IAM = f"arn:aws:iam::{ACCOUNT}"
BOUNDARY = f"{IAM}:policy/terrarium-dev-boundary"
STATE, AUDIT = (f"terrarium-dev-{name}-{ACCOUNT}" for name in ("state", "audit"))
DENIED = "with an explicit deny in a permissions boundary"
BEYOND = "no permissions boundary allows"
TASKS = "ecs-tasks.amazonaws.com"
DELIVERY = ("terrarium-dev-ci-deploy", "terrarium-dev-ci-plan", "terrarium-dev-migration")


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


EVERYTHING = policy({"Effect": "Allow", "Action": "*", "Resource": "*"})


def trust(**principal: str) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """The roles of dev, and things of others in its account; IAM decides."""
    stack = synthesized_stack("dev", tmp_path_factory.mktemp("stacks"))
    with identities_of(stack, home=tmp_path_factory.mktemp("sandbox")) as identities:
        iam, s3 = identities.client("iam"), identities.client("s3")
        iam.create_open_id_connect_provider(
            Url="https://token.actions.githubusercontent.com", ClientIDList=["sts.amazonaws.com"]
        )
        iam.create_role(RoleName="Administrator", AssumeRolePolicyDocument=trust(AWS=f"{IAM}:root"))
        iam.put_role_policy(RoleName="Administrator", PolicyName="all", PolicyDocument=EVERYTHING)
        for bucket in ("other-team-payroll", STATE, AUDIT):
            s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
            s3.put_object(Bucket=bucket, Key="salaries.csv", Body=b"bob,1")
        for secret in ("other-team/db", "rds!cluster-00000000-0000-0000-0000-000000000000"):
            identities.client("secretsmanager").create_secret(Name=secret, SecretString="hunter2")
        identities.client("cloudtrail").create_trail(Name="terrarium-dev-audit", S3BucketName=AUDIT)
        identities.sandbox.command("enforce-iam")
        yield identities


@pytest.fixture(scope="module")
def deploy(dev: StackIdentities) -> Session:
    arn = dev.role_arn("access/delivery/deploy")
    return as_workflow(dev.sandbox, "dev", arn, subject="environment:dev")


@pytest.fixture(scope="module")
def everything(deploy: Session) -> str:
    """A policy that allows everything, as `ci-deploy` may write it."""
    made = deploy.client("iam").create_policy(PolicyName="terrarium-dev-x", PolicyDocument=EVERYTHING)
    arn: str = made["Policy"]["Arn"]
    return arn


@pytest.mark.parametrize("role", DELIVERY)
@pytest.mark.parametrize(
    ("action", "attack"),
    [
        ("AttachRolePolicy", lambda iam, role, arn: iam.attach_role_policy(RoleName=role, PolicyArn=arn)),
        (
            "DetachRolePolicy",
            lambda iam, role, _: iam.detach_role_policy(RoleName=role, PolicyArn=f"{IAM}:policy/{role}-1"),
        ),
        (
            "UpdateAssumeRolePolicy",
            lambda iam, role, _: iam.update_assume_role_policy(
                RoleName=role, PolicyDocument=trust(AWS="arn:aws:iam::999999999999:root")
            ),
        ),
        ("DeleteRole", lambda iam, role, _: iam.delete_role(RoleName=role)),
        (
            "PutRolePolicy",
            lambda iam, role, _: iam.put_role_policy(
                RoleName=role, PolicyName="x", PolicyDocument=EVERYTHING
            ),
        ),
        (
            "PutRolePermissionsBoundary",
            lambda iam, role, _: iam.put_role_permissions_boundary(
                RoleName=role, PermissionsBoundary=BOUNDARY
            ),
        ),
        (
            "CreatePolicyVersion",
            lambda iam, role, _: iam.create_policy_version(
                PolicyArn=f"{IAM}:policy/{role}-1", PolicyDocument=EVERYTHING, SetAsDefault=True
            ),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_does_not_change_the_roles_of_delivery_and_of_the_migration(
    deploy: Session, everything: str, role: str, action: str, attack: Callable[[Any, str, str], object]
) -> None:
    with refused(f"iam:{action}", because=DENIED):
        attack(deploy.client("iam"), role, everything)


@pytest.mark.parametrize("name", ["boundary", "delivery-boundary", "migration-boundary"])
def test_it_does_not_rewrite_a_boundary(deploy: Session, name: str) -> None:
    iam, arn = deploy.client("iam"), f"{IAM}:policy/terrarium-dev-{name}"
    with refused("iam:CreatePolicyVersion", because=DENIED):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=EVERYTHING, SetAsDefault=True)
    with refused("iam:DeletePolicy", because=DENIED):
        iam.delete_policy(PolicyArn=arn)


def test_it_attaches_policies_of_its_environment_only(deploy: Session, everything: str) -> None:
    iam = deploy.client("iam")
    with refused("iam:AttachRolePolicy", because=DENIED):
        iam.attach_role_policy(
            RoleName="terrarium-dev-scientist", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
    iam.attach_role_policy(RoleName="terrarium-dev-scientist", PolicyArn=everything)
    iam.detach_role_policy(RoleName="terrarium-dev-scientist", PolicyArn=everything)


@pytest.mark.parametrize("boundary", [None, "delivery-boundary", "migration-boundary"])
def test_it_makes_no_role_beyond_the_platforms_boundary(deploy: Session, boundary: str | None) -> None:
    given = {} if boundary is None else {"PermissionsBoundary": f"{IAM}:policy/terrarium-dev-{boundary}"}
    with refused("iam:CreateRole", because=DENIED):
        deploy.client("iam").create_role(
            RoleName="terrarium-dev-y", AssumeRolePolicyDocument=trust(Service=TASKS), **given
        )


@pytest.mark.parametrize(
    "principal",
    [
        f"{IAM}:role/terrarium-dev-ci-deploy",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/terrarium-dev-ci-deploy/workflow",
    ],
    ids=["role", "session"],
)
def test_it_enters_no_role_that_it_makes(dev: StackIdentities, deploy: Session, principal: str) -> None:
    """Only an explicit deny bounds the rights that a trust policy grants to a session (IAM User Guide, boundaries)."""
    iam = deploy.client("iam")
    made = iam.create_role(
        RoleName="terrarium-dev-z",
        AssumeRolePolicyDocument=trust(AWS=principal),
        PermissionsBoundary=BOUNDARY,
    )
    try:
        with refused("sts:AssumeRole", because=DENIED):
            as_person(dev.sandbox, "dev", made["Role"]["Arn"], by=deploy)
    finally:
        iam.delete_role(RoleName="terrarium-dev-z")


@pytest.fixture(scope="module")
def its_job(dev: StackIdentities, deploy: Session, everything: str) -> Session:
    """A job with a role that `ci-deploy` made and granted everything."""
    iam = deploy.client("iam")
    made = iam.create_role(
        RoleName="terrarium-dev-own",
        AssumeRolePolicyDocument=trust(Service=TASKS),
        PermissionsBoundary=BOUNDARY,
    )
    iam.attach_role_policy(RoleName="terrarium-dev-own", PolicyArn=everything)
    return as_service(dev.sandbox, "dev", made["Role"]["Arn"], TASKS)


@pytest.mark.parametrize("who", ["deploy", "its_job"])
def test_neither_the_role_nor_its_most_privileged_job_reaches_resources_of_others(
    dev: StackIdentities, who: str, request: pytest.FixtureRequest
) -> None:
    session: Session = request.getfixturevalue(who)
    s3, secrets = session.client("s3"), session.client("secretsmanager")
    with refused("s3:GetObject", because="allows"):
        s3.get_object(Bucket="other-team-payroll", Key="salaries.csv")
    with refused("secretsmanager:GetSecretValue", because="allows"):
        secrets.get_secret_value(SecretId="other-team/db")
    with refused("secretsmanager:GetSecretValue", because="allows"):
        secrets.get_secret_value(SecretId="rds!cluster-00000000-0000-0000-0000-000000000000")
    with refused("iam:CreateUser", because=""):
        session.client("iam").create_user(UserName="backdoor")
    with refused("sts:AssumeRole", because=""):
        as_person(dev.sandbox, "dev", f"{IAM}:role/Administrator", by=session)


def test_a_job_that_it_grants_everything_reaches_neither_state_nor_audit(its_job: Session) -> None:
    s3 = its_job.client("s3")
    for bucket in (STATE, AUDIT):
        with refused("s3:GetObject", because=DENIED):
            s3.get_object(Bucket=bucket, Key="salaries.csv")
        with refused("s3:PutObject", because=DENIED):
            s3.put_object(Bucket=bucket, Key="salaries.csv", Body=b"")
    with refused("s3:BypassGovernanceRetention", because=DENIED):
        s3.delete_object(Bucket=f"terrarium-dev-models-{ACCOUNT}", Key="x", BypassGovernanceRetention=True)


def test_it_does_not_end_the_audit(deploy: Session) -> None:
    trail, s3 = deploy.client("cloudtrail"), deploy.client("s3")
    name = "terrarium-dev-audit"
    with refused("cloudtrail:StopLogging", because=""):
        trail.stop_logging(Name=name)
    with refused("cloudtrail:DeleteTrail", because=""):
        trail.delete_trail(Name=name)
    with refused("cloudtrail:UpdateTrail", because=""):
        trail.update_trail(Name=name, IsMultiRegionTrail=False)
    with refused("cloudtrail:PutEventSelectors", because=""):
        trail.put_event_selectors(TrailName=name, EventSelectors=[])
    for bucket in (STATE, AUDIT):
        with refused("s3:PutBucketPolicy", because=DENIED):
            s3.put_bucket_policy(Bucket=bucket, Policy=EVERYTHING)
        with refused("s3:DeleteBucket", because=DENIED):
            s3.delete_bucket(Bucket=bucket)
        with refused("s3:PutBucketPublicAccessBlock", because=DENIED):
            s3.delete_public_access_block(Bucket=bucket)


def test_it_changes_the_policy_of_no_key(dev: StackIdentities, deploy: Session) -> None:
    kms = deploy.client("kms")
    with refused("kms:PutKeyPolicy", because=DENIED):
        kms.put_key_policy(KeyId=dev.key_arn, PolicyName="default", Policy=EVERYTHING)
    with refused("kms:ScheduleKeyDeletion", because=DENIED):
        kms.schedule_key_deletion(KeyId=dev.key_arn)


def test_it_claims_nothing_that_bears_no_tag(dev: StackIdentities, deploy: Session) -> None:
    foreign_key = dev.client("kms").create_key()["KeyMetadata"]["Arn"]
    foreign_vpc = dev.client("ec2").create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    with refused("kms:TagResource"):
        deploy.client("kms").tag_resource(
            KeyId=foreign_key, Tags=[{"TagKey": "environment", "TagValue": "dev"}]
        )
    ec2 = deploy.client("ec2")
    with refused("ec2:CreateTags"):
        ec2.create_tags(Resources=[foreign_vpc], Tags=[{"Key": "environment", "Value": "dev"}])
    with refused("ec2:CreateSubnet"):
        ec2.create_subnet(VpcId=foreign_vpc, CidrBlock="10.99.0.0/24", TagSpecifications=tagged("subnet"))


def test_it_creates_and_changes_its_own_network(deploy: Session) -> None:
    ec2 = deploy.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.98.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.98.0.0/24", TagSpecifications=tagged("subnet"))
    ec2.create_tags(Resources=[vpc], Tags=[{"Key": "owner", "Value": "churn-team"}])
    ec2.delete_subnet(SubnetId=subnet["Subnet"]["SubnetId"])
    ec2.delete_vpc(VpcId=vpc)
    with refused("ec2:CreateVpc"):
        ec2.create_vpc(CidrBlock="10.97.0.0/16")


def tagged(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "environment", "Value": "dev"}]}]
