"""What each environment is: one TOML file per environment, read into a typed model."""

from environments.errors import InvalidEnvironmentError, UnknownEnvironmentError
from environments.load import environment_names, load_environment, load_environments
from environments.model import Environment

__all__ = [
    "Environment",
    "InvalidEnvironmentError",
    "UnknownEnvironmentError",
    "environment_names",
    "load_environment",
    "load_environments",
]
