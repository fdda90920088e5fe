"""Scientists start, open and stop only their own notebook."""

from collections.abc import Iterator
from typing import Any

import pytest

from environments import load_environment
from policies.stack import read_stack
from tests.stacks.synthesized import synthesize
from tests.support.role_sessions import Session, as_person, refused
from tests.support.stack_identities import StackIdentities, identities_of

USERS = ("ada", "bob")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackIdentities]:
    """`dev` with notebooks of two users, stopped; IAM decides."""
    config, folder = load_environment("dev"), tmp_path_factory.mktemp("stacks")
    workbench = config.workbench.model_copy(update={"users": USERS})
    synthesize([config.model_copy(update={"workbench": workbench})], folder)
    stack = read_stack(folder / "stacks" / "dev" / "cdk.tf.json", tier="disposable")
    with identities_of(
        stack, "access/scientist", "access/notebook", home=tmp_path_factory.mktemp("sandbox")
    ) as dev:
        sagemaker = dev.client("sagemaker")
        for user in USERS:
            sagemaker.create_notebook_instance(
                NotebookInstanceName=f"terrarium-dev-{user}",
                InstanceType="ml.t3.medium",
                RoleArn=dev.role_arn("access/notebook"),
            )
            sagemaker.stop_notebook_instance(NotebookInstanceName=f"terrarium-dev-{user}")
        dev.sandbox.command("enforce-iam")
        yield dev


def scientist(dev: StackIdentities, name: str) -> Session:
    return as_person(dev.sandbox, "dev", dev.role_arn("access/scientist"), name=name)


@pytest.mark.parametrize("session", ["ada", "ada@example.com"])
def test_a_scientist_starts_and_stops_the_own_notebook(dev: StackIdentities, session: str) -> None:
    sagemaker: Any = scientist(dev, session).client("sagemaker")
    sagemaker.start_notebook_instance(NotebookInstanceName="terrarium-dev-ada")
    described = sagemaker.describe_notebook_instance(NotebookInstanceName="terrarium-dev-ada")
    assert described["NotebookInstanceStatus"] == "InService"
    sagemaker.stop_notebook_instance(NotebookInstanceName="terrarium-dev-ada")
    with refused("sagemaker:DeleteNotebookInstance"):
        sagemaker.delete_notebook_instance(NotebookInstanceName="terrarium-dev-ada")


@pytest.mark.parametrize("session", ["bob", "ada-of-another-team", "canada", "mallory@ada"])
def test_nobody_else_opens_it(dev: StackIdentities, session: str) -> None:
    sagemaker = scientist(dev, session).client("sagemaker")
    for action, call in (
        ("CreatePresignedNotebookInstanceUrl", sagemaker.create_presigned_notebook_instance_url),
        ("StartNotebookInstance", sagemaker.start_notebook_instance),
        ("StopNotebookInstance", sagemaker.stop_notebook_instance),
    ):
        with refused(f"sagemaker:{action}"):
            call(NotebookInstanceName="terrarium-dev-ada")
