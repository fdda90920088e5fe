"""The SDK of the previous release on the environment that this release deploys."""

import json

from tests.support.deployment import Deployment
from tests.support.document_differences import differences
from tests.support.previous_release import PreviousRelease

pytest_plugins = ["tests.support.previous_sdk"]

_CONNECT = """
import json, terrarium
lab = terrarium.connect("dev")
lab.experiments.names(), lab.models.names(), lab.features.search()
lab.datasets.list(), lab.pipelines.executions("breast-cancer"), lab.compute.jobs()
print(lab.manifest.model_dump_json())
"""


def test_it_reads_the_manifest_that_terraform_wrote_and_opens_every_store(
    dev: Deployment, previous_sdk: PreviousRelease
) -> None:
    read = json.loads(previous_sdk.run("-c", _CONNECT, variables=dev.shell).splitlines()[-1])
    script = "import terrarium; print(terrarium.connect('dev').manifest.model_dump_json())"
    written = json.loads(dev.python("-c", script).stdout)
    assert differences(read, written) == []
