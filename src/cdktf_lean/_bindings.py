"""Enters the Python package of prebuilt bindings without importing its thousands of modules.

The package's own `__init__` imports every module there is. Python needs none of that to import one of them, so the
package is entered empty; what its `__init__` would have bound is bound when it is first asked for.
"""

import ast
import importlib
import sys
import warnings
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from importlib.util import find_spec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from cdktf_lean._bytecode import BytecodeCache
from cdktf_lean._names import PREBUILT_PACKAGES
from cdktf_lean._type_hints import keep_type_hints
from cdktf_lean._versions import versions_read_once
from cdktf_lean._warning import LeanWarning

__all__ = ["BindingsFinder"]


class BindingsFinder(MetaPathFinder):
    """Finds the modules that jsii generated for cdktf and its prebuilt providers, and nothing else."""

    def __init__(self) -> None:
        self.on_import: Callable[[ModuleType], None] = lambda _: None
        """What is done with each module, once it is imported."""
        self.bytecode: BytecodeCache | None = None
        """Where compiled modules are kept; without it, where Python keeps them."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The specification that Python would have found, with a loader of ours."""
        package, _, module = fullname.partition(".")
        if package != "cdktf" and not package.startswith(PREBUILT_PACKAGES):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and type(spec.loader) is SourceFileLoader:
            if module or package == "cdktf":
                spec.loader = _ModuleLoader(spec.loader.name, spec.loader.path, finder=self)
            else:
                spec.loader = _PackageLoader(spec.loader.name, spec.loader.path)
        return spec


class _ModuleLoader(SourceFileLoader):
    def __init__(self, name: str, path: str, *, finder: BindingsFinder) -> None:
        super().__init__(name, path)
        self._finder = finder

    def get_code(self, fullname: str) -> CodeType | None:
        cache = self._finder.bytecode
        return cache.find_or_compile(Path(self.path)) if cache else super().get_code(fullname)

    def exec_module(self, module: ModuleType) -> None:
        with versions_read_once():
            super().exec_module(module)
        keep_type_hints(module)
        self._finder.on_import(module)


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
            f"{module.__name__} defines {name} in its __init__, not in a module of its own: the whole package is "
            "imported, the stock way.",
            LeanWarning,
            stacklevel=5,
        )
        del vars(module)["__getattr__"]
        super().exec_module(module)
        # Generated packages put another object in their place (publication.publish).
        return getattr(sys.modules[module.__name__], name)
