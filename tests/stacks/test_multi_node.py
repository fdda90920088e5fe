"""A pool that spans nodes brings what multi-node jobs are submitted with."""

import json
from pathlib import Path

from environments import load_environments
from environments.sections.compute import Pool
from tests.stacks.synthesized import Synthesized, synthesize

_DEFINITION = "compute/multi-node-job-definition"


def test_without_such_a_pool_there_is_no_such_definition(stacks: dict[str, Synthesized]) -> None:
    assert not any(_DEFINITION in stack.resources("aws_batch_job_definition") for stack in stacks.values())


def test_the_nodes_are_alike_and_as_many_as_a_job_says(tmp_path: Path) -> None:
    (dev,) = (config for config in load_environments() if config.name == "dev")
    cluster = Pool(name="cluster", purchase="on-demand", instance_types=("c7i",), maximum_vcpus=128, nodes=4)
    compute = dev.compute.model_copy(update={"pools": (*dev.compute.pools, cluster)})
    stack = synthesize([dev.model_copy(update={"compute": compute})], tmp_path)["dev"]
    definition = stack.resource("aws_batch_job_definition", _DEFINITION)
    single = stack.resource("aws_batch_job_definition", "compute/job-definition")
    assert definition["type"] == "multinode"
    (group,) = json.loads(definition["node_properties"])["nodeRangeProperties"]
    assert group["targetNodes"] == "0:", "so that a submission may say how many"
    assert group["container"] == json.loads(single["container_properties"])
    assert definition["retry_strategy"] == single["retry_strategy"]
