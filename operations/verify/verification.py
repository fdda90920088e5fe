"""Verification of an environment: its checks, with their roles and order."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from environments import Environment
from operations.key_policy import missing_statements
from operations.synthesized import synthesize_stacks
from operations.verify.check_process import run_checks_as
from operations.verify.clean_up import delete_remainders
from operations.verify.failure_notice import NOTICE_CAUSE, failed_job_notice
from operations.verify.identity import Identity, caller, scientist
from operations.verify.monitoring import ALARMS_CAUSE, BUDGET_CAUSE, check_alarms, check_budget
from operations.verify.organization_trail import TRAIL_CAUSE, check_organization_trail
from operations.verify.tunnel import TUNNEL_CAUSE, database_answers, open_tunnel
from terrarium.aws import Session
from terrarium.connection import open_connection
from terrarium.verification import Outcome, Remainder
from terrarium.verification.check import CheckFailedError, Observation
from terrarium.verification.run_checks import observe

if TYPE_CHECKING:
    import boto3

    from terrarium.manifest import PlatformManifest

__all__ = ["verify"]


_KEY_CAUSE = "the owner of the key (encryption.key_arn) changed its policy"


def verify(config: Environment, session: "boto3.Session") -> Iterator[Outcome]:
    """Run all checks, and yield their outcomes as they arrive.

    Raises:
        terrarium.errors.Error: The caller cannot read the manifest.
    """
    manifest = open_connection(config.name, session=Session(session)).manifest
    token = f"{datetime.now(UTC):%Y%m%dt%H%M%S}_{secrets.token_hex(2)}"
    remainders: list[Remainder] = []
    passed: set[str] = set()
    for report in _reports(config, manifest, session, token=token):
        if isinstance(report, Remainder):
            remainders.append(report)
            continue
        if report.status == "passed":
            passed.add(report.check)
        yield report
    if "job" in passed:
        yield observe(
            "failed-job notice",
            "operator",
            lambda: failed_job_notice(config, session, token=token),
            cause=NOTICE_CAUSE,
        )
    else:
        yield Outcome(
            check="failed-job notice", role="operator", status="skipped", detail="not tried: needs job"
        )
    if config.encryption.key_arn is not None:
        yield observe("key policy", "operator", lambda: _check_key_policy(config, session), cause=_KEY_CAUSE)
    stack = synthesize_stacks()[config.name]
    yield observe("alarms", "operator", lambda: check_alarms(stack, session), cause=ALARMS_CAUSE)
    if config.observability.budget:
        yield observe("budget", "operator", lambda: check_budget(config, stack, session), cause=BUDGET_CAUSE)
    else:
        yield _switched_off("budget", "operator", config.name)
    if config.audit.enabled and config.audit.trail == "organization":
        yield observe(
            "organization trail",
            "operator",
            lambda: check_organization_trail(stack, session),
            cause=TRAIL_CAUSE,
        )
    yield delete_remainders(remainders, session)


def _check_key_policy(config: Environment, session: "boto3.Session") -> Observation:
    missing = missing_statements(config, session)
    if missing:
        raise CheckFailedError(
            f"the policy of {config.encryption.key_arn} lacks {', '.join(one.sid for one in missing)}: "
            f"`terrarium key-policy {config.name} --check` prints the statements"
        )
    return Observation("the policy of the existing key has every statement")


def _reports(
    config: Environment, manifest: "PlatformManifest", session: "boto3.Session", *, token: str
) -> Iterator[Outcome | Remainder]:
    person = scientist(manifest, session)
    if person is None:
        yield Outcome(
            check="connect",
            role="scientist",
            status="skipped",
            detail=f"these credentials may not assume {manifest.roles.scientist_arn}: run `terrarium verify "
            f"{config.name}` again with the credentials of a scientist",
        )
    else:
        role = "scientist" if config.access.scientists_write else "reader"
        yield from _with_database(manifest, person, role=role, token=token)
    if person is None or not config.access.scientists_write:
        yield from run_checks_as(
            caller(session), config.name, role="operator", token=f"{token}_operator", database=False
        )


def _with_database(
    manifest: "PlatformManifest", person: Identity, *, role: str, token: str
) -> Iterator[Outcome | Remainder]:
    """Run the checks of a scientist, through a tunnel if it opens, else directly if the database answers."""

    def checks(*, database: bool, identity: Identity = person) -> Iterator[Outcome | Remainder]:
        return run_checks_as(identity, manifest.environment, role=role, token=token, database=database)

    tunnel = _Tunnel(manifest, person)
    if manifest.tunnel_or_none is None:
        outcome = _switched_off("tunnel", role, manifest.environment)
    else:
        outcome = observe("tunnel", role, tunnel.open, cause=TUNNEL_CAUSE)
    yield outcome
    try:
        if outcome.status == "passed":
            through = person._replace(variables={**person.variables, **tunnel.variables})
            yield from checks(database=True, identity=through)
        else:
            metadata = manifest.metadata
            yield from checks(database=database_answers(metadata.host, metadata.port))
    finally:
        tunnel.close()


def _switched_off(check: str, role: str, environment: str) -> Outcome:
    return Outcome(
        check=check, role=role, status="skipped", detail=f"switched off in environments/{environment}.toml"
    )


class _Tunnel:
    """A tunnel that stays open after its check."""

    def __init__(self, manifest: "PlatformManifest", identity: Identity) -> None:
        self.variables: dict[str, str] = {}
        self._context = open_tunnel(manifest, identity)
        self._is_open = False

    def open(self) -> Observation:
        observation, self.variables = self._context.__enter__()
        self._is_open = True
        return observation

    def close(self) -> None:
        if self._is_open:
            self._context.__exit__(None, None, None)
