"""Output of `terrarium sandbox status`."""

import time
from datetime import timedelta

from terrarium_sandbox.home import Home
from terrarium_sandbox.ledger import summary
from terrarium_sandbox.process.running import RunningSandbox
from terrarium_sandbox.status import Status

__all__ = ["report"]


def report(home: Home) -> str:
    """Return the status of the sandbox of `home` as text."""
    running = RunningSandbox.find(home)
    if running is None:
        return f"The sandbox is down. Home: {home.folder}"
    status = Status.model_validate(running.ask("GET", "status"))
    process = running.record.process
    uptime = timedelta(seconds=round(time.time() - process.started))
    return "\n".join(
        [
            f"The sandbox is up at {running.record.endpoint} (process {process.pid}, for {uptime}).",
            f"Home: {home.folder}",
            f"Log:  {home.log_file}",
            *_save_problem(status),
            f"IAM:  {'enforced' if status.iam_enforced else 'not enforced (`terrarium sandbox enforce-iam`)'}",
            f"Types of resources: {summary()}; `terrarium sandbox ledger` explains them.",
            *_section("Resources", _resources(status)),
            *_section("Databases", _databases(status)),
            *_section("Calls that could not be answered", _failures(status)),
        ]
    )


def _save_problem(status: Status) -> list[str]:
    if status.save_problem is None:
        return []
    return [
        f"NOT SAVED: the last attempt to store a change or the state failed ({status.save_problem}). "
        "The sandbox refuses requests that change state until saving works. Acknowledged changes are kept. "
        "Free space on the disk of the home, or look for the cause in the log."
    ]


def _section(title: str, lines: list[str]) -> list[str]:
    return ["", f"{title}:", *(f"  {line}" for line in lines or ["none"])]


def _resources(status: Status) -> list[str]:
    return [
        f"{account.account}  {service:<16} {', '.join(f'{n} {kind}' for kind, n in sorted(kinds.items()))}"
        for account in status.accounts
        for service, kinds in account.resources.items()
    ]


def _databases(status: Status) -> list[str]:
    return [
        f"{database.account}  {database.region}  {database.name} is {database.status} at {database.address}"
        for database in status.databases
    ]


def _failures(status: Status) -> list[str]:
    return [
        f"{failure.count:>5} x {failure.service}:{failure.operation} ({failure.kind})"
        for failure in status.failures
    ]
