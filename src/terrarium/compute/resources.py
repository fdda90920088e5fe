"""Resources that a job requests."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, ValidationError, model_validator

from terrarium.compute.errors import JobRequestError
from terrarium.plain_text import shown

__all__ = ["Resources"]

_LARGEST = 2**31 - 1  # integers of Batch's API have 32 bits


class Resources(BaseModel):
    """Resources of each node of a job, or of each job of an array.

    Attributes:
        vcpus: Number of vCPUs.
        memory: Memory in MiB; a process that uses more is killed.
        gpus: Number of GPUs.
        nodes: Number of machines; more than one makes a multi-node job.

    Example:
        >>> terrarium.Resources(vcpus=8, memory=30_000, gpus=1)
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    vcpus: Annotated[int, Field(ge=1, le=_LARGEST)] = 1
    memory: Annotated[int, Field(ge=4, le=_LARGEST)] = 2048
    gpus: Annotated[int, Field(ge=0, le=_LARGEST)] = 0
    nodes: Annotated[int, Field(ge=1, le=_LARGEST)] = 1

    @model_validator(mode="wrap")
    @classmethod
    def _in_words(cls, given: Any, handler: ModelWrapValidatorHandler["Resources"]) -> "Resources":
        try:
            return handler(given)
        except ValidationError as error:
            problems = "; ".join(
                f"{'.'.join(map(str, one['loc']))} is {shown(one['input'])}: {one['msg']}"
                for one in error.errors()
            )
            raise JobRequestError(
                f"no machine has such resources: {problems}",
                remedy="give vcpus of 1 or more, memory in MiB of 4 or more, gpus of 0 or more, nodes of 1 or more",
            ) from error

    def __str__(self) -> str:
        """Return a text such as `2 vCPUs, 4096 MiB`."""
        gpus = f", {self.gpus} GPUs" if self.gpus else ""
        nodes = f" on each of {self.nodes} nodes" if self.nodes > 1 else ""
        return f"{self.vcpus} vCPUs, {self.memory} MiB{gpus}{nodes}"
