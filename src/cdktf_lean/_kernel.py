"""The jsii kernel, which starts and loads assemblies while Python goes on importing."""

import os
import tarfile
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import attr
from jsii._kernel.providers import ProcessProvider
from jsii._kernel.providers.process import _NodeProcess
from jsii._kernel.types import LoadRequest, LoadResponse
from jsii.errors import JSIIError

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._kernel_process import kernel_process
from cdktf_lean._warning import LeanWarning

__all__ = ["ConcurrentProvider"]

# How the npm packages of CDKTF's prebuilt providers are named.
_PREBUILT = "@cdktf/provider-"


class ConcurrentProvider(ProcessProvider):
    """jsii's way to its kernel, with two differences.

    Starting the kernel and loading assemblies happens in the order asked for, but on a thread: the next request of
    another kind waits for it. And the assemblies of prebuilt providers are loaded in their rewritten form.

    Args:
        assemblies: The rewritten assemblies.
    """

    def __init__(self, assemblies: AssemblyCache) -> None:
        self._assemblies = assemblies
        self._node = kernel_process(_unpacking_into(assemblies.unpacked))
        self._loads: list[LoadRequest] = []
        self._in_use = False
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jsii-kernel")
        self._underway: deque[Future[None]] = deque([self._thread.submit(self._node.start)])

    @property
    def _process(self) -> _NodeProcess:
        """What every other request is sent to."""
        while self._underway:
            self._underway.popleft().result()
        self._in_use = True
        return self._node

    def load(self, request: LoadRequest) -> LoadResponse:
        """Have an assembly loaded, and answer before it is."""
        self._underway.append(self._thread.submit(self._load, request))
        return LoadResponse(assembly=request.name, types=0)  # which nobody reads

    def _load(self, request: LoadRequest) -> None:
        self._loads.append(request)
        try:
            self._node.send(self._lean(request), LoadResponse)
        except (JSIIError, RuntimeError) as error:
            if self._in_use:
                raise
            self._start_over(error)

    def _lean(self, request: LoadRequest) -> LoadRequest:
        if not request.name.startswith(_PREBUILT):
            return request
        try:
            lean = self._assemblies.find_or_build(Path(request.tarball))
        except (OSError, tarfile.TarError) as error:
            _warn(f"{request.name} could not be rewritten ({error!r})")
            return request
        return attr.evolve(request, tarball=str(lean))

    def _start_over(self, error: Exception) -> None:
        """Load the official assemblies, all of them, past every cache.

        A kernel that failed to load a package cannot load it again.
        """
        _warn(
            f"the jsii kernel could not load what is kept in {self._assemblies.folder} ({error}); "
            "`python -m cdktf_lean clear` removes it"
        )
        self._node.stop()
        self._node = kernel_process({"JSII_RUNTIME_PACKAGE_CACHE": "disabled"})
        self._node.start()  # type: ignore[no-untyped-call] # jsii has no hint there
        for request in self._loads:
            self._node.send(request, LoadResponse)


def _unpacking_into(folder: Path) -> dict[str, str]:
    # What the kernel unpacks lies with what it is unpacked from: clearing the cache clears all of it.
    variable = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
    return {} if os.environ.get(variable) else {variable: str(folder)}


def _warn(problem: str) -> None:
    warnings.warn(
        f"{problem}. The official assemblies are loaded, which takes seconds.", LeanWarning, stacklevel=2
    )
