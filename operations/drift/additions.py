"""Additions to a deployed environment that its stack does not contain and Terraform does not compare."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from environments.import_path import ExtensionImportError
from operations.drift.bucket_settings import bucket_settings
from operations.drift.deployed import Addition, Deployed
from operations.drift.event_receivers import (
    job_definitions,
    log_subscriptions,
    rule_targets,
    schedules,
    topic_subscriptions,
)
from operations.drift.network_paths import endpoints, peering_connections, routes
from operations.drift.resource_access import (
    catalog_policies,
    key_grants,
    repository_policies,
    secret_policies,
    shared_snapshots,
    table_policies,
)
from policies.extensions import objects
from terrarium.errors import Error

__all__ = ["additions", "declared_checks"]

Check = Callable[[Deployed], Iterator[Addition]]

_CHECKS: tuple[Check, ...] = (
    bucket_settings,
    catalog_policies,
    endpoints,
    job_definitions,
    key_grants,
    log_subscriptions,
    peering_connections,
    repository_policies,
    routes,
    rule_targets,
    schedules,
    secret_policies,
    shared_snapshots,
    table_policies,
    topic_subscriptions,
)


def declared_checks(document: Mapping[str, Any]) -> tuple[Check, ...]:
    """Return the checks of the extensions of a stack.

    Raises:
        terrarium.errors.Error: An extension names something that is no tuple of functions.
    """
    checks: list[Any] = []
    for check in objects(document, "drift_checks"):
        if not callable(check):
            raise ExtensionImportError(
                f"an extension names a drift check that is a {type(check).__name__}",
                remedy="write a tuple of functions that take an operations.drift.deployed.Deployed",
            )
        checks.append(check)
    return tuple(checks)


def additions(deployed: Deployed, *, own: tuple[Check, ...] = ()) -> tuple[Addition, ...]:
    """Return the additions of all checks. It only reads: about four calls for each bucket, one for other resources.

    Args:
        deployed: The resources of the environment.
        own: The checks of extensions.

    Raises:
        terrarium.errors.Error: AWS refused a call.
    """
    try:
        return tuple(addition for check in (*_CHECKS, *own) for addition in check(deployed))
    except ClientError as error:
        raise Error(
            f"{deployed.environment} could not be compared with its stack: {error}",
            remedy="use the role ci-plan, ci-deploy or an administrator; a release that needs new permissions is "
            f"deployed by an administrator first: cdktf deploy {deployed.environment}",
        ) from error
