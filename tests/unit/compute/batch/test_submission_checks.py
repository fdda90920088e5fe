"""Requirements of a job other than resources are checked before anything is submitted."""

from typing import Any

import pytest

from terrarium.compute.batch.submission_checks import check_egress, check_inputs, job_definition_of
from terrarium.compute.errors import PlacementError
from terrarium.compute.packages.lock import PackageLock
from terrarium.compute.request import JobRequest, checked_request
from terrarium.compute.resources import Resources
from terrarium.manifest import JobImage, PlatformManifest
from tests.unit.example_manifest import example_manifest

DIGEST = f"sha256:{'0' * 64}"
PYTORCH = JobImage(
    name="pytorch",
    image="registry/training:pytorch-1",
    job_definition_arn="arn:aws:batch:eu-central-1:123456789012:job-definition/job-pytorch:1",
)


def request(**asked: Any) -> JobRequest:
    omitted = dict.fromkeys(
        ("code", "packages", "image", "retries", "deadline", "array", "pool", "run", "use_case")
    )
    given = {"resources": Resources(), "variables": {}, "inputs": {}, "egress": True, "tags": {}} | asked
    return checked_request(command=["true"], name="job", **(omitted | given))


def manifest_with(section: str, **changes: Any) -> PlatformManifest:
    manifest = example_manifest()
    changed = getattr(manifest, section).model_copy(update=changes)
    return manifest.model_validate(manifest.model_dump() | {section: changed})


def test_uses_the_job_definition_of_the_image() -> None:
    manifest = manifest_with("compute", images=(PYTORCH,))
    assert job_definition_of(request(image="pytorch"), manifest) == PYTORCH.job_definition_arn
    for base in (None, "base"):
        assert job_definition_of(request(image=base), manifest) == manifest.compute.job_definition_arn


def test_lists_the_images_if_the_requested_one_does_not_exist() -> None:
    with pytest.raises(PlacementError, match="no image 'tensorflow'; available: base, pytorch"):
        job_definition_of(request(image="tensorflow"), manifest_with("compute", images=(PYTORCH,)))
    with pytest.raises(PlacementError, match=r"available: base\n") as caught:
        job_definition_of(request(image="pytorch"), example_manifest())
    assert "[compute.images]" in caught.value.remedy


def test_refuses_multi_node_jobs_without_a_multi_node_pool() -> None:
    manifest = example_manifest("dev")
    pools = tuple(pool.model_copy(update={"nodes": 1}) for pool in manifest.compute.pools)
    compute = manifest.compute.model_copy(update={"pools": pools, "multi_node_job_definition_arn": None})
    with pytest.raises(PlacementError, match="no pool of environment 'dev' runs jobs of 2 nodes") as caught:
        job_definition_of(
            request(resources=Resources(nodes=2)), manifest.model_copy(update={"compute": compute})
        )
    assert "`nodes = 2` to environments/dev.toml" in caught.value.remedy


def test_refuses_multi_node_jobs_without_a_multi_node_definition() -> None:
    manifest = manifest_with("compute", images=(PYTORCH,))
    with pytest.raises(PlacementError, match="without a definition for multi-node jobs"):
        job_definition_of(request(image="pytorch", resources=Resources(nodes=2)), manifest)


def test_refuses_jobs_with_egress_in_an_environment_without() -> None:
    closed = manifest_with("network", egress="none")
    with pytest.raises(PlacementError, match="cannot reach the internet") as caught:
        check_egress(request(), closed)
    assert "network.egress" in caught.value.remedy
    check_egress(request(egress=False), closed)
    for way in ("interface-endpoints", "public-addresses", "nat", "nat-per-zone", None):
        check_egress(request(), manifest_with("network", egress=way))


def test_refuses_packages_of_a_public_index_in_an_environment_without_internet() -> None:
    lock = PackageLock.of(["six==1.17.0"], source="requirements.txt")
    private = manifest_with("network", egress="interface-endpoints")
    with pytest.raises(PlacementError, match=r"cannot install packages: .* 'interface-endpoints'") as caught:
        check_egress(request(packages=lock), private)
    assert "UV_INDEX_URL" in caught.value.remedy
    check_egress(request(packages=lock, variables={"UV_INDEX_URL": "https://index.example"}), private)
    check_egress(request(packages=lock), manifest_with("network", egress="provided-routes"))


def test_refuses_inputs_that_the_role_may_not_read() -> None:
    manifest = example_manifest()

    def at(uri: str) -> JobRequest:
        return request(inputs={"rows.csv": f"{uri}?versionId=1&digest={DIGEST}&size=1&kind=file"})

    for place in (
        f"s3://{manifest.artifacts.bucket}/artifacts/rows.csv",
        f"s3://{manifest.artifacts.bucket}/experiments/1/rows.csv",
        f"s3://{manifest.registry.bucket}/models/churn/model.pkl",
        f"{manifest.features.warehouse}/table/data.parquet",
    ):
        check_inputs(at(place), manifest)
    for elsewhere in (
        "s3://somebody-elses/artifacts/rows.csv",
        f"s3://{manifest.artifacts.bucket}/private/x",
    ):
        with pytest.raises(PlacementError, match=r"may not read rows\.csv") as caught:
            check_inputs(at(elsewhere), manifest)
        assert "put a copy" in caught.value.remedy
