"""Choice of a job's pool, and the error if there is none."""

import pytest

from terrarium.compute.batch.placement import choose_pool
from terrarium.compute.errors import PlacementError
from terrarium.compute.resources import Resources
from tests.unit.example_manifest import example_manifest

POOLS = example_manifest().compute.pools  # cpu: m7i, 64 vCPUs; gpu: g5; cluster: c7i, 128 vCPUs on 4 nodes


def pool_for(resources: Resources, wanted: str | None = None) -> str:
    return choose_pool(POOLS, resources, wanted=wanted).name


def test_chooses_the_first_pool_that_can_run_the_job() -> None:
    assert pool_for(Resources()) == "cpu"
    assert pool_for(Resources(gpus=1)) == "gpu"
    assert pool_for(Resources(vcpus=100)) == "cluster", "which may run more at once"
    assert pool_for(Resources(nodes=2)) == "cluster"


def test_prefers_pools_without_gpus_for_jobs_without_gpus() -> None:
    backwards = tuple(reversed(POOLS[:2]))
    assert choose_pool(backwards, Resources(), wanted=None).name == "cpu"
    assert choose_pool(backwards, Resources(), wanted="gpu").name == "gpu", "unless it is asked for"


def test_reserves_memory_for_the_instance() -> None:
    largest = 786_432  # MiB of an m7i.48xlarge
    assert pool_for(Resources(memory=largest * 95 // 100), wanted="cpu") == "cpu"
    with pytest.raises(PlacementError, match=f"MiB of memory of {largest}"):
        pool_for(Resources(memory=largest), wanted="cpu")


def test_a_refusal_lists_missing_resources_and_the_nearest_pool() -> None:
    with pytest.raises(PlacementError) as caught:
        pool_for(Resources(gpus=9))
    assert "cpu: no GPUs of 9" in caught.value.problem
    assert "gpu: 8 GPUs of 9" in caught.value.problem
    assert "nearest is pool 'gpu'" in caught.value.remedy


def test_names_a_pool_that_can_run_the_job_if_the_requested_one_cannot() -> None:
    with pytest.raises(PlacementError) as caught:
        pool_for(Resources(nodes=2), wanted="cpu")
    assert caught.value.remedy == "submit it to pool 'cluster', which can run it"
    with pytest.raises(PlacementError, match="pool 'cheap' does not exist") as caught:
        pool_for(Resources(), wanted="cheap")
    assert "cpu, gpu, cluster" in caught.value.remedy


def test_accepts_instance_types_that_the_table_does_not_have() -> None:
    newer = POOLS[0].model_copy(update={"instance_types": ("m99z",)})
    assert choose_pool([newer], Resources(memory=10**7), wanted=None) is newer
