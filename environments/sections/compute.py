"""The section `compute`."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, model_validator

from environments.sections.section import LogRetentionDays, Name, Section
from terrarium.instance_types import instance_types
from terrarium.manifest import BASE_IMAGE, Accelerator, Purchase

__all__ = ["Compute", "Pool"]

# a1, and `g` after the generation (EC2 User Guide, "Instance type naming conventions").
_GRAVITON = re.compile(r"a1(\..+)?|[a-z]+\d+g[a-z]*(-[a-z0-9]+)?(\..+)?")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
_BY_DIGEST = re.compile(r"[a-z0-9][A-Za-z0-9._:/-]*@sha256:[0-9a-f]{64}")


def _named_once(pools: "tuple[Pool, ...]") -> "tuple[Pool, ...]":
    # Not by `min_length`, which would count pools with a problem of their own as missing.
    if not pools:
        raise ValueError("must name at least one pool")
    names = [pool.name for pool in pools]
    if len(names) != len(set(names)):
        raise ValueError(f"must name every pool once, not {', '.join(names)}")
    return pools


def _pinned(image: str) -> str:
    if image == "latest" or not (_TAG.fullmatch(image) or _BY_DIGEST.fullmatch(image)):
        raise ValueError(
            "must be a tag (not `latest`) of the environment's own repository, such as pytorch-1, "
            f"or name any image by its digest, as in registry/name@sha256:…, not {image!r}"
        )
    return image


def _base_is_taken(images: "dict[str, str]") -> "dict[str, str]":
    if BASE_IMAGE in images:
        raise ValueError(f"must not name {BASE_IMAGE!r}, which is the kit's own image")
    return images


Images = Annotated[dict[Name, Annotated[str, AfterValidator(_pinned)]], AfterValidator(_base_is_taken)]


class Pool(Section):
    """One Batch compute environment and the queue in front of it. It costs nothing while no job runs."""

    name: Name
    """What jobs ask for. Required."""

    accelerator: Accelerator = "none"
    """Whether its instances have NVIDIA GPUs, and the image that drives them. Omitted: `none`."""

    purchase: Purchase = "spot"
    """Spot costs about a third and can be reclaimed at two minutes' notice: jobs are retried. Omitted: `spot`."""

    instance_types: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z0-9-]+)?$")], ...], Field(min_length=1)
    ]
    """Instance families (`m7i`) or types (`g5.xlarge`) to choose from. Required."""

    maximum_vcpus: Annotated[int, Field(ge=1, le=10000)]
    """vCPUs that the pool stops adding instances at. Required.

    Batch may exceed it by one instance to place a waiting job, and an instance of a family such as `g6` can have 192
    vCPUs: name types (`g6.xlarge`) to bound the cost of a pool closely.
    """

    disk_gib: Annotated[int, Field(ge=30, le=16384)] = 100
    """GiB of encrypted disk per instance. Omitted: 100."""

    nodes: Annotated[int, Field(ge=1, le=64)] = 1
    """Instances that one multi-node job may span. Omitted: 1.

    More than 1 needs `on-demand`, and `network.egress` other than `public-addresses`.
    """

    runnable_minutes: Annotated[int, Field(ge=10, le=1440)] = 60
    """Minutes that a job which no instance can be had for may wait before it is cancelled. Omitted: 60."""

    @model_validator(mode="after")
    def _one_kind_of_machine(self) -> Self:
        # "arm-based instance type cannot be used with other instance types" (CreateComputeEnvironment; aws-cdk issue
        # 31148).
        graviton = [name for name in self.instance_types if _GRAVITON.fullmatch(name)]
        others = [name for name in self.instance_types if name not in graviton]
        if graviton and others:
            raise ValueError(
                f"instance_types mixes arm64 ({', '.join(graviton)}) and x86 ({', '.join(others)}), "
                "which Batch refuses: make a pool for each"
            )
        if graviton:
            # `operations/images/engine.py` builds for linux/amd64 only. On arm64 such a container ends with
            # "exec format error" (Docker documentation, "Multi-platform builds").
            raise ValueError(
                f"instance_types has {', '.join(graviton)}, which are arm64, and the environment's images are built "
                "for x86 (linux/amd64): no job could start. Name x86 types, such as m7i or c7i"
            )
        if self.accelerator == "gpu":
            without = [
                name for name in self.instance_types if any(one.gpus == 0 for one in instance_types([name]))
            ]
            if without:
                raise ValueError(
                    f'accelerator = "gpu", and {", ".join(without)} has no NVIDIA GPU: jobs with GPUs would wait for '
                    "ever. Name types with GPUs, such as g5 or g6"
                )
        return self

    @model_validator(mode="after")
    def _nodes_stay(self) -> Self:
        if self.nodes > 1 and self.purchase == "spot":
            raise ValueError(
                "a pool with more than one node per job must be on-demand: Batch runs none on spot"
            )
        return self


class Compute(Section):
    """Training compute on AWS Batch, and the repository of its container images."""

    protected: bool
    """Whether Terraform refuses to destroy the repository of job images while it holds images. Defaults to the tier's
    value."""

    pools: Annotated[tuple[Pool, ...], AfterValidator(_named_once)]
    """The pools that jobs can run in. Omitted: by tier, one of CPUs and one of GPUs."""

    images: Images = Field(default_factory=dict)
    """Images that jobs can name besides the base image: a tag of the environment's own repository, whose tags never
    move, or any image by its digest; each needs Python and Terrarium. Omitted: none."""

    job_hours: Annotated[int, Field(ge=1, le=336)] = 24
    """Hours that an attempt of a job may take unless it says otherwise. Omitted: 24."""

    log_retention_days: LogRetentionDays
    """Days that the logs of jobs are kept. Omitted: by tier."""

    @property
    def spans_nodes(self) -> bool:
        """Whether a pool runs jobs of more than one node."""
        return any(pool.nodes > 1 for pool in self.pools)
