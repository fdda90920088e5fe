"""Rules of SageMaker."""

from moto.sagemaker.models import sagemaker_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule
from terrarium_sandbox.rules.same_network import foreign_security_group
from terrarium_sandbox.rules.trusted_service import trusts

__all__ = ["RULES"]

_MODEL = "SageMaker API model (botocore)"


@rule(
    "notebook-role",
    on=("sagemaker:CreateNotebookInstance", "sagemaker:UpdateNotebookInstance"),
    code="ValidationException",
    source=f"{_MODEL}, CreateNotebookInstanceInput.RoleArn: must allow SageMaker to assume it",
)
def notebook_role(request: Request) -> str | None:
    """The role of a notebook instance must trust SageMaker."""
    role = request.get("RoleArn") or ""
    if role.count(":") < 5 or trusts(role, "sagemaker.amazonaws.com"):
        return None
    return (
        f"Could not assume role {role}. Please ensure that the role exists and allows principal "
        "'sagemaker.amazonaws.com' to assume the role."
    )


@rule(
    "notebook-internet",
    on=("sagemaker:CreateNotebookInstance",),
    code="ValidationException",
    source=f"{_MODEL}, CreateNotebookInstanceInput.DirectInternetAccess: only with a SubnetId",
)
def notebook_internet(request: Request) -> str | None:
    """A notebook instance without direct internet access must be in a subnet."""
    if request.get("DirectInternetAccess") != "Disabled" or request.get("SubnetId"):
        return None
    return "DirectInternetAccess can be set to Disabled only if a SubnetId is specified"


@rule(
    "notebook-security-groups-in-its-vpc",
    on=("sagemaker:CreateNotebookInstance",),
    code="ValidationException",
    source=f"{_MODEL}, CreateNotebookInstanceInput.SecurityGroupIds: must be for the same VPC as the subnet",
)
def notebook_security_groups_in_its_vpc(request: Request) -> str | None:
    """The security groups of a notebook instance must be of the VPC of its subnet."""
    foreign = foreign_security_group(
        request, subnets=[request.get("SubnetId", "")], groups=request.get("SecurityGroupIds", ())
    )
    if foreign is None:
        return None
    return f"The security group {foreign[0]} is not for the VPC {foreign[2]} of the subnet"


@rule(
    "notebook-platform",
    on=("sagemaker:CreateNotebookInstance", "sagemaker:StartNotebookInstance"),
    code="ValidationException",
    source="Amazon SageMaker Developer Guide, Amazon Linux 2 notebook instances, AL2 Maintenance Phase Plan",
)
def notebook_platform(request: Request) -> str | None:
    """A notebook instance on Amazon Linux or Amazon Linux 2 cannot be created or started since July 2026."""
    notebooks = request.backend(sagemaker_backends).notebook_instances
    stored = getattr(notebooks.get(request.get("NotebookInstanceName")), "terrarium_kept", {})
    platform = request.get("PlatformIdentifier") or stored.get("PlatformIdentifier") or ""
    if not platform.startswith(("notebook-al1-", "notebook-al2-")):
        return None
    return f"The platform identifier {platform} is no longer supported. Use notebook-al2023-v1 or a later one"


@rule(
    "notebook-disk-shrinks",
    on=("sagemaker:UpdateNotebookInstance",),
    code="ValidationException",
    source=f"{_MODEL}, UpdateNotebookInstanceInput.VolumeSizeInGB: you can't decrease the volume size",
)
def notebook_disk_shrinks(request: Request) -> str | None:
    """The disk of a notebook instance cannot shrink."""
    notebook = request.backend(sagemaker_backends).notebook_instances.get(request.get("NotebookInstanceName"))
    size, wanted = getattr(notebook, "volume_size_in_gb", None), request.get("VolumeSizeInGB")
    if size is None or wanted is None or wanted >= size:
        return None
    return f"Cannot decrease the volume size of a notebook instance: it is {size} GB, not {wanted} GB"


RULES: tuple[Rule, ...] = (
    notebook_role,
    notebook_internet,
    notebook_security_groups_in_its_vpc,
    notebook_platform,
    notebook_disk_shrinks,
)
