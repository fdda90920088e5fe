"""`lab.extensions`: the values of a company's own constructs in the manifest."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

from pydantic import BaseModel, JsonValue, ValidationError

from terrarium.arguments import checked_methods
from terrarium.errors import InvalidRequestError, NotFoundError
from terrarium.validation_problems import problems_of

__all__ = ["ExtensionMismatchError", "ExtensionNotFoundError", "Extensions"]

Model = TypeVar("Model", bound=BaseModel)


class ExtensionNotFoundError(NotFoundError, KeyError):
    """The environment has no extension of that name."""


class ExtensionMismatchError(InvalidRequestError):
    """The values of an extension do not match the model that they are read into."""


@checked_methods
class Extensions(Mapping[str, Mapping[str, JsonValue]]):
    """The values of each extension, by its name in the environment's file.

    Example:
        >>> lab.extensions["notifications"]["topic_arn"]
        'arn:aws:sns:eu-central-1:111111111111:terrarium-dev-ext-notifications-events'
    """

    def __init__(self, values: Mapping[str, Mapping[str, JsonValue]], *, environment: str) -> None:
        self._values = values
        self._environment = environment

    def __getitem__(self, name: str) -> Mapping[str, JsonValue]:
        """Return the values of an extension.

        Raises:
            ExtensionNotFoundError: The environment has no such extension.
        """
        if name not in self._values:
            raise ExtensionNotFoundError(
                f"environment {self._environment!r} has no extension {name!r}; it has: "
                f"{', '.join(self._values) or 'none'}",
                remedy="name one of those, or ask the team that deploys the environment to add [[extensions]] to its "
                "file",
            )
        return self._values[name]

    def read(self, name: str, model: type[Model]) -> Model:
        """Return the values of an extension as a pydantic model, which type checkers know.

        Args:
            name: The name of the extension.
            model: The model. Values that it does not define are ignored if its `extra` allows them.

        Raises:
            ExtensionNotFoundError: The environment has no such extension.
            ExtensionMismatchError: The values do not match the model.

        Example:
            >>> lab.extensions.read("notifications", NotificationValues).topic_arn
            'arn:aws:sns:eu-central-1:111111111111:terrarium-dev-ext-notifications-events'
        """
        try:
            return model.model_validate(dict(self[name]))
        except ValidationError as error:
            raise ExtensionMismatchError(
                f"the values of the extension {name!r} of {self._environment!r} are no {model.__name__}: "
                f"{problems_of(error)}",
                remedy=f'compare with lab.extensions["{name}"]; the environment may have another release of it',
            ) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        return f"<Extensions of {self._environment}: {', '.join(self._values) or 'none'}>"
