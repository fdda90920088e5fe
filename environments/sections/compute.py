"""The section `compute`."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.section import LogRetentionDays, Name, Section
from terrarium.instance_types import instance_types
from terrarium.manifest import BASE_IMAGE, Accelerator, Purchase

__all__ = ["Compute", "Pool"]

# a1, and `g` after the generation (EC2 User Guide, "Instance type naming conventions").
_GRAVITON = re.compile(r"a1(\..+)?|[a-z]+\d+g[a-z]*(-[a-z0-9]+)?(\..+)?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_BY_DIGEST = re.compile(r"[a-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}")


def _without_duplicates(pools: "tuple[Pool, ...]") -> "tuple[Pool, ...]":
    # Not with `min_length`, which would report pools with an invalid field as missing.
    if not pools:
        raise ValueError("must name at least one pool")
    names = [pool.name for pool in pools]
    if len(names) != len(set(names)):
        raise ValueError(f"must name every pool once, not {', '.join(names)}")
    return pools


def _pinned_image(image: str) -> str:
    if image == "latest" or not (_TAG.fullmatch(image) or _BY_DIGEST.fullmatch(image)):
        raise ValueError(
            "must be a tag (not `latest`) of the environment's own repository, such as pytorch-1, "
            f"or name any image by its digest, as in registry/name@sha256:…, not {image!r}"
        )
    return image


def _without_base_image(images: "dict[str, str]") -> "dict[str, str]":
    if BASE_IMAGE in images:
        raise ValueError(f"must not name {BASE_IMAGE!r}, which is the base image")
    return images


Images = Annotated[
    dict[Name, Annotated[str, AfterValidator(_pinned_image)]], AfterValidator(_without_base_image)
]


# `modules/compute/compute_pool.py` gives running jobs this time.
_JOBS_CONTINUE = Change(
    effect="in place",
    how="Running jobs continue on their instances for at most six hours, and are retried then.",
)


class Pool(Section):
    """A Batch compute environment and its queue. It costs nothing while no job runs."""

    name: Annotated[
        Name,
        Change(
            effect="deleted",
            how="It would be another pool: the queue of this one is deleted with the jobs that wait in it.",
        ),
    ]
    """The name by which jobs request the pool. Required."""

    accelerator: Annotated[
        Accelerator,
        _JOBS_CONTINUE,
    ] = "none"
    """Whether its instances have NVIDIA GPUs and the machine image with their drivers. Defaults to `none`."""

    purchase: Annotated[
        Purchase,
        _JOBS_CONTINUE,
    ] = "spot"
    """Spot costs about a third, and EC2 can reclaim instances with two minutes' notice: their jobs are retried.
    Defaults to `spot`."""

    instance_types: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$")], ...],
        Field(min_length=1),
        _JOBS_CONTINUE,
    ]
    """Instance families (`m7i`) or types (`g5.xlarge`) that Batch can start. Required."""

    maximum_vcpus: Annotated[int, Field(ge=1, le=10000), IN_PLACE]
    """The most vCPUs of all instances together. Required.

    Batch may exceed it by one instance to place a waiting job, and an instance of a family such as `g6` can have 192
    vCPUs: to limit the cost of a pool closely, name types (`g6.xlarge`).
    """

    disk_gib: Annotated[
        int,
        Field(ge=30, le=16384),
        _JOBS_CONTINUE,
    ] = 100
    """GiB of encrypted disk per instance. Defaults to 100."""

    nodes: Annotated[
        int,
        Field(ge=1, le=64),
        _JOBS_CONTINUE,
    ] = 1
    """The most instances of one multi-node job. Defaults to 1.

    More than 1 requires `on-demand`, and `network.egress` other than `public-addresses`.
    """

    runnable_minutes: Annotated[int, Field(ge=10, le=1440), IN_PLACE] = 60
    """Minutes after which a job is cancelled if no instance can be started for it. Defaults to 60."""

    @model_validator(mode="after")
    def _check_instance_types(self) -> Self:
        # "arm-based instance type cannot be used with other instance types" (CreateComputeEnvironment; aws-cdk issue
        # 31148).
        graviton = [name for name in self.instance_types if _GRAVITON.fullmatch(name)]
        others = [name for name in self.instance_types if name not in graviton]
        if graviton and others:
            raise ValueError(
                f"instance_types mixes arm64 ({', '.join(graviton)}) and x86 ({', '.join(others)}), "
                "which Batch refuses: use a pool for each"
            )
        if graviton:
            # `operations/images/engine.py` builds for linux/amd64 only. On arm64 such a container ends with
            # "exec format error" (Docker documentation, "Multi-platform builds").
            raise ValueError(
                f"instance_types has {', '.join(graviton)}, which are arm64, but the environment's images are built "
                "for x86 (linux/amd64): no job could start. Name x86 types, such as m7i or c7i"
            )
        if self.accelerator == "gpu":
            without = [
                name for name in self.instance_types if any(one.gpus == 0 for one in instance_types([name]))
            ]
            if without:
                raise ValueError(
                    f'accelerator = "gpu", and {", ".join(without)} has no NVIDIA GPU: jobs with GPUs would never '
                    "start. Name types with GPUs, such as g5 or g6"
                )
        return self

    @model_validator(mode="after")
    def _check_purchase_of_multi_node_pools(self) -> Self:
        if self.nodes > 1 and self.purchase == "spot":
            raise ValueError(
                "a pool with more than one node per job must be on-demand: Batch does not run multi-node jobs on spot"
            )
        return self


class Compute(Section):
    """Training compute on AWS Batch, and the repository of its container images."""

    protected: Annotated[bool, IN_PLACE]
    """Whether Terraform refuses to destroy the repository of job images while it contains images. Defaults to the
    tier's value."""

    pools: Annotated[
        tuple[Pool, ...],
        AfterValidator(_without_duplicates),
        Change(
            effect="deleted",
            how="The queue of a removed pool is deleted with the jobs that wait in it: wait until it is empty.",
            case="removed",
        ),
        IN_PLACE,
    ]
    """The pools that jobs can run in. Defaults to the tier's pools, one with CPUs and one with GPUs."""

    images: Annotated[
        Images,
        Change(
            effect="deleted",
            how="The job definition of a removed image is deregistered: pipelines that name it fail.",
            case="removed",
        ),
        IN_PLACE,
    ] = Field(default_factory=dict)
    """Images that jobs can use besides the base image, by name: a tag of the environment's own repository, in which
    tags are immutable, or any image with its digest. Each needs Python and Terrarium. Defaults to none."""

    job_hours: Annotated[int, Field(ge=1, le=336), IN_PLACE] = 24
    """Hours after which an attempt of a job is terminated, unless the job sets another limit. Defaults to 24."""

    log_retention_days: Annotated[LogRetentionDays, IN_PLACE]
    """Days that the logs of jobs are kept. Defaults to the tier's value."""

    @property
    def spans_nodes(self) -> bool:
        """True if a pool runs jobs of more than one node."""
        return any(pool.nodes > 1 for pool in self.pools)
