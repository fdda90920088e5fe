"""The trust policies of CI's roles, their OIDC provider, and the boundary of CI."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environments
from tests.stacks.synthesized import Synthesized, listed, synthesize

PROVIDER = "token.actions.githubusercontent.com"


def dev_with(folder: Path, **access: object) -> Synthesized:
    """The stack of dev with other values in its section `access`."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    documents["dev"]["access"] |= access
    environments = [Environment.model_validate(document) for document in documents.values()]
    return synthesize(environments, folder)["dev"]


def trust(stack: Synthesized, role: str) -> list[dict[str, Any]]:
    policy = json.loads(stack.resource("aws_iam_role", f"access/delivery/{role}/role")["assume_role_policy"])
    statements: list[dict[str, Any]] = policy["Statement"]
    return statements


def test_the_provider_is_created_before_the_roles_that_trust_it(stacks: dict[str, Synthesized]) -> None:
    (provider,) = stacks["dev"].resources("aws_iam_openid_connect_provider").values()
    assert provider["url"] == f"https://{PROVIDER}"
    (statement,) = trust(stacks["dev"], "deploy")
    assert statement["Principal"]["Federated"].startswith("${aws_iam_openid_connect_provider.")


def test_an_existing_provider_is_read_and_not_managed(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, github_oidc_provider="existing")
    assert "aws_iam_openid_connect_provider" not in stack.kinds
    (data,) = stack.document["data"]["aws_iam_openid_connect_provider"].values()
    assert data["arn"] == f"arn:aws:iam::111111111111:oidc-provider/{PROVIDER}"
    (condition,) = data["lifecycle"]["postcondition"]
    assert condition["condition"] == '${contains(self.client_id_list, "sts.amazonaws.com")}'
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        assert statement["Principal"]["Federated"].startswith("${data.aws_iam_openid_connect_provider.")


@pytest.mark.parametrize(
    ("fields", "issuer"),
    [
        ({"github_repository": None, "gitlab_project": "acme/ml/platform"}, "gitlab.com"),
        (
            {
                "github_repository": None,
                "gitlab_project": "acme/ml/platform",
                "oidc_issuer": "https://gitlab.example.com",
            },
            "gitlab.example.com",
        ),
        ({"oidc_issuer": "https://github.example.com/_services/token"}, "github.example.com/_services/token"),
    ],
    ids=["GitLab", "own GitLab", "GitHub Enterprise Server"],
)
def test_an_existing_provider_of_another_issuer_is_read_by_its_arn_only(
    tmp_path: Path, fields: dict[str, Any], issuer: str
) -> None:
    stack = dev_with(tmp_path, github_oidc_provider="existing", **fields)
    arn = f"arn:aws:iam::111111111111:oidc-provider/{issuer}"
    (data,) = stack.document["data"]["aws_iam_openid_connect_provider"].values()
    assert data["arn"] == arn
    assert subjects(stack, "deploy", issuer)
    granted = [
        (action, resource)
        for role in ("plan", "deploy")
        for statement in stack.granted(f"access/delivery/{role}")
        for action in listed(statement["Action"])
        for resource in listed(statement["Resource"])
        if "oidc-provider" in resource
    ]
    assert {resource for _, resource in granted} == {arn}
    assert all(action.startswith(("iam:Get", "iam:List")) for action, _ in granted)


def subjects(stack: Synthesized, role: str, issuer: str = PROVIDER) -> set[str]:
    (statement,) = trust(stack, role)
    tests = {key: value for test in statement["Condition"].values() for key, value in test.items()}
    assert tests[f"{issuer}:aud"] == "sts.amazonaws.com"
    return set(listed(tests[f"{issuer}:sub"]))


def test_only_the_github_environment_deploys_and_pull_requests_and_the_drift_workflow_plan(
    stacks: dict[str, Synthesized],
) -> None:
    assert subjects(stacks["dev"], "deploy") == {"repo:acme/terrarium:environment:dev"}
    assert subjects(stacks["dev"], "plan") == {
        "repo:acme/terrarium:pull_request",
        "repo:acme/terrarium:environment:dev",
        "repo:acme/terrarium:environment:drift",
    }


