"""`terrarium plan` of a deployed environment whose file changes: it warns of what the change costs."""

import shutil
from dataclasses import replace

import pytest

from terrarium.checkout import environments_folder
from tests.support.deployment import Deployment

_CHANGED = """
[access]
github_repository = "acme/terrarium"
scientists_write = false

[[compute.pools]]
name = "cpu"
instance_types = ["m7i", "m6i", "c7i"]
maximum_vcpus = 32
"""


@pytest.fixture(scope="module")
def text(dev: Deployment, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Printed plan after the pool `gpu` was removed, and scientists may only read."""
    folder = tmp_path_factory.mktemp("plan") / "environments"
    shutil.copytree(environments_folder(dev.sandbox.checkout), folder)
    file = folder / "dev.toml"
    written = file.read_text(encoding="utf-8")
    access = written[written.index("[access]") : written.index("[delivery]")]
    file.write_text(written.replace(access, _CHANGED.lstrip()), encoding="utf-8")
    changing = replace(dev)
    changing.shell = {**dev.shell, "TERRARIUM_ENVIRONMENTS": str(folder)}
    return changing.terrarium("plan", "dev").stdout


def section(text: str, headline: str) -> str:
    """The warnings below a headline."""
    return text.partition(f"**{headline}")[2].partition("\n\n**")[0].partition("\n| ")[0]


def test_warns_of_the_removed_pool(text: str) -> None:
    found = section(text, "This interrupts users of the environment")
    # A removed resource has no construct path.
    queue, pool = (
        "`aws_batch_job_queue.compute_pool-gpu_queue_",
        "`aws_batch_compute_environment.compute_pool-gpu_",
    )
    assert queue in found
    assert ": the plan deletes it: jobs that wait in the queue are lost" in found
    assert pool in found
    assert ": the plan deletes it: the pool no longer starts jobs" in found


def test_warns_of_fewer_jobs_at_a_time(text: str) -> None:
    found = section(text, "This reduces what users get")
    assert "fewer jobs run at a time (compute_resources.max_vcpus: 64 -> 32)" in found


def test_warns_of_the_permission_that_scientists_lose(text: str) -> None:
    found = section(text, "This withdraws permissions")
    objects = "arn:aws:s3:::terrarium-dev-warehouse-111111111111/*"
    assert f"`access/scientist/role`: the role loses s3:DeleteObject on {objects}" in found


def test_lists_deletions_first_and_values_that_aws_assigns_last(text: str) -> None:
    actions = [line.split(" | ")[0].strip("| ") for line in text.splitlines() if line.startswith("| ")]
    order = [one for one in actions if one in {"destroy", "replace", "change", "create"}]
    assert order == sorted(order, key=["destroy", "replace", "change", "create"].index)
    assert "known after apply, " not in text
