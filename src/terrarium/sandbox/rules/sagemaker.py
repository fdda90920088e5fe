"""Rules of SageMaker."""

from terrarium.sandbox.rules.rule import Request, Rule, rule
from terrarium.sandbox.rules.trusted_service import trusts

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


RULES: tuple[Rule, ...] = (notebook_role, notebook_internet)
