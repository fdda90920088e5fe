"""Environment variables that a reproduction passes to the recorded code: an allow-list."""

import os
from collections.abc import Iterable
from typing import Final

__all__ = ["build_variables", "run_variables"]

_COMMON: Final = (
    *("PATH", "HOME", "USER", "LOGNAME", "SHELL", "TMPDIR", "TEMP", "TMP"),
    *("LANG", "LANGUAGE", "TZ", "TERM", "COLUMNS", "LINES"),
    *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"),
    *("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"),
)
_COMMON_PREFIXES: Final = ("LC_", "XDG_")
# For installers and compilers: the sources of packages and the settings of builds.
_BUILD: Final = ("CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS")
_BUILD_PREFIXES: Final = ("PIP_", "UV_", "CUDA_", "MACOSX_")
# The run is recorded with the caller's identity, so its process needs the variables of AWS.
_RUN: Final = ("PGSSLROOTCERT", "PYTHONHASHSEED", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE")
_RUN_PREFIXES: Final = (
    *("AWS_", "TERRARIUM_", "MLFLOW_"),
    *("CUDA_", "NVIDIA_", "OMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "POLARS_", "TF_", "TORCH_", "XLA_"),
)
# With these, the process would record to another run or another server.
_NEVER: Final = ("MLFLOW_RUN_ID", "MLFLOW_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_NAME")
_NEVER_PREFIXES: Final = ("MLFLOW_TRACKING_",)
# With these, AWS SDKs find no credentials, neither in files nor from the instance (AWS SDKs and Tools Reference Guide,
# "Shared config and credentials files", "IMDS credential provider"). A program can still read the files directly.
_NO_CREDENTIALS: Final = {
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_EC2_METADATA_DISABLED": "true",
}


def build_variables() -> dict[str, str]:
    """Return the variables for the installation of packages, without AWS credentials, which builds do not need."""
    return _chosen((*_COMMON, *_BUILD), (*_COMMON_PREFIXES, *_BUILD_PREFIXES)) | _NO_CREDENTIALS


def run_variables(further: Iterable[str] = ()) -> dict[str, str]:
    """Return the variables for running the recorded entry point.

    Args:
        further: Names of additional variables.
    """
    return _chosen((*_COMMON, *_RUN, *further), (*_COMMON_PREFIXES, *_RUN_PREFIXES))


def _chosen(names: Iterable[str], prefixes: tuple[str, ...]) -> dict[str, str]:
    wanted = frozenset(names) - frozenset(_NEVER)
    return {
        name: value
        for name, value in os.environ.items()
        if name in wanted
        or (name.startswith(prefixes) and name not in _NEVER and not name.startswith(_NEVER_PREFIXES))
    }
