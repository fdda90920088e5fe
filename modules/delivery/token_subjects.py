"""Subjects of the tokens of GitHub and GitLab that may assume the roles of CI.

Sources: GitHub's documentation, "OpenID Connect reference"; GitLab's documentation, "OpenID Connect (OIDC)
Authentication Using ID Tokens".
"""

from environments.sections.access import Access

__all__ = ["DRIFT_ENVIRONMENT", "deploy_subjects", "plan_subjects"]

DRIFT_ENVIRONMENT = "drift"
"""The GitHub environment of the workflow `drift`: a schedule waits for no approval."""


def plan_subjects(config: Access, environment: str) -> tuple[str, ...]:
    """Return the subjects that may read the configuration of an environment.

    GitLab's subject contains the branch or tag, but neither the environment nor the merge request.
    """
    if config.gitlab_project is not None:
        return (f"project_path:{config.gitlab_project}:ref_type:*",)
    return tuple(
        f"repo:{config.github_repository}:{subject}"
        for subject in ("pull_request", f"environment:{environment}", f"environment:{DRIFT_ENVIRONMENT}")
    )


def deploy_subjects(config: Access, environment: str) -> tuple[str, ...]:
    """Return the subjects that may deploy an environment."""
    if config.gitlab_project is not None:
        return tuple(f"project_path:{config.gitlab_project}:ref_type:{ref}" for ref in config.gitlab_refs)
    return (f"repo:{config.github_repository}:environment:{environment}",)
