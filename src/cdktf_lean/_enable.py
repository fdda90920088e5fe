"""Switches the lean loading on, for the rest of the process."""

import atexit
import gc
import os
import sys
import warnings
from pathlib import Path

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._bindings import BindingsFinder
from cdktf_lean._bytecode import BytecodeCache
from cdktf_lean._cache_folder import cache_folder
from cdktf_lean._kernel_process import KernelProcess
from cdktf_lean._warning import LeanWarning

__all__ = ["enable"]


def enable(*, pipelined: bool = False) -> None:
    """Load prebuilt provider bindings lean from now on; call it before the first import of `cdktf`.

    Calling it again does nothing, and neither does it with `CDKTF_LEAN=0` in the environment. What it keeps on disk
    lies in the user's cache folder, under `cdktf-lean`; `python -m cdktf_lean clear` removes it.

    Args:
        pipelined: Whether Python goes on while the kernel constructs what it was told to. What a constructor in the
            kernel refuses is then raised by a later call, with a note of where it happened; what was asked for
            in between was not done. A program that catches such errors to go on must not be pipelined.

    Warns:
        LeanWarning: Something keeps the bindings, or a part of them, from being loaded lean. They then load as they
            do without this package: slower, with the same result.
    """
    if os.environ.get("CDKTF_LEAN") == "0" or any(
        isinstance(finder, BindingsFinder) for finder in sys.meta_path
    ):
        return
    if loaded := sorted(name for name in sys.modules if name.endswith("._jsii")):
        warnings.warn(
            f"cdktf_lean.enable() came after the import of {loaded[0].removesuffix('._jsii')}: everything loads the "
            "stock way. Call it before the first import of cdktf or of a provider.",
            LeanWarning,
            stacklevel=2,
        )
        return
    finder = BindingsFinder()
    sys.meta_path.insert(0, finder)
    _start_kernel(finder, pipelined=pipelined)


def _start_kernel(finder: BindingsFinder, *, pipelined: bool) -> None:
    assemblies = AssemblyCache(cache_folder())
    try:
        assemblies.prepare()
    except OSError as error:
        _warn(
            f"cannot write to the cache folder {assemblies.folder} ({error.strerror}; XDG_CACHE_HOME names another one)"
        )
        return
    finder.bytecode = BytecodeCache(assemblies.bytecode)
    if not KernelProcess.is_possible():
        _warn(
            "the jsii kernel cannot be started directly, on this platform or with this version or setting of jsii"
        )
        return
    kernel = KernelProcess(_unpacking_into(assemblies.unpacked))
    try:
        import jsii

        from cdktf_lean._kernel import ConcurrentProvider
        from cdktf_lean._promises import Promises
        from cdktf_lean._structs import read_structs_as_given
    except (AttributeError, ImportError) as error:
        kernel.stop()
        _warn(f"this version of jsii is arranged differently ({error})")
        return
    read_structs_as_given()
    jsii.kernel.provider = provider = ConcurrentProvider(kernel, assemblies, Promises(allowed=pipelined))
    finder.on_import = provider.foresee
    # Else the interpreter, when it ends, walks through all that the bindings made before it lets go of it.
    atexit.register(gc.freeze)


def _unpacking_into(folder: Path) -> dict[str, str]:
    # What the kernel unpacks lies with what it is unpacked from: clearing the cache clears all of it.
    variable = "JSII_RUNTIME_PACKAGE_CACHE_ROOT"
    return {} if os.environ.get(variable) else {variable: str(folder)}


def _warn(problem: str) -> None:
    warnings.warn(
        f"{problem}: the jsii kernel loads whole assemblies, which takes seconds. Imports are lean all the same.",
        LeanWarning,
        stacklevel=4,
    )
