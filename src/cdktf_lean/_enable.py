"""The switch that turns on lean loading for the rest of the process."""

import atexit
import gc
import os
import sys
import warnings

from cdktf_lean._assembly_cache import AssemblyCache
from cdktf_lean._bindings import BindingsFinder
from cdktf_lean._warning import LeanWarning

__all__ = ["enable"]


def enable() -> None:
    """Load prebuilt provider bindings lean. Call it before the first import of `cdktf`.

    A second call has no effect. With `CDKTF_LEAN=0` in the environment, no call has an effect. Rewritten assemblies are
    kept in the user's cache folder, under `cdktf-lean`; `python -m cdktf_lean clear` removes them.

    Warns:
        LeanWarning: Some bindings cannot be loaded lean. They load as without this package: slower, with the
            same result.

    Example:
        >>> import cdktf_lean
        >>> cdktf_lean.enable()
        >>> from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
    """
    if os.environ.get("CDKTF_LEAN") == "0" or any(
        isinstance(finder, BindingsFinder) for finder in sys.meta_path
    ):
        return
    if loaded := sorted(name for name in sys.modules if name.endswith("._jsii")):
        warnings.warn(
            f"cdktf_lean.enable() was called after the import of {loaded[0].removesuffix('._jsii')}: all bindings "
            "load the stock way. Call it before the first import of cdktf or of a provider.",
            LeanWarning,
            stacklevel=2,
        )
        return
    sys.meta_path.insert(0, BindingsFinder())
    # Without this, the interpreter visits every object of the bindings once more when it ends (0.2 s).
    atexit.register(gc.freeze)
    assemblies = AssemblyCache.of_user()
    try:
        assemblies.prepare()
    except OSError as error:
        warnings.warn(
            f"cannot write to the cache folder {assemblies.folder} ({error.strerror}): the jsii kernel loads whole "
            "assemblies, which takes seconds. XDG_CACHE_HOME selects another folder.",
            LeanWarning,
            stacklevel=2,
        )
        return
    _install_provider(assemblies)


def _install_provider(assemblies: AssemblyCache) -> None:
    import jsii  # late: `python -m cdktf_lean clear` also works without jsii

    from cdktf_lean._lean_provider import LeanProvider

    provider = jsii.kernel.provider
    # The user's own runtime, and platforms without socket pairs, keep the process that jsii starts.
    if os.name == "posix" and "JSII_RUNTIME" not in os.environ:
        try:
            from cdktf_lean._kernel_process import DirectProvider

            provider = DirectProvider(unpack_into=assemblies.unpacked)
        except ImportError as error:
            warnings.warn(
                f"this version of jsii is not supported ({error}): its kernel is not started directly, which takes "
                "some tenths of a second more.",
                LeanWarning,
                stacklevel=3,
            )
    jsii.kernel.provider = LeanProvider(provider, assemblies)  # type: ignore[assignment] # has the same methods
