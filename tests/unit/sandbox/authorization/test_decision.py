"""Decisions from all policies, as in IAM's evaluation logic, with the denying policy in the reason."""

from typing import Any

import pytest

from terrarium_sandbox.authorization.decision import ResourcePolicy, decide
from terrarium_sandbox.authorization.policy import Policy, Question
from terrarium_sandbox.authorization.principal import Principal

OWN, OTHER = "111111111111", "222222222222"
ROLE = f"arn:aws:iam::{OWN}:role/job"
QUESTION = Question(action="s3:GetObject", resource="arn:aws:s3:::bucket/experiments/1")


def policy(effect: str = "Allow", **elements: Any) -> Policy:
    return Policy.parse(
        {"Statement": {"Effect": effect, "Action": "s3:Get*", "Resource": "arn:aws:s3:::bucket/*"} | elements}
    )


def principal(*policies: Policy, **also: Any) -> Principal:
    return Principal(
        arn=f"arn:aws:sts::{OWN}:assumed-role/job/1", account=OWN, names=frozenset({ROLE}), policies=policies, **also
    )  # fmt: skip


def test_denies_requests_that_no_policy_allows() -> None:
    decision = decide(principal(), QUESTION)
    assert not decision.allowed
    assert decision.reason == (
        f"User: arn:aws:sts::{OWN}:assumed-role/job/1 is not authorized to perform: s3:GetObject on resource: "
        "arn:aws:s3:::bucket/experiments/1 because no identity-based policy allows the s3:GetObject action"
    )


def test_allows_requests_that_a_policy_allows() -> None:
    assert decide(principal(policy()), QUESTION).allowed


@pytest.mark.parametrize(
    "statement",
    [
        {"Action": "s3:PutObject"},
        {"Resource": "arn:aws:s3:::bucket/artifacts/*"},
        {"Resource": "arn:aws:s3:::bucket"},
        {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}},
    ],
)
def test_a_policy_allows_only_its_actions_resources_and_conditions(statement: dict[str, Any]) -> None:
    assert not decide(principal(policy(**statement)), QUESTION).allowed


def test_not_action_and_not_resource_allow_the_rest() -> None:
    def only(**elements: str) -> Policy:
        return Policy.parse({"Statement": [{"Effect": "Allow", **elements}]})

    assert decide(principal(only(NotAction="iam:*", Resource="*")), QUESTION).allowed
    assert not decide(principal(only(NotAction="s3:*", Resource="*")), QUESTION).allowed
    assert not decide(principal(only(Action="*", NotResource="arn:aws:s3:::bucket/*")), QUESTION).allowed


def test_a_denial_outweighs_every_allowance() -> None:
    decision = decide(principal(policy(), policy("Deny", Action="*", Resource="*")), QUESTION)
    assert decision.reason.endswith("with an explicit deny in an identity-based policy")


def test_a_boundary_allows_nothing_and_bounds_everything() -> None:
    assert not decide(principal(boundary=policy()), QUESTION).allowed
    assert decide(principal(policy(), boundary=policy()), QUESTION).allowed
    bounded = decide(principal(policy(), boundary=policy(Action="kms:*")), QUESTION)
    assert bounded.reason.endswith("because no permissions boundary allows the s3:GetObject action")
    denied = decide(principal(policy(), boundary=policy("Deny")), QUESTION)
    assert denied.reason.endswith("with an explicit deny in a permissions boundary")


def test_a_session_policy_narrows_the_session() -> None:
    narrow = policy(Resource="arn:aws:s3:::bucket/artifacts/*")
    narrowed = decide(principal(policy(), session_policy=narrow), QUESTION)
    assert narrowed.reason.endswith("because no session policy allows the s3:GetObject action")


def of_resource(
    effect: str = "Allow", *, account: str = OWN, exclusive: bool = False, who: Any
) -> ResourcePolicy:
    return ResourcePolicy(policy=policy(effect, Principal=who), account=account, exclusive=exclusive)


def test_within_an_account_a_resource_may_let_somebody_in_by_name() -> None:
    assert decide(principal(), QUESTION, of_resource(who={"AWS": ROLE})).allowed
    assert not decide(
        principal(), QUESTION, of_resource(who={"AWS": f"arn:aws:iam::{OWN}:role/other"})
    ).allowed


def test_a_resource_that_names_the_account_leaves_it_to_the_accounts_policies() -> None:
    root = {"AWS": f"arn:aws:iam::{OWN}:root"}
    assert not decide(principal(), QUESTION, of_resource(who=root)).allowed
    assert decide(principal(policy()), QUESTION, of_resource(who=root, exclusive=True)).allowed


def test_a_key_or_a_trust_that_names_nobody_lets_nobody_in() -> None:
    decision = decide(principal(policy()), QUESTION, of_resource(who={"AWS": OTHER}, exclusive=True))
    assert decision.reason.endswith("because no resource-based policy allows the s3:GetObject action")


def test_a_resource_policy_can_deny_allowed_requests() -> None:
    decision = decide(principal(policy()), QUESTION, of_resource("Deny", who="*"))
    assert decision.reason.endswith("with an explicit deny in a resource-based policy")


@pytest.mark.parametrize("who", [{"AWS": ROLE}, {"AWS": f"arn:aws:iam::{OWN}:root"}])
def test_across_accounts_both_sides_must_allow(who: Any) -> None:
    foreign = of_resource(account=OTHER, who=who)
    assert decide(principal(policy()), QUESTION, foreign).allowed
    assert not decide(principal(), QUESTION, foreign).allowed
    silent = ResourcePolicy(policy=Policy(statements=()), account=OTHER)
    assert not decide(principal(policy()), QUESTION, silent).allowed
