"""The section `compute`."""

import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from environments.change import IN_PLACE, Change
from environments.sections.section import LogRetentionDays, Name, Section
from terrarium.instance_types import architectures_of, instance_types, nearest_names, unknown_names
from terrarium.manifest import BASE_IMAGE, Accelerator, Architecture, LaunchType, Purchase

__all__ = ["Compute", "Pool"]

# EC2 takes 16 KB of user data (Amazon EC2 User Guide), of which Batch needs a part for its own.
_LONGEST_USER_DATA: Final = 12_000
_FARGATE_DISK: Final = range(20, 201)  # GiB; ECS adds to the 20 GiB that each task has
_EC2_DISK: Final = 30  # GiB; the smallest root volume of the ECS-optimized images
# Batch's image with NVIDIA drivers supports neither these nor Graviton (Batch API, Ec2Configuration, imageType); G4ad
# has GPUs of AMD.
_WITHOUT_DRIVER: Final = ("g2", "g3", "g3s", "g4ad", "p2", "p3", "p3dn")
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


def _known_instance_types(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in unknown_names(names):
        near = nearest_names(name)
        hint = f", such as {' or '.join(near)}" if near else ", such as m7i, c7i.4xlarge or g6"
        raise ValueError(f"must be instance types or families of EC2{hint}, not {name!r}")
    return names


def _mime_part(text: str) -> str:
    # Batch merges user data of launch templates with its own, as a part of a MIME multi-part archive (AWS Batch User
    # Guide, "Amazon EC2 user data in launch templates"). The part's type follows from its first line (cloud-init).
    if not text.startswith(("#!", "#cloud-config")):
        raise ValueError("must begin with #! (a script) or #cloud-config")
    if len(text.encode()) > _LONGEST_USER_DATA:
        raise ValueError(f"must have at most {_LONGEST_USER_DATA:,} bytes, not {len(text.encode()):,}")
    return text


def _weights(shares: "dict[str, float]") -> "dict[str, float]":
    for share in shares:
        # "The list of share identifiers in a fair-share policy can't overlap" (Batch API, ShareAttributes).
        covering = [other for other in shares if other != share and _covers(other, share)]
        if covering:
            raise ValueError(f"must not overlap, but {covering[0]!r} covers {share!r}")
    return shares


def _covers(pattern: str, share: str) -> bool:
    return pattern.endswith("*") and share.rstrip("*").startswith(pattern[:-1])


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

    launch_type: Annotated[
        LaunchType,
        Change(
            effect="refused",
            how="A queue belongs to EC2 or to Fargate: add a pool with another name, and remove this one when its "
            "queue is empty.",
        ),
    ] = "ec2"
    """`fargate` runs each job on Fargate: it starts in about a minute, has one of Fargate's sizes of up to 32 vCPUs and
    244 GiB, and neither GPUs nor several nodes. `ec2` runs jobs on instances of `instance_types`. Defaults to `ec2`."""

    cpu_architecture: Annotated[Architecture | None, IN_PLACE] = None
    """The processor architecture of a pool on Fargate. That of a pool on EC2 follows from its instance types. Defaults
    to `x86_64`."""

    accelerator: Annotated[
        Accelerator,
        _JOBS_CONTINUE,
    ] = "none"
    """`gpu`: instances with NVIDIA GPUs and the machine image with their drivers. `neuron`: instances with Trainium or
    Inferentia, whose jobs get all Neuron devices of the instance. Defaults to `none`."""

    purchase: Annotated[
        Purchase,
        _JOBS_CONTINUE,
    ] = "spot"
    """Spot costs about a third, and AWS can reclaim instances and tasks with two minutes' notice: their jobs are
    retried. Defaults to `spot`."""

    instance_types: Annotated[
        tuple[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*(\.[a-z0-9-]+)?$")], ...],
        AfterValidator(_known_instance_types),
        _JOBS_CONTINUE,
    ] = ()
    """Instance families (`m7i`) or types (`g5.xlarge`) that Batch can start, of one architecture. Required, except on
    Fargate, which has none."""

    maximum_vcpus: Annotated[int, Field(ge=1, le=10000), IN_PLACE]
    """The most vCPUs of all instances, or of all jobs on Fargate, together. Required.

    Batch may exceed it by one instance to place a waiting job, and an instance of a family such as `g6` can have 192
    vCPUs: to limit the cost of a pool closely, name types (`g6.xlarge`).
    """

    disk_gib: Annotated[
        int,
        Field(ge=20, le=16384),
        _JOBS_CONTINUE,
    ] = 100
    """GiB of encrypted disk per instance, or of each job on Fargate (20 to 200). Defaults to 100, and to 20 on
    Fargate."""

    ami: Annotated[
        Annotated[str, Field(pattern=r"^(ami-[0-9a-f]{8,17}|/[A-Za-z0-9_.\-/]{1,1010})$")] | None,
        _JOBS_CONTINUE,
    ] = None
    """The machine image of the instances: its id, or the path of a parameter of the Systems Manager with its id, which
    each deployment reads. It needs Docker and the container agent of ECS, the instances' architecture, and drivers for
    their accelerators. Defaults to the newest ECS-optimized image of AWS for the accelerator."""

    root_device: Annotated[str, Field(pattern=r"^/dev/[a-z0-9]{2,12}$"), _JOBS_CONTINUE] = "/dev/xvda"
    """The name of the root device of `ami`, to which `disk_gib` applies. Defaults to that of Amazon Linux."""

    user_data: Annotated[Annotated[str, AfterValidator(_mime_part)] | None, _JOBS_CONTINUE] = None
    """A script (`#!/bin/bash …`) or cloud-init configuration (`#cloud-config …`) that instances run as root when they
    start, before their first job. Everyone who may read launch templates can read it. Defaults to none."""

    nodes: Annotated[
        int,
        Field(ge=1, le=64),
        _JOBS_CONTINUE,
    ] = 1
    """The most instances of one multi-node job. Defaults to 1.

    More than 1 requires `on-demand`, and `network.egress` other than `public-addresses`.
    """

    interconnect: Annotated[Literal["standard", "placement-group", "efa"], _JOBS_CONTINUE] = "standard"
    """How the nodes of a job are connected. `placement-group`: instances start close to each other, in one zone. `efa`:
    they also have an Elastic Fabric Adapter on each network card, for NCCL and MPI. Defaults to `standard`."""

    zone: Annotated[int | None, Field(ge=0, le=5), _JOBS_CONTINUE] = None
    """The number of the availability zone in which instances start, from 0, in the order of the subnets. Defaults to
    all zones, and to 0 with another interconnect than `standard`."""

    capacity_reservation: Annotated[
        Annotated[
            str,
            Field(
                pattern=r"^(cr-[0-9a-f]{8,17}|arn:[a-z-]+:resource-groups:[a-z0-9-]+:\d{12}:group/[A-Za-z0-9_.\-/]+)$"
            ),
        ]
        | None,
        _JOBS_CONTINUE,
    ] = None
    """The on-demand capacity reservation that instances use, or the ARN of a resource group of several: they start
    there or not at all. It costs the same without instances, and is of another stack. Defaults to none."""

    runnable_minutes: Annotated[int, Field(ge=10, le=1440), IN_PLACE] = 60
    """Minutes after which a job is cancelled if no instance can be started for it. Defaults to 60."""

    @model_validator(mode="before")
    @classmethod
    def _add_defaults_of_fargate(cls, given: Any) -> Any:
        if isinstance(given, Mapping) and given.get("launch_type") == "fargate":
            return {"disk_gib": _FARGATE_DISK[0], "cpu_architecture": "x86_64", **given}
        return given

    @property
    def architecture(self) -> Architecture:
        """The processor architecture of its instances or tasks."""
        if self.launch_type == "fargate":
            return self.cpu_architecture or "x86_64"
        return "arm64" if any("arm64" in architectures_of(name) for name in self.instance_types) else "x86_64"

    @property
    def has_job_definitions(self) -> bool:
        """True if its jobs need other definitions: on Fargate, on arm64, with devices of Neuron or of EFA."""
        return (
            self.launch_type == "fargate"
            or self.architecture == "arm64"
            or self.accelerator == "neuron"
            or self.interconnect == "efa"
        )

    @property
    def neuron_devices(self) -> int:
        """The number of Neuron devices that each of its instance types has at least."""
        return min((kind.neuron_devices for kind in instance_types(self.instance_types)), default=1)

    @property
    def efa_interfaces(self) -> int:
        """The number of Elastic Fabric Adapters of each of its instances."""
        if self.interconnect != "efa":
            return 0
        return min((kind.efa_interfaces for kind in instance_types(self.instance_types)), default=1)

    @property
    def network_cards(self) -> int:
        """The number of network cards of each of its instances."""
        return min((kind.network_cards for kind in instance_types(self.instance_types)), default=1)

    @model_validator(mode="after")
    def _check_launch_type(self) -> Self:
        if self.launch_type == "ec2":
            if not self.instance_types:
                raise ValueError("instance_types is missing: name types or families of EC2, such as m7i")
            if self.cpu_architecture not in (None, self.architecture):
                raise ValueError(
                    f'cpu_architecture = "{self.cpu_architecture}", but {", ".join(self.instance_types)} are '
                    f"{self.architecture}: leave it out, it follows from instance_types"
                )
            if self.disk_gib < _EC2_DISK:
                raise ValueError(f"disk_gib must be {_EC2_DISK} or more: the machine image needs it")
            return self
        # Source: AWS Batch User Guide, "Fargate compute environments" and "Job definitions on Fargate".
        refused = {
            "instance_types": bool(self.instance_types),
            "accelerator": self.accelerator != "none",
            "nodes": self.nodes > 1,
            "ami": self.ami is not None,
            "root_device": self.root_device != "/dev/xvda",
            "user_data": self.user_data is not None,
            "capacity_reservation": self.capacity_reservation is not None,
        }
        if any(refused.values()):
            given = ", ".join(name for name, is_given in refused.items() if is_given)
            raise ValueError(
                f'launch_type = "fargate" does not go with {given}: Fargate has no instances, accelerators or '
                'multi-node jobs. Leave it out, or set launch_type = "ec2"'
            )
        if self.disk_gib not in _FARGATE_DISK:
            raise ValueError(
                f"disk_gib must be between {_FARGATE_DISK[0]} and {_FARGATE_DISK[-1]} on Fargate, not {self.disk_gib}"
            )
        return self

    @model_validator(mode="after")
    def _check_instance_types(self) -> Self:
        # "arm-based instance type cannot be used with other instance types" (CreateComputeEnvironment; aws-cdk issue
        # 31148).
        graviton = [name for name in self.instance_types if "arm64" in architectures_of(name)]
        others = [name for name in self.instance_types if name not in graviton]
        if graviton and others:
            raise ValueError(
                f"instance_types mixes arm64 ({', '.join(graviton)}) and x86 ({', '.join(others)}), "
                "which Batch refuses: use a pool for each"
            )
        if self.accelerator == "gpu":
            self._check_gpus(graviton)
        elif self.accelerator == "neuron":
            self._check_neuron_devices()
        else:
            self._check_no_accelerators()
        return self

    def _check_gpus(self, graviton: list[str]) -> None:
        # Batch's image with NVIDIA drivers is "for all non AWS Graviton-based instance types" (Batch API,
        # Ec2Configuration, imageType).
        old = [name for name in self.instance_types if name.partition(".")[0] in _WITHOUT_DRIVER]
        unsupported = [*graviton, *(() if self.ami else old)]
        if unsupported:
            raise ValueError(
                f'accelerator = "gpu", and {", ".join(unsupported)} does not work with the machine image of Batch '
                "with NVIDIA drivers. Name other types with GPUs, such as g5, g6 or p5"
            )
        without = [
            name for name in self.instance_types if any(one.gpus == 0 for one in instance_types([name]))
        ]
        if without:
            raise ValueError(
                f'accelerator = "gpu", and {", ".join(without)} has no NVIDIA GPU: jobs with GPUs would never '
                "start. Name types with GPUs, such as g5, g6 or p5"
            )

    def _check_neuron_devices(self) -> None:
        without = [
            name
            for name in self.instance_types
            if not all(one.neuron_devices for one in instance_types([name])) or not instance_types([name])
        ]
        if without:
            raise ValueError(
                f'accelerator = "neuron", and {", ".join(without)} has no Neuron device. Name types of trn1, trn2 or '
                "inf2"
            )
        counts = {one.neuron_devices for one in instance_types(self.instance_types)}
        if len(counts) > 1:
            # The job definition names the devices, and a container does not start without one of them.
            raise ValueError(
                f"instance_types have {' and '.join(map(str, sorted(counts)))} Neuron devices, and a job gets all of "
                "its instance: use a pool for each number, such as trn1.2xlarge, or trn1.32xlarge"
            )

    def _check_no_accelerators(self) -> None:
        for accelerator, unit in (("gpu", "gpus"), ("neuron", "neuron_devices")):
            with_them = [
                name
                for name in self.instance_types
                if any(getattr(one, unit) for one in instance_types([name]))
            ]
            if with_them:
                raise ValueError(
                    f'accelerator = "none", and {", ".join(with_them)} has accelerators, which no job could use: set '
                    f'accelerator = "{accelerator}", or name types without them, such as m7i or c7i'
                )

    @model_validator(mode="after")
    def _check_interconnect(self) -> Self:
        if self.interconnect == "standard":
            return self
        if self.nodes == 1:
            raise ValueError(
                f'interconnect = "{self.interconnect}" is about the nodes of multi-node jobs: set nodes to the most '
                "nodes of a job, or leave it out"
            )
        if self.interconnect == "efa":
            self._check_adapters()
        return self

    def _check_adapters(self) -> None:
        kinds = instance_types(self.instance_types)
        without = [kind.name for kind in kinds if kind.efa_interfaces == 0]
        if without:
            raise ValueError(
                f'interconnect = "efa", and {", ".join(without)} has no Elastic Fabric Adapter: name types that have '
                "one, such as p4d.24xlarge, p5.48xlarge, g6.48xlarge or c7i.48xlarge"
            )
        # The launch template names each network card, and an instance does not start without one of them.
        counts = {(kind.efa_interfaces, kind.network_cards) for kind in kinds}
        if len(counts) > 1:
            described = " and ".join(str(interfaces) for interfaces, _ in sorted(counts))
            raise ValueError(
                f"instance_types have {described} Elastic Fabric Adapters: use a pool for each number, such as "
                "p4d.24xlarge, or p5.48xlarge"
            )

    @model_validator(mode="after")
    def _check_capacity_reservation(self) -> Self:
        if self.capacity_reservation is None:
            return self
        if self.purchase == "spot":
            raise ValueError(
                'capacity_reservation needs purchase = "on-demand": spot instances use no reservation'
            )
        if (
            self.capacity_reservation.startswith("cr-")
            and self.zone is None
            and self.interconnect == "standard"
        ):
            raise ValueError(
                "capacity_reservation needs zone: a reservation is in one availability zone, and instances of other "
                "zones would not start"
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

    image_architectures: Annotated[dict[Name, tuple[Architecture, ...]], IN_PLACE] = Field(
        default_factory=dict
    )
    """The processor architectures that images are built for, by the name of the image. Jobs in an image run only in
    pools of its architectures. Defaults to `["x86_64"]` for each image; the base image has those of all pools."""

    share_weights: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[A-Za-z0-9]{0,255}\*?$", min_length=1)],
            Annotated[float, Field(ge=0.0001, le=999.9999)],
        ],
        AfterValidator(_weights),
        Field(max_length=500),
        IN_PLACE,
    ] = Field(default_factory=dict)
    """Weights of users in the fair share, by share identifier: the letters and digits of the name of the user, or its
    beginning with an asterisk. Half the weight gives twice the compute. Defaults to 1 for everyone."""

    share_decay_seconds: Annotated[int, Field(ge=0, le=604_800), IN_PLACE] = 3600
    """The time in which past use counts in the fair share, with less weight the longer ago. 0 means 600. Defaults to
    3600."""

    share_reservation: Annotated[int, Field(ge=0, le=99), IN_PLACE] = 10
    """Percent of each pool that are kept free for users who have no job there, raised to the power of the number of
    users who have. Defaults to 10."""

    job_hours: Annotated[int, Field(ge=1, le=336), IN_PLACE] = 24
    """Hours after which an attempt of a job is terminated, unless the job sets another limit. Defaults to 24."""

    log_retention_days: Annotated[LogRetentionDays, IN_PLACE]
    """Days that the logs of jobs are kept. Defaults to the tier's value."""

    @property
    def spans_nodes(self) -> bool:
        """True if a pool runs jobs of more than one node."""
        return any(pool.nodes > 1 for pool in self.pools)

    @property
    def architectures(self) -> tuple[Architecture, ...]:
        """The architectures that the base image is built for: x86, on which the tunnel runs, and those of the pools."""
        return (
            ("x86_64", "arm64") if any(pool.architecture == "arm64" for pool in self.pools) else ("x86_64",)
        )

    def architectures_of_image(self, name: str) -> tuple[Architecture, ...]:
        """Return the architectures of an image, by the name with which jobs request it."""
        if name == BASE_IMAGE:
            return self.architectures
        return self.image_architectures.get(name, ("x86_64",))

    @model_validator(mode="after")
    def _check_image_architectures(self) -> Self:
        unknown = sorted(set(self.image_architectures) - set(self.images))
        if unknown:
            raise ValueError(
                f"image_architectures names {', '.join(unknown)}, which images does not; it has: "
                f"{', '.join(self.images) or 'none'}"
            )
        empty = sorted(name for name, architectures in self.image_architectures.items() if not architectures)
        if empty:
            raise ValueError(
                f"image_architectures of {', '.join(empty)} is empty: name x86_64, arm64 or both"
            )
        return self
