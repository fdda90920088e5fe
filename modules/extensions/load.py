"""Extensions that an environment's file names: their classes, configurations and declared permissions."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from constructs import Construct
from pydantic import ValidationError

from environments import Environment, InvalidEnvironmentError
from environments.import_path import ExtensionImportError, import_object
from environments.load import environment_file
from environments.problems import describe_problem
from modules.delivery.named_resources import Service
from modules.extensions.collaborators import Collaborators
from modules.extensions.extension import PREFIX, Extension, ExtensionConfig
from modules.iam.statement import Statement
from modules.names import Names

__all__ = ["LoadedExtension", "load_extensions"]


class LoadedExtension(NamedTuple):
    """An extension whose class is imported, and whose configuration is valid.

    Args:
        name: Its name in the environment's file.
        kind: Its class.
        config: Its validated configuration.
    """

    name: str
    kind: type[Extension]
    config: ExtensionConfig

    def for_roles(self, names: Names) -> tuple[Statement, ...]:
        """Return the statements that the permissions boundary of the platform's roles admits for it."""
        pattern = self._pattern(names)
        return tuple(
            statement
            for title, needed in zip(self._titles(), self.kind.permissions, strict=True)
            for statement in needed.of_roles(names, pattern=pattern, sid=title)
        )

    def for_delivery(self, names: Names) -> tuple[Service, ...]:
        """Return the permissions that CI's roles need for it."""
        pattern = self._pattern(names)
        return tuple(
            needed.of_delivery(title, pattern=pattern)
            for title, needed in zip(self._titles(), self.kind.permissions, strict=True)
        )

    def create(self, stack: Construct, collaborators: Collaborators) -> Extension:
        """Create the construct in the stack."""
        return self.kind(stack, f"{PREFIX}{self.name}", config=self.config, collaborators=collaborators)

    def _pattern(self, names: Names) -> str:
        return f"{names.pattern[:-1]}ext-{self.name}-*"

    def _titles(self) -> Sequence[str]:
        own = "".join(part.capitalize() for part in self.name.split("-"))
        services = [needed.service for needed in self.kind.permissions]
        return [
            f"Ext{own}{re.sub('[^a-z0-9]', '', service).capitalize()}"
            + (str(index) if services.count(service) > 1 else "")
            for index, service in enumerate(services)
        ]


def load_extensions(environment: Environment) -> tuple[LoadedExtension, ...]:
    """Import the extensions of an environment, and validate their configurations.

    Raises:
        environments.import_path.ExtensionImportError: A class cannot be imported, or is no `Extension`.
        InvalidEnvironmentError: A configuration does not match the extension's model. The error lists all problems.
    """
    loaded, problems = [], []
    for index, entry in enumerate(environment.extensions):
        kind = import_object(entry.construct, named_by=f"the extension {entry.name!r} of {environment.name}")
        if not (isinstance(kind, type) and issubclass(kind, Extension)):
            raise ExtensionImportError(
                f"the extension {entry.name!r} of {environment.name} names {entry.construct}, which is "
                f"{_described(kind)}, not an extension",
                remedy="derive the class from modules.extensions.Extension",
            )
        try:
            loaded.append(
                LoadedExtension(entry.name, kind, kind.config_model.model_validate(dict(entry.config)))
            )
        except ValidationError as error:
            problems += [f"extensions.{index}.config.{describe_problem(one)}" for one in error.errors()]
    if problems:
        raise InvalidEnvironmentError(environment_file(environment.name), problems)
    return tuple(loaded)


def _described(found: object) -> str:
    return f"the class {found.__name__}" if isinstance(found, type) else f"a {type(found).__name__}"
