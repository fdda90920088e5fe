"""Command `terrarium key-policy`: the statements that the policy of an existing key needs, and whether it has them."""

import json
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import click

from environments import Environment, load_environment
from modules.extensions.load import load_extensions
from modules.iam.statement import Statement
from modules.key_policy import key_policy as policy_of_own_key
from modules.key_policy import use_of_key
from modules.names import Names
from operations.account import session_in
from terrarium.echo import echo
from terrarium.errors import FailedError

if TYPE_CHECKING:
    import boto3

__all__ = ["key_policy", "key_statements", "missing_statements"]


@click.command("key-policy")
@click.argument("environment")
@click.option(
    "--check", is_flag=True, help="Compare the policy of the key in the account with the statements."
)
def key_policy(environment: str, *, check: bool) -> None:
    """Print the statements that the key policy of ENVIRONMENT needs, as JSON.

    The owner of an existing key (encryption.key_arn) adds them to the key's policy.
    """
    config = load_environment(environment)
    if not check:
        echo(json.dumps([one.document() for one in key_statements(config)], indent=2))
        return
    arn = config.encryption.key_arn
    if arn is None:
        raise FailedError(
            f"the stack creates the key of {environment}, and writes its policy",
            remedy=f"compare it with `terrarium drift {environment}`",
        )
    missing = missing_statements(config, session_in(config))
    if missing:
        echo(json.dumps([one.document() for one in missing], indent=2))
        raise FailedError(
            f"the policy of {arn} lacks {', '.join(one.sid for one in missing)}",
            remedy="have the owner of the key add the statements above to its policy",
        )
    echo(f"The policy of {arn} has every statement that {environment} needs.")


def key_statements(config: Environment) -> tuple[Statement, ...]:
    """Return the statements that the key policy of an environment needs."""
    names = Names.of(config)
    services = tuple(
        dict.fromkeys(one for loaded in load_extensions(config) for one in loaded.kind.key_services)
    )
    if config.encryption.key_arn is not None:
        return use_of_key(names, extensions=services)
    return policy_of_own_key(names, administrators=config.encryption.administrators, extensions=services)


def missing_statements(config: Environment, session: "boto3.Session") -> tuple[Statement, ...]:
    """Return the statements that the policy of the existing key lacks. Costs one call: GetKeyPolicy.

    A statement is there if one statement allows its actions to its principals, without further conditions. Statements
    that deny are not judged: `terrarium verify` tries the use of the key.
    """
    arn = str(config.encryption.key_arn)
    answer = session.client("kms", region_name=config.region).get_key_policy(KeyId=arn, PolicyName="default")
    given = _listed(json.loads(answer["Policy"])["Statement"])
    return tuple(
        one
        for one in key_statements(config)
        if not any(_covers(other, one.document(), arn) for other in given)
    )


def _covers(given: Mapping[str, Any], needed: Mapping[str, Any], arn: str) -> bool:
    return (
        given.get("Effect") == "Allow"
        and any(one in {"*", arn} for one in _listed(given.get("Resource", [])))
        and all(
            any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _listed(given.get("Action", [])))
            for action in _listed(needed["Action"])
        )
        and set(_principals(needed)) <= set(_principals(given))
        and _conditions(given) <= _conditions(needed)
    )


def _principals(statement: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the principals with their kinds; an account by its id, as IAM understands its ARN and its id alike."""
    principal = statement.get("Principal", {})
    for kind, named in principal.items() if isinstance(principal, dict) else [("AWS", principal)]:
        yield from ((kind, one.split(":")[4] if one.endswith(":root") else one) for one in _listed(named))


def _conditions(statement: Mapping[str, Any]) -> set[tuple[str, str, tuple[str, ...]]]:
    return {
        (operator, key.lower(), tuple(sorted(_listed(value))))
        for operator, test in statement.get("Condition", {}).items()
        for key, value in test.items()
    }


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)) else [value]
