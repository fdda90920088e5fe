"""The connection of jsii to its kernel, which loads assemblies on a thread and remembers references.

jsii keeps its connection, a "provider", in `jsii.kernel.provider`. It has one method per kind of request.
"""

import tarfile
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import attr
from jsii.errors import JSIIError

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._warning import LeanWarning

__all__ = ["LeanProvider"]

_PREBUILT_ASSEMBLIES = "@cdktf/provider-"
"""The prefix of the npm packages of prebuilt providers."""

_TOKEN = "TfToken["  # noqa: S105 - not a secret: the marker of a reference in a string of cdktf


class LeanProvider:
    """A provider with three differences from jsii's.

    - Assemblies load on a thread, in the order of the requests, while Python goes on with its imports. The next request
      of another kind waits for them.
    - Assemblies of prebuilt providers load in their rewritten form.
    - References are remembered until the next call or assignment. Stacks read the same `arn` or `id` many times, and
      each time costs a message to the kernel.

    Args:
        provider: The provider of jsii that sends the requests.
        assemblies: The cache of rewritten assemblies.
    """

    def __init__(self, provider: Any, assemblies: AssemblyCache) -> None:
        self._provider = provider
        self._assemblies = assemblies
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._loading: deque[Future[None]] = deque()
        self._references: dict[tuple[str, str], Any] = {}

    def load(self, request: Any) -> None:
        """Start to load an assembly. jsii does not read the response."""
        self._loading.append(self._thread.submit(self._load, request))

    def get(self, request: Any) -> Any:
        """Return a property from memory, or from the kernel."""
        key = request.objref.ref, request.property
        response = self._references.get(key)
        if response is None:
            response = self._ready_provider().get(request)
            # The response has no value where the program overrides the property.
            if _is_reference(getattr(response, "value", None)):
                self._references[key] = response
        return response

    def __getattr__(self, name: str) -> Any:
        """Return the method of jsii's provider for any other request."""
        if name in {"set", "sset", "invoke", "sinvoke"}:
            self._references.clear()
        return getattr(self._ready_provider(), name)

    def _ready_provider(self) -> Any:
        while self._loading:
            try:
                self._loading.popleft().result()
            except (JSIIError, RuntimeError) as error:
                error.add_note(
                    f"If {self._assemblies.folder} is damaged, `python -m cdktf_lean clear` removes it."
                )
                raise
        return self._provider

    def _load(self, request: Any) -> None:
        self._provider.load(self._lean(request))

    def _lean(self, request: Any) -> Any:
        if not request.name.startswith(_PREBUILT_ASSEMBLIES):
            return request
        try:
            lean = self._assemblies.find_or_build(Path(request.tarball))
        except (OSError, tarfile.TarError) as error:
            warnings.warn(
                f"{request.name} cannot be rewritten ({error!r}): the official assembly is loaded, which takes "
                "seconds.",
                LeanWarning,
                stacklevel=2,
            )
            return request
        return attr.evolve(request, tarball=str(lean))


def _is_reference(value: object) -> bool:
    match value:
        case [str() as only]:
            return _TOKEN in only
        case str():
            return _TOKEN in value
    return False
