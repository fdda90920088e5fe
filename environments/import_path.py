"""Import of the objects that extensions name as `package.module:attribute`."""

import sys
from importlib import import_module

from environments.load import company_folder
from terrarium.errors import InvalidRequestError

__all__ = ["ExtensionImportError", "import_object"]


class ExtensionImportError(InvalidRequestError):
    """An object that an extension names cannot be imported, or is of another type."""


def import_object(path: str, *, named_by: str) -> object:
    """Return the object at `package.module:attribute`.

    The package is installed, or lies in the folder that contains the folder of the environments' files.

    Args:
        path: The import path.
        named_by: What names it, for errors.

    Raises:
        ExtensionImportError: There is no such object, or its module fails while it is imported.
    """
    module, _, attribute = path.partition(":")
    folder = str(company_folder())
    if folder not in sys.path:
        sys.path.append(folder)  # last: no file of the company replaces a module of the kit
    try:
        return getattr(import_module(module), attribute)
    except Exception as error:
        at = (
            f"{module} has no {attribute!r}"
            if isinstance(error, AttributeError)
            else f"{type(error).__name__}: {error}"
        )
        raise ExtensionImportError(
            f"{named_by} names {path}, which cannot be imported: {at}",
            remedy=f"write package.module:Name of a package that is installed or lies in {folder}",
        ) from error
