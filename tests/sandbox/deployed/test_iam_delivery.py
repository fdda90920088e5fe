"""Rights of workflows: `ci-plan` reads, `ci-deploy` deploys within its boundary; neither can extend its rights."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from terrarium.manifest import PlatformManifest
from tests.support.deployment import Deployment
from tests.support.edited_checkout import edited_checkout
from tests.support.local_sandbox import LocalSandbox
from tests.support.role_sessions import Session, as_person, as_workflow, refused

Manifests = Mapping[str, PlatformManifest]
ACCOUNT = "222222222222"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/terrarium-test-boundary"
DELIVERY_BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/terrarium-test-delivery-boundary"
BOUNDARY_DENIES = "with an explicit deny in a permissions boundary"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
)
EVERYTHING = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
)
# Nodes of a multi-node job get no public address.
EGRESS = '[network]\negress = "nat"\n'
# What the environment of this test has besides: every kind of resource that a file can add.
ADDED = """
[observability]
emails = ["ml-platform@example.com"]

[workbench]
users = ["ada"]

[compute]
pools = [
  { name = "cpu", instance_types = ["m7i", "m6i", "c7i"], maximum_vcpus = 96 },
  { name = "gpu", accelerator = "gpu", instance_types = ["g5", "g6"], maximum_vcpus = 64 },
  { name = "distributed", purchase = "on-demand", instance_types = ["m7i"], maximum_vcpus = 64, nodes = 4 },
]

[[pipelines]]
name = "training"
definition = "training.json"
schedule = "cron(0 6 * * ? *)"
"""
DEFINITION = {
    "StartAt": "Train",
    "States": {
        "Train": {
            "Type": "Task",
            "Resource": "arn:aws:states:::batch:submitJob.sync",
            "Parameters": {
                "JobName": "train",
                "JobDefinition": "${job_definition_arn}",
                "JobQueue": "${distributed_queue_arn}",
                "ShareIdentifier": "pipelines",
            },
            "End": True,
        }
    },
}


@pytest.fixture(scope="module")
def plan(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    return as_workflow(everywhere_sandbox, "test", enforced["test"].roles.ci_plan_arn, subject="pull_request")


@pytest.fixture(scope="module")
def deploy(everywhere_sandbox: LocalSandbox, enforced: Manifests) -> Session:
    return as_workflow(
        everywhere_sandbox, "test", enforced["test"].roles.ci_deploy_arn, subject="environment:test"
    )


@pytest.mark.parametrize(
    ("role", "token"),
    [
        ("ci_plan_arn", {"subject": "environment:prod"}),
        ("ci_plan_arn", {"subject": "pull_request", "repository": "acme/fork"}),
        ("ci_deploy_arn", {"subject": "pull_request"}),
        ("ci_deploy_arn", {"subject": "environment:prod"}),
        ("ci_deploy_arn", {"subject": "ref:refs/heads/main"}),
        ("scientist_arn", {"subject": "environment:test"}),
        ("job_arn", {"subject": "environment:test"}),
    ],
)
def test_only_the_repositorys_own_workflows_enter_and_each_its_role(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, role: str, token: dict[str, str]
) -> None:
    with pytest.raises(
        ClientError, match=r"AccessDenied.*Not authorized to perform sts:AssumeRoleWithWebIdentity"
    ):
        as_workflow(everywhere_sandbox, "test", getattr(enforced["test"].roles, role), **token)


@pytest.mark.parametrize("role", ["ci_plan_arn", "ci_deploy_arn", "job_arn"])
def test_no_person_enters_a_role_of_workflows_or_jobs_be_it_the_administrator(
    everywhere_sandbox: LocalSandbox, enforced: Manifests, role: str
) -> None:
    with refused("sts:AssumeRole", because="no resource-based policy allows"):
        as_person(everywhere_sandbox, "test", getattr(enforced["test"].roles, role))


@pytest.mark.parametrize("name", ["dev", "test"])
def test_plan_plans(
    everywhere: Mapping[str, Deployment], everywhere_sandbox: LocalSandbox, enforced: Manifests, name: str
) -> None:
    """`dev` has a pipeline, whose state machine and schedules are encrypted with the environment's key."""
    plan = as_workflow(everywhere_sandbox, name, enforced[name].roles.ci_plan_arn, subject="pull_request")
    done = _terraform(everywhere[name], plan, "plan", "-detailed-exitcode", "-lock=false")
    assert done.returncode == 0, done.stdout + done.stderr


