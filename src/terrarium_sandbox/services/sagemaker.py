"""SageMaker: all settings and updates of notebooks, tags and updates of lifecycle configurations."""

from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.sagemaker.models import FakeSagemakerNotebookInstance, SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]

_KIND = "notebook-instance-lifecycle-config/"
_FORGOTTEN = ("InstanceMetadataServiceConfiguration", "PlatformIdentifier")
# Source: SageMaker API model, CreateNotebookInstanceInput.PlatformIdentifier.
_DEFAULTS = {"PlatformIdentifier": "notebook-al2023-v1"}
_CHANGED = {
    "InstanceType": "instance_type",
    "LifecycleConfigName": "lifecycle_config_name",
    "RoleArn": "role_arn",
    "RootAccess": "root_access",
    "VolumeSizeInGB": "volume_size_in_gb",
}


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Correct moto's SageMaker."""
    _tag_lifecycle_configurations()
    _change_lifecycle_configurations()
    _keep_settings_of_notebooks()


def _tag_lifecycle_configurations() -> None:
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

    patch(
        SageMakerModelBackend,
        "_get_resource_from_arn",
        get_resource_from_arn,
        reason="moto has no tags of lifecycle configurations.",
    )
    patch(
        SageMakerResponse,
        "create_notebook_instance_lifecycle_config",
        create_tagged,
        reason="moto ignores the tags of a new lifecycle configuration.",
    )


def _change_lifecycle_configurations() -> None:
    """Add the update: the script names the release of the SDK, and so changes with every upgrade."""

    def update(self: SageMakerResponse) -> EmptyResult:
        name = self._get_param("NotebookInstanceLifecycleConfigName")
        self.sagemaker_backend.describe_notebook_instance_lifecycle_config(name)  # raises if there is none
        configuration = self.sagemaker_backend.notebook_instance_lifecycle_configurations[name]
        for parameter, attribute in (("OnCreate", "on_create"), ("OnStart", "on_start")):
            scripts = self._get_param(parameter)
            if scripts is not None:
                setattr(configuration, attribute, scripts)
        configuration.last_modified_time = utcnow()
        return EmptyResult()

    patch(
        SageMakerResponse,
        "update_notebook_instance_lifecycle_config",
        update,
        reason="moto has no UpdateNotebookInstanceLifecycleConfig.",
        adds=True,
    )


def _keep_settings_of_notebooks() -> None:
    create = SageMakerResponse.create_notebook_instance
    describe = FakeSagemakerNotebookInstance.to_dict

    def create_whole(self: SageMakerResponse) -> ActionResult:
        answer = create(self)
        _keep_forgotten(self)
        return answer

    def describe_whole(self: FakeSagemakerNotebookInstance) -> dict[str, Any]:
        return {**_DEFAULTS, **describe(self), **vars(self).get("terrarium_kept", {})}

    def update(self: SageMakerResponse) -> EmptyResult:
        notebook = _keep_forgotten(self)
        for parameter, attribute in _CHANGED.items():
            value = self._get_param(parameter)
            if value is not None:
                setattr(notebook, attribute, value)
        return EmptyResult()

    patch(
        SageMakerResponse,
        "create_notebook_instance",
        create_whole,
        reason="moto ignores InstanceMetadataServiceConfiguration and PlatformIdentifier.",
    )
    patch(
        FakeSagemakerNotebookInstance,
        "to_dict",
        describe_whole,
        reason="moto returns no InstanceMetadataServiceConfiguration and no PlatformIdentifier.",
    )
    patch(
        SageMakerResponse,
        "update_notebook_instance",
        update,
        reason="moto has no UpdateNotebookInstance.",
        adds=True,
    )


def _keep_forgotten(self: SageMakerResponse) -> FakeSagemakerNotebookInstance:
    notebook = self.sagemaker_backend.get_notebook_instance(self._get_param("NotebookInstanceName"))
    kept = vars(notebook).setdefault("terrarium_kept", {})
    kept.update({name: self._get_param(name) for name in _FORGOTTEN if self._get_param(name) is not None})
    return notebook
