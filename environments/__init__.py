"""What each environment is: one TOML file per environment, read into a typed model."""

from environments.errors import InvalidEnvironmentError, UnknownEnvironmentError
from environments.load import environment_names, load_environment, load_environments
from environments.model import (
    Access,
    Artifacts,
    Encryption,
    Environment,
    MetadataDatabase,
    Network,
)

__all__ = [
    "Access",
    "Artifacts",
    "Encryption",
    "Environment",
    "InvalidEnvironmentError",
    "MetadataDatabase",
    "Network",
    "UnknownEnvironmentError",
    "environment_names",
    "load_environment",
    "load_environments",
]
