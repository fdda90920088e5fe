"""Bindings of a made-up provider with two modules, in the layout of CDKTF's prebuilt providers."""

import io
import json
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

__all__ = ["INDEX", "write_miniature"]

_RTTI = 'const rtti = Symbol.for("jsii.rtti");'

INDEX = """"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.queue = exports.bucket = void 0;
exports.bucket = require("./bucket");
exports.queue = require("./queue");
"""

_MODULE = """"use strict";
Object.defineProperty(exports, "__esModule", {{ value: true }});
{rtti}
(globalThis.used ??= []).push("{module}");
class {name} {{
    get used() {{ return globalThis.used; }}
    static get tfResourceType() {{ return "miniature_{module}"; }}
}}
exports.{name} = {name};
{name}[rtti] = {{ fqn: "@cdktf/provider-miniature.{module}.{name}", version: "{version}" }};
//# sourceMappingURL=data:application/json;base64,e30=
"""

_PACKAGE_INIT = """
import publication

from ._jsii import *

{classes}

__all__ = {public}

publication.publish()

from . import bucket
from . import queue
"""

_JSII_INIT = """
import jsii
import publication

__jsii_assembly__ = jsii.JSIIAssembly.load(
    "@cdktf/provider-miniature", "{version}", __name__[0:-6], "provider-miniature@{version}.jsii.tgz"
)
__all__ = ["__jsii_assembly__"]
publication.publish()
"""

_MODULE_INIT = """
import typing

import jsii
import publication

from .._jsii import *

class {name}(metaclass=jsii.JSIIMeta, jsii_type="@cdktf/provider-miniature.{module}.{name}"):
    def __init__(self) -> None:
        jsii.create(self.__class__, self, [])

    @property
    @jsii.member(jsii_name="used")
    def used(self) -> typing.List[str]:
        return jsii.get(self, "used")

    @jsii.python.classproperty
    @jsii.member(jsii_name="tfResourceType")
    def TF_RESOURCE_TYPE(cls) -> str:
        return jsii.sget(cls, "tfResourceType")

__all__ = ["{name}"]
publication.publish()
"""

_MODULES = {"bucket": "Bucket", "queue": "Queue"}


def write_miniature(
    site: Path, *, version: str = "1.0.0", classes: Sequence[str] = (), index: str = INDEX
) -> None:
    """Write the bindings into a folder of packages.

    Args:
        site: The folder. It is created if it is missing.
        version: The version of the bindings.
        classes: Names of classes that the `__init__` of the package defines.
        index: The JavaScript of the assembly's entry point.
    """
    package = site / "cdktf_cdktf_provider_miniature"
    init = _PACKAGE_INIT.format(
        classes="\n".join(f"class {name}: pass" for name in classes), public=[*classes, *_MODULES]
    )
    _write(package / "__init__.py", init)
    _write(package / "_jsii" / "__init__.py", _JSII_INIT.format(version=version))
    for module, name in _MODULES.items():
        _write(package / module / "__init__.py", _MODULE_INIT.format(module=module, name=name))
    _write_assembly(
        package / "_jsii" / f"provider-miniature@{version}.jsii.tgz", version=version, index=index
    )


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)


def _write_assembly(tarball: Path, *, version: str, index: str) -> None:
    files = {
        ".jsii": json.dumps(_description(version)),
        "lib/index.js": index,
        "lib/index.d.ts": "export * as bucket from './bucket';",
        "package.json": json.dumps(
            {"name": "@cdktf/provider-miniature", "version": version, "main": "lib/index.js"}
        ),
    }
    for module, name in _MODULES.items():
        files[f"lib/{module}/index.js"] = _MODULE.format(
            rtti=_RTTI, module=module, name=name, version=version
        )
    with tarfile.open(tarball, "w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"package/{path}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content.encode()))


def _description(version: str) -> dict[str, Any]:
    return {
        "schema": "jsii/0.10.0",
        "name": "@cdktf/provider-miniature",
        "version": version,
        "jsiiVersion": "5.7.17",
        "types": {
            f"@cdktf/provider-miniature.{module}.{name}": {
                "assembly": "@cdktf/provider-miniature",
                "fqn": f"@cdktf/provider-miniature.{module}.{name}",
                "kind": "class",
                "name": name,
                "namespace": module,
                "initializer": {},
                "properties": [
                    {
                        "name": "used",
                        "immutable": True,
                        "type": {"collection": {"elementtype": {"primitive": "string"}, "kind": "array"}},
                    },
                    {
                        "name": "tfResourceType",
                        "immutable": True,
                        "static": True,
                        "type": {"primitive": "string"},
                    },
                ],
            }
            for module, name in _MODULES.items()
        },
    }
