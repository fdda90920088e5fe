"""The jsii kernel, which starts and loads assemblies while Python goes on importing."""

import tarfile
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

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
    """jsii's way to its kernel, a Node process, with two differences.

    Starting the process and loading assemblies happens in the order asked for, but on a thread: the next request of
    another kind waits for it. And the assemblies of prebuilt providers are loaded in their rewritten form.

    Args:
        assemblies: The rewritten assemblies.
    """

    def __init__(self, assemblies: AssemblyCache) -> None:
        self._assemblies = assemblies
        self._node = kernel_process()
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="jsii-kernel")
        self._underway: deque[Future[Any]] = deque([self._thread.submit(self._node.start)])

    @property
    def _process(self) -> _NodeProcess:
        """What every other request is sent to."""
        while self._underway:
            self._underway.popleft().result()
        return self._node

    def load(self, request: LoadRequest) -> LoadResponse:
        """Have an assembly loaded, and answer before it is."""
        self._underway.append(self._thread.submit(self._load, request))
        return LoadResponse(assembly=request.name, types=0)  # which nobody reads

    def _load(self, request: LoadRequest) -> None:
        if request.name.startswith(_PREBUILT) and self._load_lean(request):
            return
        self._node.send(request, LoadResponse)

    def _load_lean(self, request: LoadRequest) -> bool:
        try:
            lean = self._assemblies.find_or_build(Path(request.tarball), name=request.name)
        except (OSError, tarfile.TarError, KeyError) as error:
            _warn(f"{request.name} could not be rewritten ({error!r})")
            return False
        try:
            self._node.send(attr.evolve(request, tarball=str(lean)), LoadResponse)
        except JSIIError as error:
            # The kernel verifies every byte that it unpacks.
            lean.unlink(missing_ok=True)
            _warn(
                f"the rewritten {request.name} in {lean} was damaged ({error}), and is written anew the next time"
            )
            return False
        return True


def _warn(problem: str) -> None:
    warnings.warn(
        f"{problem}: the official assembly is loaded instead, which takes seconds.", LeanWarning, stacklevel=2
    )
