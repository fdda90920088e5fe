"""Configuration of the environments: one TOML file per environment, read into a typed model.

Imports of the SDK only the contract and what a file is validated against.

`modules`, `stacks`, `policies` and `operations` import it.
"""

from environments.errors import InvalidEnvironmentError, NoEnvironmentsError, UnknownEnvironmentError
from environments.load import environment_names, load_environment, load_environments
from environments.model import Environment

__all__ = [
    "Environment",
    "InvalidEnvironmentError",
    "NoEnvironmentsError",
    "UnknownEnvironmentError",
    "environment_names",
    "load_environment",
    "load_environments",
]
