"""SageMaker: tags of notebooks' lifecycle configurations."""

from typing import Any

from moto.core.responses import ActionResult
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from terrarium.sandbox.host import Sandbox

__all__ = ["install"]

_KIND = "notebook-instance-lifecycle-config/"


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's SageMaker, which knows no tags of lifecycle configurations."""
    find = SageMakerModelBackend._get_resource_from_arn
    create = SageMakerResponse.create_notebook_instance_lifecycle_config

    def get_resource_from_arn(self: SageMakerModelBackend, arn: str) -> Any:
        _, kind, name = arn.partition(_KIND)
        if not kind:
            return find(self, arn)
        self.describe_notebook_instance_lifecycle_config(name)  # raises if there is none
        configuration = self.notebook_instance_lifecycle_configurations[name]
        vars(configuration).setdefault("tags", [])
        return configuration

    def create_tagged(self: SageMakerResponse) -> ActionResult:
        answer = create(self)
        name = self._get_param("NotebookInstanceLifecycleConfigName")
        configuration = self.sagemaker_backend.notebook_instance_lifecycle_configurations[name]
        vars(configuration)["tags"] = self._get_param("Tags") or []
        return answer

    SageMakerModelBackend._get_resource_from_arn = get_resource_from_arn  # type: ignore[method-assign] # the point of it
    SageMakerResponse.create_notebook_instance_lifecycle_config = create_tagged  # type: ignore[method-assign] # the same