def test_github_enterprise_server_is_another_issuer(tmp_path: Path) -> None:
    issuer, thumbprint = "github.example.com/_services/token", "a" * 40
    stack = dev_with(tmp_path, oidc_issuer=f"https://{issuer}", oidc_thumbprints=[thumbprint])
    (provider,) = stack.resources("aws_iam_openid_connect_provider").values()
    assert (provider["url"], provider["thumbprint_list"]) == (f"https://{issuer}", [thumbprint])
    assert subjects(stack, "deploy", issuer) == {"repo:acme/terrarium:environment:dev"}
    readable = {
        resource
        for statement in stack.granted("access/delivery/plan")
        for resource in listed(statement["Resource"])
        if "oidc-provider" in resource
    }
    assert readable == {f"arn:aws:iam::111111111111:oidc-provider/{issuer}"}


def test_a_gitlab_project_plans_from_every_branch_and_deploys_from_protected_ones(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, github_repository=None, gitlab_project="acme/ml/platform")
    (provider,) = stack.resources("aws_iam_openid_connect_provider").values()
    assert provider["url"] == "https://gitlab.com"
    assert subjects(stack, "plan", "gitlab.com") == {"project_path:acme/ml/platform:ref_type:*"}
    assert subjects(stack, "deploy", "gitlab.com") == {
        "project_path:acme/ml/platform:ref_type:branch:ref:main",
        "project_path:acme/ml/platform:ref_type:tag:ref:v*",
    }


def test_an_environment_is_deployed_by_one_ci_system(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="both set"):
        dev_with(tmp_path, gitlab_project="acme/ml/platform")


@pytest.mark.parametrize("issuer", ["http://gitlab.example.com", "https://gitlab.example.com/", "gitlab.com"])
def test_an_issuer_is_an_https_url_as_in_tokens(tmp_path: Path, issuer: str) -> None:
    with pytest.raises(ValueError, match="https URL"):
        dev_with(tmp_path, oidc_issuer=issuer)


def test_without_a_repository_no_principal_may_assume_the_roles(tmp_path: Path) -> None:
    stack = dev_with(tmp_path, github_repository=None)
    assert "aws_iam_openid_connect_provider" not in stack.kinds
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        own = f"arn:aws:iam::111111111111:role/terrarium-dev-ci-{role}"
        assert statement["Condition"] == {"ArnLike": {"aws:PrincipalArn": own}}


@pytest.mark.parametrize(
    ("principal", "named", "condition"),
    [
        ("arn:aws:iam::111111111111:role/gitlab", "arn:aws:iam::111111111111:role/gitlab", None),
        (
            "arn:aws:iam::222222222222:role/gitlab-*",
            "arn:aws:iam::222222222222:root",
            {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/gitlab-*"}},
        ),
    ],
)
def test_other_ci_systems_assume_the_roles_as_named_principals(
    tmp_path: Path, principal: str, named: str, condition: dict[str, Any] | None
) -> None:
    stack = dev_with(tmp_path, github_repository=None, ci_principals=[principal])
    for role in ("plan", "deploy"):
        (statement,) = trust(stack, role)
        assert (statement["Principal"], statement.get("Condition")) == ({"AWS": named}, condition)


def test_the_boundary_of_the_longest_environment_name_is_within_the_limit_of_iam(tmp_path: Path) -> None:
    """IAM limits a policy to 6,144 characters besides white space (IAM User Guide, "IAM and AWS STS quotas")."""
    document = load_environments()[0].model_dump(mode="json")
    document |= {"name": "sixteen-lettersx", "region": "ap-northeast-1"}
    stack = synthesize([Environment.model_validate(document)], tmp_path)["sixteen-lettersx"]
    network = "arn:aws:ec2:ap-northeast-1:111111111111:vpc/vpc-0123456789abcdef0"
    for path, policy in stack.resources("aws_iam_policy").items():
        if "boundary" in path:
            written = json.dumps(json.loads(policy["policy"]), separators=(",", ":"))
            assert len(re.sub(r"\$\{aws_vpc[^}]*\}", network, written)) <= 6144, path
