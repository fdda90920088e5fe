"""Import of single modules of prebuilt bindings, without the thousands of others.

The `__init__` of such a package imports every module. Python does not need that to import one of them, so the package
is entered empty, and each name of its `__init__` is bound at its first use.
"""

import ast
import importlib
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from cdktf_lean._type_hints import remember_type_hints
from cdktf_lean._warning import LeanWarning

__all__ = ["BindingsFinder"]

_PREBUILT_PACKAGES = "cdktf_cdktf_provider_"
"""The prefix of the Python packages of prebuilt providers."""


class BindingsFinder(MetaPathFinder):
    """Finder of the modules that jsii generated for cdktf and its prebuilt providers."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the specification that Python would find, with a lean loader."""
        package, _, module = fullname.partition(".")
        if package != "cdktf" and not package.startswith(_PREBUILT_PACKAGES):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            loader = _ModuleLoader if module or package == "cdktf" else _PackageLoader
            spec.loader = loader(spec.loader.name, spec.loader.path)
        return spec


class _ModuleLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        remember_type_hints(module)


class _PackageLoader(SourceFileLoader):
    def exec_module(self, module: ModuleType) -> None:
        def __getattr__(name: str) -> Any:  # noqa: N807 - the hook that a module may have (PEP 562)
            return self._resolve(module, name)

        vars(module)["__getattr__"] = __getattr__

    def _resolve(self, module: ModuleType, name: str) -> Any:
        if name == "__all__" or not name.startswith("__"):
            public = self._public_names()
            if name == "__all__":
                return public
            if name in public:
                if find_spec(f"{module.__name__}.{name}"):
                    return importlib.import_module(f"{module.__name__}.{name}")
                return self._resolve_the_stock_way(module, name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}", name=name, obj=module)

    def _public_names(self) -> list[str]:
        source = self.get_source(self.name) or ""
        for statement in ast.parse(source).body:
            match statement:
                case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                    return list(ast.literal_eval(value))
        return []

    def _resolve_the_stock_way(self, module: ModuleType, name: str) -> Any:
        warnings.warn(
            f"{module.__name__} defines {name} in its __init__, not in a module: the whole package is imported, the "
            "stock way.",
            LeanWarning,
            stacklevel=5,
        )
        del vars(module)["__getattr__"]
        super().exec_module(module)
        # Generated packages replace their module object (publication.publish).
        return getattr(sys.modules[module.__name__], name)
