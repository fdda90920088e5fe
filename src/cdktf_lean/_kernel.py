"""The jsii kernel, which starts and loads assemblies while Python goes on importing."""

import tarfile
import warnings
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import attr
from jsii._kernel.providers import ProcessProvider
from jsii._kernel.types import (
    Callback,
    CreateRequest,
    CreateResponse,
    GetRequest,
    GetResponse,
    InvokeRequest,
    InvokeResponse,
    LoadRequest,
    LoadResponse,
    SetRequest,
    SetResponse,
    StaticGetRequest,
    StaticInvokeRequest,
    StaticSetRequest,
)
from jsii._runtime import JSIIMeta
from jsii.errors import JSIIError

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._kernel_connection import KernelConnection
from cdktf_lean._kernel_process import KernelProcess
from cdktf_lean._names import PREBUILT_ASSEMBLIES
from cdktf_lean._promises import Promises
from cdktf_lean._references import References
from cdktf_lean._warning import LeanWarning

__all__ = ["ConcurrentProvider"]

# What every resource's class has, in Python and in the kernel.
_RESOURCE_TYPE, _KERNELS_RESOURCE_TYPE = "TF_RESOURCE_TYPE", "tfResourceType"
_REMEDY = "If what is kept is damaged, `python -m cdktf_lean clear` removes it"


class ConcurrentProvider(ProcessProvider):
    """jsii's way to its kernel, with four differences.

    - Starting the kernel and loading assemblies happens in the order asked for, but on threads: the next request of
      another kind waits for it.
    - The assemblies of prebuilt providers are loaded in their rewritten form.
    - What cannot have changed since it was read is not asked for again.
    - Where it is allowed to, it goes on with a promise instead of a response.

    Args:
        kernel: The kernel's process, which starts.
        assemblies: The rewritten assemblies.
        promises: What is not waited for.
    """

    def __init__(self, kernel: KernelProcess, assemblies: AssemblyCache, promises: Promises) -> None:
        self._assemblies = assemblies
        self._promises = promises
        self._connection = KernelConnection(kernel, promises)
        self._loads: list[LoadRequest] = []
        self._in_use = False
        self._references = References()
        self._thread, self._lookups = ThreadPoolExecutor(max_workers=1), ThreadPoolExecutor(max_workers=1)
        self._underway: deque[Future[None]] = deque([self._thread.submit(self._connection.start)])

    @property
    def _process(self) -> KernelConnection:
        """What every other request is sent to."""
        while self._underway:
            self._underway.popleft().result()
        self._in_use = True
        return self._connection

    def load(self, request: LoadRequest) -> LoadResponse:
        """Have an assembly loaded, and answer before it is."""
        lean = self._lookups.submit(self._lean, request)
        self._underway.append(self._thread.submit(self._load, request, lean))
        return LoadResponse(assembly=request.name, types=0)  # which nobody reads

    def foresee(self, module: ModuleType) -> None:
        """Have the kernel load what an imported module is about, while Python goes on importing."""
        for kind in vars(module).values():
            if isinstance(kind, JSIIMeta) and _RESOURCE_TYPE in vars(kind):
                request = StaticGetRequest(fqn=vars(kind)["__jsii_type__"], property=_KERNELS_RESOURCE_TYPE)
                self._underway.append(self._thread.submit(self._hint, request))

    def create(self, request: CreateRequest) -> CreateResponse:
        """Make an object."""
        promise = self._promises.object(request)
        return self._process.send_ahead(request, promise) if promise else super().create(request)

    def get(self, request: GetRequest) -> GetResponse:
        """Read a property, of the kernel or from memory."""
        response = self._references.find(request)
        if response is None:
            promise = self._promises.reference(request)
            response = self._process.send_ahead(request, promise) if promise else super().get(request)
            self._references.keep(request, response)
        return response

    def set(self, request: SetRequest) -> SetResponse:
        """Assign to a property."""
        self._references.forget(request.objref.ref)
        return super().set(request)

    def sset(self, request: StaticSetRequest) -> SetResponse:
        """Assign to a static property."""
        self._references.forget(request.fqn)
        return super().sset(request)

    def invoke(self, request: InvokeRequest) -> InvokeResponse | Callback:
        """Call a method."""
        self._references.forget(request.objref.ref)
        promise = self._promises.nothing(request)
        return self._process.send_ahead(request, promise) if promise else super().invoke(request)

    def sinvoke(self, request: StaticInvokeRequest) -> InvokeResponse:
        """Call a static method."""
        self._references.forget(request.fqn)
        return super().sinvoke(request)

    def _hint(self, request: StaticGetRequest) -> None:
        self._connection.hint(request)

    def _load(self, request: LoadRequest, lean: Future[LoadRequest]) -> None:
        self._loads.append(request)
        try:
            self._connection.send(lean.result(), LoadResponse)
        except (JSIIError, RuntimeError) as error:
            if self._in_use:
                error.add_note(_REMEDY)
                raise
            self._start_over(error)

    def _lean(self, request: LoadRequest) -> LoadRequest:
        if not request.name.startswith(PREBUILT_ASSEMBLIES):
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
            f"the jsii kernel could not load what is kept in {self._assemblies.folder} ({error}). {_REMEDY}"
        )
        self._connection.stop()
        self._connection = KernelConnection(
            KernelProcess({"JSII_RUNTIME_PACKAGE_CACHE": "disabled"}), self._promises
        )
        self._connection.start()
        for request in self._loads:
            self._connection.send(request, LoadResponse)


def _warn(problem: str) -> None:
    warnings.warn(
        f"{problem}. The official assemblies are loaded, which takes seconds.", LeanWarning, stacklevel=2
    )
