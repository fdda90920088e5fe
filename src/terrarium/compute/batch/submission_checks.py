"""What a job needs besides room: its image, a way out, and inputs that it may read; known without asking anybody."""

from terrarium.compute.errors import PlacementError
from terrarium.compute.request import JobRequest
from terrarium.manifest import BASE_IMAGE, PlatformManifest

__all__ = ["check_egress", "check_inputs", "job_definition_of"]


def job_definition_of(request: JobRequest, manifest: PlatformManifest) -> str:
    """The ARN of the definition that runs a job in its image, on as many nodes.

    Raises:
        PlacementError: The environment has no such image, or no definition of it for several nodes.
    """
    compute = manifest.compute
    single, several = compute.job_definition_arn, compute.multi_node_job_definition_arn
    if request.image not in (None, BASE_IMAGE):
        named = next((image for image in compute.images if image.name == request.image), None)
        if named is None:
            raise PlacementError(
                f"environment {manifest.environment!r} has no image {request.image!r}; there is "
                f"{', '.join([BASE_IMAGE, *(image.name for image in compute.images)])}",
                remedy="name one of these, or name yours in the environment's TOML, under [compute.images], and deploy",
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


def check_egress(request: JobRequest, manifest: PlatformManifest) -> None:
    """Refuse a job that must reach the internet where no way leads there.

    Raises:
        PlacementError: It must, and none does.
    """
    if request.egress and manifest.network.egress == "none":
        raise PlacementError(
            f"jobs in environment {manifest.environment!r} cannot reach the internet, and AWS' own services with it: "
            "neither images nor packages can be had there",
            remedy="set network.egress in the environment's TOML, and deploy; or, if endpoints of your own lead to all "
            "that it needs, submit it with egress=False",
        )


def check_inputs(request: JobRequest, manifest: PlatformManifest) -> None:
    """Refuse inputs outside of what the grants of the role `job` cover.

    Raises:
        PlacementError: Some are.
    """
    places = _readable(manifest)
    outside = [
        f"{name} ({ref.uri})"
        for name, ref in request.inputs.items()
        if not any(ref.uri.startswith(place) for place in places)
    ]
    if outside:
        raise PlacementError(
            f"the role of jobs may not read {', '.join(outside)}; it may read what lies below {', '.join(places)}",
            remedy=f"put a copy where it may: terrarium.connect({manifest.environment!r}).artifacts.put(...)",
        )


def _readable(manifest: PlatformManifest) -> tuple[str, ...]:
    artifacts, registry = manifest.artifacts, manifest.registry
    return (
        f"s3://{artifacts.bucket}/{artifacts.artifacts_prefix}",
        f"s3://{artifacts.bucket}/{artifacts.experiments_prefix}",
        f"s3://{registry.bucket}/{registry.models_prefix}",
        f"{manifest.features.warehouse}/",
    )
