"""Checks of environments' files that the model of one file cannot make. Each problem states what to do."""

from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatch
from typing import Any

from environments import Environment
from environments.delivery_stages import delivery_stages
from policies.extensions import declared_types
from policies.stack import Stack
from terrarium_sandbox.ledger import LEDGER

__all__ = ["undeclared_types", "undeployed", "unowned", "without_entrance"]


def without_entrance(environments: Iterable[Environment]) -> list[str]:
    """Return a problem for each environment that workflows deploy, although none can assume a role in its account."""
    return [
        f'{config.name}.toml: delivery.deploys_on is "{config.delivery.deploys_on}", but no workflow can enter the '
        "account. Set access.github_repository to your repository (owner/name), or access.ci_principals for another "
        'CI system; or set delivery.deploys_on to "manual"'
        for config in environments
        if config.delivery.deploys_on != "manual"
        and config.access.github_repository is None
        and not config.access.ci_principals
    ]


def undeclared_types(stacks: Iterable[Stack]) -> list[str]:
    """Return a problem for each Terraform type that only an extension uses, and that it does not describe."""
    return sorted(
        {
            f"{stack.name}.toml: {resource.path} is a {resource.kind}, which the kit does not know: describe it in "
            "`resource_types` of the extension (docs/guides/extensions.md)"
            for stack in stacks
            for resource in stack.resources(*stack.document["resource"])
            if resource.path.startswith("extension-")
            and resource.kind not in LEDGER
            and resource.kind not in declared_types(stack.document)
        }
    )


def undeployed(environments: Sequence[Environment], workflows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a problem for each environment that no workflow deploys when its file says so.

    Args:
        environments: The environments.
        workflows: The documents of `.github/workflows`, by name.
    """
    problems = []
    for start in ("main", "release"):
        jobs = [
            str(job["strategy"]["matrix"]["environment"])
            for job in workflows[start]["jobs"].values()
            if job.get("uses") == "./.github/workflows/deploy.yml" and "strategy" in job
        ]
        for index, names in enumerate(delivery_stages(environments, start)):
            if not any(f"outputs.{start})[{index}]" in job for job in jobs):
                problems += [
                    f"{name}.toml: no job of .github/workflows/{start}.yml deploys stage {index + 1} of deploys_on = "
                    f'"{start}". Restore the job, or change delivery.after'
                    for name in names
                ]
    return problems


def unowned(environments: Iterable[Environment], *, folder: str, owners: str) -> list[str]:
    """Return a problem for each environment whose file has no owner in its own organization.

    GitHub ignores owners that do not exist in the organization: a change would need no review.

    Args:
        environments: The environments.
        folder: The folder of their files, relative to the repository.
        owners: The content of `.github/CODEOWNERS`.
    """
    problems = []
    for config in environments:
        repository, path = config.access.github_repository, f"/{folder}/{config.name}.toml"
        if repository is None:
            continue
        organization = repository.partition("/")[0]
        found = _owners_of(path, owners)
        if not any(_may_belong_to(owner, organization) for owner in found):
            problems.append(
                f"{config.name}.toml: access.github_repository is {repository}, and the owners of {path[1:]} in "
                f".github/CODEOWNERS are {', '.join(found) or 'none'}: GitHub asks nobody to review a change. Name a "
                f"team or a user there: /{folder}/ @{organization}/<team>"
            )
    return problems


def _owners_of(path: str, owners: str) -> list[str]:
    """Return the owners of the last pattern that matches: it takes precedence (GitHub Docs, "About code owners")."""
    lines = [line.partition("#")[0].split() for line in owners.splitlines()]
    matching = [fields[1:] for fields in lines if fields and _matches(path, fields[0])]
    return matching[-1] if matching else []


def _matches(path: str, pattern: str) -> bool:
    if "/" not in pattern.rstrip("/"):  # a name in any folder
        names = path.strip("/").split("/")
        return any(fnmatch(name, pattern.rstrip("/")) for name in names)
    anchored = f"/{pattern.lstrip('/')}"
    return fnmatch(path, f"{anchored}*" if anchored.endswith("/") else anchored) or path.startswith(
        f"{anchored}/"
    )


def _may_belong_to(owner: str, organization: str) -> bool:
    """Return whether `owner` is a user, an address, or a team of `organization`."""
    return "/" not in owner or owner.partition("/")[0].lower() == f"@{organization}".lower()
