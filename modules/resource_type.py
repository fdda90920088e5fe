"""`ResourceType`: what the kit's checks and commands need to know about a Terraform type that only an extension uses.

It needs no bindings of the provider, so that `policies` and `operations` can read it from a synthesized stack.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["Cost", "ImportLookup", "PlannedEffect", "ResourceType"]


class _Declaration(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cost(NamedTuple):
    """USD per month at list prices: deployed and unused, and used by a team of five."""

    idle: float
    typical: float


class PlannedEffect(_Declaration):
    """The cost of a deletion or replacement, as `terrarium plan` warns of it."""

    consequence: Literal["data-loss", "interruption", "protection"]
    text: Annotated[str, Field(min_length=10)]
    """The effect on users, as a sentence without a full stop."""


class ImportLookup(_Declaration):
    """The request by which `terrarium recover` finds the object of a resource.

    Texts are templates: `{name}` is the argument `name` of the resource; `{account}`, `{region}` and `{environment}`
    are those of the environment.
    """

    service: str
    """The service, as boto3 calls it."""

    operation: str
    """The method of boto3's client."""

    request: Mapping[str, Any]
    """Its arguments."""

    found: str = "@"
    """JMESPath of what the answer must contain: the id that AWS assigned."""

    import_id: str = "{found}"
    """The id that Terraform imports by; `{found}` is the value of `found`."""

    absent: tuple[str, ...] = ()
    """Error codes that mean that the object does not exist, if the code itself does not state it."""


class ResourceType(_Declaration):
    """A Terraform type that the kit itself does not use."""

    cloudformation: Annotated[str, Field(pattern=r"^AWS::\w+::\w+$")]
    """The same type in CloudFormation. Its handlers state what CI's roles must be allowed to call."""

    operations: tuple[str, ...] = ()
    """The API operations with which the provider creates it, as `lambda.CreateFunction`: its values are checked against
    their models. Defaults to none: only CloudFormation's schema is checked."""

    name_argument: str | None = None
    """The argument with the physical name. Defaults to none: AWS assigns the name."""

    arn: str | None = None
    """Its ARN, as `arn:aws:lambda:{region}:{account}:function:{name}`. Required to check grants that name it by a
    reference. Defaults to none."""

    deleted: PlannedEffect | None
    """The cost of its deletion; None if nothing that is in use depends on it."""

    replaced: PlannedEffect | None
    """The cost of its replacement."""

    lookup: ImportLookup | None = None
    """How `terrarium recover` finds it. Defaults to none: it is imported by hand."""

    sandbox: Literal["real", "emulated", "recorded"]
    """What the sandbox does for it: its data plane runs, its API behaves as on AWS, or only settings are stored."""

    only_aws_proves: Annotated[str, Field(min_length=5)]
    """What a deployment to the sandbox does not prove."""
