"""Check of the names of extensions' resources, when the stacks are synthesized."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from modules.extensions.checks import ExtensionError

__all__ = ["check_extension_names"]

# Arguments with physical names, which AWS accepts once for each type.
_NAMES: Final = ("bucket", "family", "function_name", "identifier", "name")
_PREFIX: Final = "extension-"


def check_extension_names(folder: Path) -> None:
    """Check each stack that cdktf synthesized below `folder`.

    Raises:
        ExtensionError: A resource of an extension has the name of another resource of the same type.
    """
    for file in folder.glob("stacks/*/cdk.tf.json"):
        document = json.loads(file.read_text(encoding="utf-8"))
        if "extensions" in document.get("//", {}):
            _check(document, environment=file.parent.name)


def _check(document: Mapping[str, Any], *, environment: str) -> None:
    named: dict[tuple[str, str, str], str] = {}
    for kind, argument, name, path in _names(document):
        other = named.setdefault((kind, argument, name), path)
        if other != path and _PREFIX in (path[: len(_PREFIX)], other[: len(_PREFIX)]):
            own, taken = (path, other) if path.startswith(_PREFIX) else (other, path)
            extension = own.partition("/")[0].removeprefix(_PREFIX)
            raise ExtensionError(
                f"the extension {extension!r} of {environment} gives {own} the name {name!r}, which {taken} "
                f"({kind}) has already",
                remedy='name resources with `physical_name("<part>", limit=…)`: no other resource has such a name',
            )


def _names(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """Yield the type, the argument, the name and the construct path of each named resource."""
    for kind, resources in document["resource"].items():
        if kind.startswith("aws_s3_bucket_"):
            continue  # settings of a bucket, which repeat its name
        for resource in resources.values():
            path = resource["//"]["metadata"]["path"].partition("/")[2]
            for argument in _NAMES:
                name = resource.get(argument)
                if isinstance(name, str) and "${" not in name:
                    yield kind, argument, name, path
