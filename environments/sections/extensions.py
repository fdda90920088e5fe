"""The section `extensions`."""

import warnings
from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from environments.change import IN_PLACE, Change
from environments.sections.section import Name, Section

__all__ = ["Extension"]


def _without_templates(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for path, text in _texts(config):
        if "${" in text or "%{" in text:
            raise ValueError(f"text without ${{ and %{{, which Terraform would evaluate: {path} has them")
    return config


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}" if path else key)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}.{index}")


with warnings.catch_warnings():
    # pydantic's own `construct` is deprecated (its name is `model_construct`), and nothing calls it.
    warnings.filterwarnings("ignore", message='Field name "construct"')

    class Extension(Section):
        """A construct of your company, which is deployed with the environment."""

        name: Annotated[
            Name,
            Change(
                effect="deleted", how="It would be another extension: the resources of this one are deleted."
            ),
        ]
        """The name: up to 16 lower-case letters, digits and dashes. It is a part of the names of its resources, and the
        key in `lab.extensions`. Required."""

        construct: Annotated[  # type: ignore[assignment] # it hides the method of pydantic
            Annotated[str, Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*$")],
            Change(effect="in place", how="Resources that the other construct does not have are deleted."),
        ]
        """The subclass of `modules.extensions.Extension`, as `package.module:Class`. The package is installed, or lies
        in the folder that contains the folder of the environments' files. Required."""

        config: Annotated[Annotated[Mapping[str, Any], AfterValidator(_without_templates)], IN_PLACE] = {}
        """The fields that the construct's own model defines. Defaults to none."""