def test_plan_compares_what_terraform_does_not_manage(
    everywhere: Mapping[str, Deployment], plan: Session
) -> None:
    """As the workflow `drift`: grants, resource policies, targets and others are read, too."""
    program = Path(sys.executable).with_name("terrarium")
    done = subprocess.run(
        [program, "drift", "test", "--synthesized", str(everywhere["test"].outdir)],
        cwd=everywhere["test"].sandbox.checkout,
        env=plan.variables,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "test: all resources match the stack\n", done.stdout + done.stderr


def test_plan_writes_nothing(plan: Session, enforced: Manifests) -> None:
    test, s3, iam = enforced["test"], plan.client("s3"), plan.client("iam")
    with refused("s3:PutObject"):
        s3.put_object(Bucket=f"terrarium-test-state-{ACCOUNT}", Key="terraform.tfstate", Body=b"{}")
    with refused("iam:CreateRole"):
        iam.create_role(
            RoleName="terrarium-test-x", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY
        )
    with refused("kms:PutKeyPolicy", because=BOUNDARY_DENIES):
        plan.client("kms").put_key_policy(KeyId=test.encryption.key_arn, PolicyName="default", Policy="{}")
    with refused("batch:UpdateJobQueue"):
        plan.client("batch").update_job_queue(jobQueue=test.compute.pools[0].queue_arn, state="DISABLED")
    with refused("ec2:DeleteVpc"):
        plan.client("ec2").delete_vpc(VpcId=test.network.vpc_id)
    with refused("ssm:PutParameter"):
        plan.client("ssm").put_parameter(Name="/terrarium/test/manifest", Value="{}", Overwrite=True)
    with refused("rds:DeleteDBCluster"):
        plan.client("rds").delete_db_cluster(
            DBClusterIdentifier=test.metadata.cluster_id, SkipFinalSnapshot=True
        )


def test_plan_sees_configuration_and_no_data(plan: Session, enforced: Manifests) -> None:
    test = enforced["test"]
    with refused("s3:GetObject"):
        plan.client("s3").get_object(Bucket=test.artifacts.bucket, Key="experiments/1/model")
    with refused("secretsmanager:GetSecretValue"):
        plan.client("secretsmanager").get_secret_value(SecretId=test.metadata.master_secret_arn)
    with refused("dynamodb:Scan"):
        plan.client("dynamodb").scan(TableName=test.features.online_table)


@pytest.mark.slow
def test_deploy_deploys_whatever_an_environments_file_can_add_and_changes_every_tag(
    everywhere_sandbox: LocalSandbox, deploy: Session, tmp_path: Path
) -> None:
    edited = edited_checkout(everywhere_sandbox, tmp_path / "checkout", _with_more)
    (edited.checkout / "training.json").write_text(json.dumps(DEFINITION))
    changed = Deployment(edited, "test", tmp_path / "out")
    _cdktf_deploy(changed, deploy)
    planned = _terraform(changed, deploy, "plan", "-detailed-exitcode")
    assert planned.returncode == 0, planned.stdout + planned.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("enforced")
def test_an_environment_uses_the_oidc_provider_that_another_one_of_its_account_created(
    everywhere_sandbox: LocalSandbox, tmp_path: Path
) -> None:
    def edit(name: str, text: str) -> str:
        if name != "staging":
            return text
        text = text.replace('account = "333333333333"', f'account = "{ACCOUNT}"')
        return text.replace("[access]\n", '[access]\ngithub_oidc_provider = "existing"\n')

    edited = edited_checkout(everywhere_sandbox, tmp_path / "checkout", edit)
    second = Deployment(edited, "staging", tmp_path / "out", credentials_of="test")
    second.terrarium("bootstrap", "staging")
    second.run("cdktf", "synth", "--output", str(second.outdir))
    administrator = second.shell
    role = "aws_iam_role.access_delivery_plan_role_2F787473"
    _in_stack(second, administrator, "init")
    _in_stack(second, administrator, "apply", f"-target={role}", "-auto-approve")
    arn = f"arn:aws:iam::{ACCOUNT}:role/terrarium-staging-ci-plan"
    assert as_workflow(everywhere_sandbox, "test", arn, subject="environment:staging")
    _in_stack(second, administrator, "destroy", f"-target={role}", "-auto-approve")
    providers = everywhere_sandbox.client("iam", "test").list_open_id_connect_providers()
    assert len(providers["OpenIDConnectProviderList"]) == 1


def test_deploy_publishes_the_code_of_pipelines_and_writes_no_other_artifact(
    everywhere: Mapping[str, Deployment], deploy: Session, enforced: Manifests
) -> None:
    defined = "examples.breast_cancer.pipeline:PIPELINE"
    done = _run(everywhere["test"], deploy, "terrarium", "pipelines", "publish", defined, "-e", "test")
    assert "breast-cancer, definition " in done
    artifacts = enforced["test"].artifacts
    for prefix in (artifacts.experiments_prefix, f"{artifacts.artifacts_prefix}pipelines/"):
        with refused("s3:PutObject"):
            deploy.client("s3").put_object(Bucket=artifacts.bucket, Key=f"{prefix}x", Body=b"x")


def test_deploy_runs_the_migration_that_it_just_deployed(deploy: Session, enforced: Manifests) -> None:
    # Allowed, though there is no such revision.
    with pytest.raises(ClientError, match="ClientException"):
        deploy.client("batch").submit_job(
            jobName="migrate",
            jobQueue=enforced["test"].compute.pools[0].queue_arn,
            jobDefinition="terrarium-test-migration:999999",
            shareIdentifier="s",
        )


@pytest.mark.parametrize(
    ("action", "escalate", "because"),
    [
        (
            "iam:CreateRole",
            lambda iam: iam.create_role(RoleName="terrarium-test-x", AssumeRolePolicyDocument=TRUST),
            BOUNDARY_DENIES,
        ),
        (
            "iam:CreateRole",
            lambda iam: iam.create_role(
                RoleName="terrarium-test-x",
                AssumeRolePolicyDocument=TRUST,
                PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            BOUNDARY_DENIES,
        ),
        (
            "iam:CreateRole",
            lambda iam: iam.create_role(
                RoleName="another", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=BOUNDARY
            ),
            "no identity-based policy allows",
        ),
        (
            "iam:CreatePolicyVersion",
            lambda iam: iam.create_policy_version(
                PolicyArn=DELIVERY_BOUNDARY, PolicyDocument=EVERYTHING, SetAsDefault=True
            ),
            BOUNDARY_DENIES,
        ),
        ("iam:DeletePolicy", lambda iam: iam.delete_policy(PolicyArn=BOUNDARY), BOUNDARY_DENIES),
        (
            "iam:DeleteRolePermissionsBoundary",
            lambda iam: iam.delete_role_permissions_boundary(RoleName="terrarium-test-ci-deploy"),
            BOUNDARY_DENIES,
        ),
        (
            "iam:PutRolePermissionsBoundary",
            lambda iam: iam.put_role_permissions_boundary(
                RoleName="terrarium-test-ci-deploy",
                PermissionsBoundary="arn:aws:iam::aws:policy/AdministratorAccess",
            ),
            BOUNDARY_DENIES,
        ),
        (
            "iam:AttachRolePolicy",
            lambda iam: iam.attach_role_policy(
                RoleName="terrarium-test-ci-deploy",
                PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/terrarium-test-job-1",
            ),
            BOUNDARY_DENIES,
        ),
        ("iam:CreateUser", lambda iam: iam.create_user(UserName="terrarium-test-x"), BOUNDARY_DENIES),
        (
            "iam:CreateAccessKey",
            lambda iam: iam.create_access_key(UserName="terrarium-sandbox-administrator"),
            BOUNDARY_DENIES,
        ),
    ],
)
def test_deploy_cannot_raise_itself(
    deploy: Session, action: str, escalate: Callable[..., object], because: str
) -> None:
    with refused(action, because=because):
        escalate(deploy.client("iam"))


def test_deploy_takes_over_nothing_of_another_environments(
    deploy: Session, everywhere_sandbox: LocalSandbox
) -> None:
    administrator, ec2 = everywhere_sandbox.client("ec2", "test"), deploy.client("ec2")
    foreign = administrator.create_vpc(
        CidrBlock="10.99.0.0/16",
        TagSpecifications=[{"ResourceType": "vpc", "Tags": [{"Key": "environment", "Value": "another"}]}],
    )["Vpc"]["VpcId"]
    with refused("ec2:DeleteVpc"):
        ec2.delete_vpc(VpcId=foreign)
    with refused("ec2:CreateTags"):
        ec2.create_tags(Resources=[foreign], Tags=[{"Key": "environment", "Value": "test"}])
    administrator.delete_vpc(VpcId=foreign)


def _with_more(name: str, text: str) -> str:
    """The file of `test` with more of everything, and with other values of the tags that all resources bear."""
    if name != "test":
        return text
    for old, new in (
        ("[network]\n", EGRESS),
        ('owner = "ml-platform"', 'owner = "churn-team"\nuse_case = "churn"'),
        ('cost_center = "research"', 'cost_center = "retention"'),
    ):
        text = text.replace(old, new)
    return text + ADDED


def _cdktf_deploy(deployment: Deployment, session: Session) -> None:
    _run(
        deployment, session, "cdktf", "deploy", deployment.name, "--output", str(deployment.outdir),
        "--auto-approve",
    )  # fmt: skip


def _run(deployment: Deployment, session: Session, *command: str) -> str:
    """Type a command in the checkout as this session; what it printed."""
    done = subprocess.run(
        command,
        cwd=deployment.sandbox.checkout,
        env=session.variables | {"PATH": deployment.shell["PATH"]},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _terraform(deployment: Deployment, session: Session, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _in_stack(deployment, session.variables, *arguments, check=False)


def _in_stack(
    deployment: Deployment, variables: Mapping[str, str], *arguments: str, check: bool = True
) -> subprocess.CompletedProcess[str]:
    """Run Terraform in the folder of a synthesized stack."""
    done = subprocess.run(
        ["terraform", f"-chdir={deployment.outdir / 'stacks' / deployment.name}", *arguments, "-no-color"],
        env=dict(variables),
        check=False,
        capture_output=True,
        text=True,
    )
    assert not (check and done.returncode), done.stdout + done.stderr
    return done
