"""Checks of a request against the manifest: image, egress and readable inputs. They make no call."""

from terrarium.compute.errors import PlacementError
from terrarium.compute.request import JobRequest
from terrarium.egress import REACH
from terrarium.manifest import BASE_IMAGE, Architecture, ComputePool, PlatformManifest

__all__ = [
    "architectures_of_image",
    "check_egress",
    "check_inputs",
    "definition_in_pool",
    "job_definition_of",
]

# Variables with which uv and pip use another index than PyPI.
_INDEX_VARIABLES = (
    "PIP_INDEX_URL",
    "PIP_EXTRA_INDEX_URL",
    "PIP_FIND_LINKS",
    "UV_INDEX",
    "UV_INDEX_URL",
    "UV_DEFAULT_INDEX",
    "UV_EXTRA_INDEX_URL",
    "UV_FIND_LINKS",
)


def job_definition_of(request: JobRequest, manifest: PlatformManifest) -> str:
    """Return the ARN of the job definition for the image and the number of nodes.

    Raises:
        PlacementError: The environment does not have the image, or no multi-node definition of it.
    """
    compute = manifest.compute
    single, several = compute.job_definition_arn, compute.multi_node_job_definition_arn
    if request.image not in (None, BASE_IMAGE):
        named = next((image for image in compute.images if image.name == request.image), None)
        if named is None:
            raise PlacementError(
                f"environment {manifest.environment!r} has no image {request.image!r}; available: "
                f"{', '.join([BASE_IMAGE, *(image.name for image in compute.images)])}",
                remedy="name one of these, or add yours to [compute.images] in the environment's TOML and deploy",
            )
        single, several = named.job_definition_arn, named.multi_node_job_definition_arn
    if request.resources.nodes == 1:
        return single
    if several is None and any(pool.nodes > 1 for pool in compute.pools):
        raise PlacementError(
            f"environment {manifest.environment!r} was deployed without a definition for multi-node jobs in this image",
            remedy=f"deploy it again: `cdktf deploy {manifest.environment}`",
        )
    if several is None:
        raise PlacementError(
            f"no pool of environment {manifest.environment!r} runs jobs of {request.resources.nodes} nodes",
            remedy=f"add a pool with `nodes = {request.resources.nodes}` to environments/{manifest.environment}.toml "
            '([[compute.pools]], with purchase = "on-demand"), then `cdktf deploy '
            f"{manifest.environment}`",
        )
    return several


def definition_in_pool(definition: str, pool: ComputePool, request: JobRequest) -> str:
    """Return the ARN of the job definition for a pool: its own, or else `definition`."""
    for own in pool.job_definitions:
        if own.image == (request.image or BASE_IMAGE):
            several = own.multi_node_job_definition_arn
            return several if several and request.resources.nodes > 1 else own.job_definition_arn
    return definition


def architectures_of_image(request: JobRequest, manifest: PlatformManifest) -> tuple[Architecture, ...]:
    """Return the processor architectures that the image of a job is built for."""
    for image in manifest.compute.images:
        if image.name == request.image:
            return image.architectures
    return (
        "x86_64",
        *(pool.architecture for pool in manifest.compute.pools if pool.architecture != "x86_64"),
    )


def check_egress(request: JobRequest, manifest: PlatformManifest) -> None:
    """Refuse a job that needs AWS services or a package index which its network does not reach.

    Raises:
        PlacementError: The job needs egress that the environment does not have.
    """
    egress = manifest.network.egress
    if not request.egress or egress is None or manifest.network.proxy_url is not None:
        return
    if not REACH[egress].aws_services:
        raise PlacementError(
            f"jobs in environment {manifest.environment!r} cannot reach the internet or AWS services: "
            "they can pull neither images nor packages",
            remedy="set network.egress in the environment's TOML and deploy; or, if private endpoints lead to all that "
            "the job needs, submit it with egress=False",
        )
    if request.packages is not None and not REACH[egress].internet and not _names_index(request):
        raise PlacementError(
            f"jobs in environment {manifest.environment!r} cannot install packages: its network.egress is "
            f"{egress!r}, from which no public package index is reachable",
            remedy="name an index that the network reaches, by variables={'PIP_INDEX_URL': …, 'UV_INDEX_URL': …}; "
            "build an image that contains the packages, and add it to [compute.images]; or submit the job with "
            "egress=False if it needs none of them from an index",
        )


def _names_index(request: JobRequest) -> bool:
    return any(name in request.variables for name in _INDEX_VARIABLES)


def check_inputs(request: JobRequest, manifest: PlatformManifest) -> None:
    """Refuse inputs that the role `job` may not read.

    Raises:
        PlacementError: The role may not read an input.
    """
    places = _readable(manifest)
    outside = [
        f"{name} ({ref.uri})"
        for name, ref in request.inputs.items()
        if not any(ref.uri.startswith(place) for place in places)
    ]
    if outside:
        raise PlacementError(
            f"the role of jobs may not read {', '.join(outside)}; it may read below {', '.join(places)}",
            remedy=f"put a copy into the artifacts: terrarium.connect({manifest.environment!r}).artifacts.put(...)",
        )


def _readable(manifest: PlatformManifest) -> tuple[str, ...]:
    artifacts, registry, features = manifest.artifacts, manifest.registry_or_none, manifest.features_or_none
    return (
        f"s3://{artifacts.bucket}/{artifacts.artifacts_prefix}",
        f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}",
        *((f"s3://{registry.bucket}/{registry.models_prefix}",) if registry else ()),
        *((f"{features.warehouse}/",) if features else ()),
    )
