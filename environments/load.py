"""Loading and validation of the environments' files. All problems of a file are reported together, by field path."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from environments.delivery_stages import misordered
from environments.errors import InvalidEnvironmentError, NoEnvironmentsError, UnknownEnvironmentError
from environments.model import Environment
from environments.problems import describe_problem
from environments.tiers import TIERS, defaults_of
from terrarium.checkout import environments_folder

__all__ = ["company_folder", "environment_file", "environment_names", "load_environment", "load_environments"]

_CHECKOUT = Path(__file__).parents[1]


def environment_names(folder: Path | None = None) -> tuple[str, ...]:
    """Return the names of the environments that `folder` describes, in alphabetical order.

    Args:
        folder: The folder of the environments' files. Defaults to that of the variable TERRARIUM_ENVIRONMENTS, or else
            to `environments/` of the checkout.
    """
    folder = folder or environments_folder(_CHECKOUT)
    return tuple(sorted(file.stem for file in folder.glob("*.toml")))


def environment_file(name: str) -> Path:
    """Return the file of an environment in the folder that `environment_names` reads by default."""
    return environments_folder(_CHECKOUT) / f"{name}.toml"


def company_folder() -> Path:
    """Return the folder that contains the folder of the environments' files: extensions are imported from it."""
    return environments_folder(_CHECKOUT).resolve().parent


def load_environments(folder: Path | None = None) -> tuple[Environment, ...]:
    """Load every environment that `folder` describes; its default is that of `environment_names`.

    Raises:
        NoEnvironmentsError: There is no file.
        InvalidEnvironmentError: A file is not TOML, does not match the model, or names no environment that it could be
            deployed after.
    """
    folder = folder or environments_folder(_CHECKOUT)
    names = environment_names(folder)
    if not names:
        raise NoEnvironmentsError(folder)
    environments = tuple(load_environment(name, folder) for name in names)
    for environment in environments:
        if allowed := misordered(environments).get(environment.name):
            given = f"delivery.after: given {environment.delivery.after!r}, allowed: {allowed}"
            raise InvalidEnvironmentError(folder / f"{environment.name}.toml", [given])
    return environments


def load_environment(name: str, folder: Path | None = None) -> Environment:
    """Load the environment that `folder`/`name`.toml describes; the default of `folder` is that of `environment_names`.

    Raises:
        UnknownEnvironmentError: There is no such file.
        InvalidEnvironmentError: The file is not TOML, or does not match the model.
    """
    folder = folder or environments_folder(_CHECKOUT)
    if name not in environment_names(folder):
        raise UnknownEnvironmentError(name, environment_names(folder), folder)
    file = folder / f"{name}.toml"
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:  # invalid TOML, invalid UTF-8, or a number of more than 4,300 digits
        raise InvalidEnvironmentError(file, [f"not TOML: {error}"]) from error
    except RecursionError as error:
        raise InvalidEnvironmentError(file, ["not TOML: nested too deeply"]) from error
    if "name" in given:
        raise InvalidEnvironmentError(file, ["name: given in the file, allowed only as the file's name"])
    if conflict := _zones_of_existing_network(given):
        raise InvalidEnvironmentError(file, [conflict])
    try:
        return Environment.model_validate({"name": name, **_with_tier_defaults(given)})
    except ValidationError as error:
        raise InvalidEnvironmentError(
            file, [describe_problem(problem) for problem in error.errors()]
        ) from error


def _with_tier_defaults(given: Mapping[str, Any]) -> dict[str, Any]:
    # An unknown tier is reported by the model. With the defaults of another tier, no field counts as missing besides.
    tier = given.get("tier")
    defaults = defaults_of(tier if tier in TIERS else TIERS[0])
    protected = given.get("protected")
    if isinstance(protected, bool):
        defaults = {
            section: {**values, **_protection(values, protected)} for section, values in defaults.items()
        }
    sections = {
        section: {**values, **given[section]} if isinstance(given.get(section), dict) else values
        for section, values in defaults.items()
        if isinstance(given.get(section, {}), dict)
    }
    return {**given, **sections}


def _zones_of_existing_network(given: Mapping[str, Any]) -> str | None:
    """Return the problem of a number of zones beside subnets that exist. The model cannot tell it from the tier's."""
    network = given.get("network")
    if not isinstance(network, dict) or not network.get("existing") or "availability_zones" not in network:
        return None
    return (
        f"network.availability_zones: given {network['availability_zones']!r}, allowed: only without "
        "network.existing, whose subnets have zones already"
    )


def _protection(values: Mapping[str, Any], protected: bool) -> dict[str, Any]:  # noqa: FBT001 - a value, no option
    """Return the fields of a section that `protected` of the environment decides."""
    # A bucket in compliance mode could not be destroyed.
    decided = {"protected": protected} if protected else {"protected": False, "lock_mode": "governance"}
    return {field: value for field, value in decided.items() if field in values}
