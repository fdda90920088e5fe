"""The remedy of an error of Terraform names what helps, and nothing else."""

import pytest

from operations.terraform_remedy import remedy_of


@pytest.mark.parametrize(
    ("printed", "remedy"),
    [
        (
            'Error: Failed to get existing workspaces: S3 bucket "terrarium-dev-state-1" does not exist.',
            "terrarium bootstrap dev",
        ),
        ("Error: Error acquiring the state lock", "terrarium recover dev"),
        (
            "Error: creating IAM Role (terrarium-dev-job): EntityAlreadyExists: Role exists",
            "terrarium recover dev",
        ),
        (
            "Error: Unsupported state file format: The state file could not be parsed as JSON",
            "terrarium recover dev",
        ),
        ("dev is deployed already, but the state does not contain it", "terrarium recover dev"),
        ("Error: ExpiredToken: The provided token has expired.", "use valid credentials"),
        ("Error: creating RDS Cluster: InvalidParameterCombination: no instance", "fix the error above"),
    ],
)
def test_remedy(printed: str, remedy: str) -> None:
    assert remedy in remedy_of(printed, environment="dev")


def test_bootstrap_is_named_for_a_missing_bucket_only() -> None:
    assert "bootstrap" not in remedy_of("Error: Invalid count argument", environment="dev")
