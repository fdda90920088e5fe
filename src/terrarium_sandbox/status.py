"""Status of a running sandbox: the answer of the route `status` of the internal interface."""

from pydantic import BaseModel, ConfigDict

from terrarium_sandbox.http.failures import Failure

__all__ = ["AccountInventory", "Database", "Status"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AccountInventory(_Part):
    """The resources of an account by service and kind, without those that every account has."""

    account: str
    resources: dict[str, dict[str, int]]


class Database(_Part):
    """A cluster of RDS and its address."""

    account: str
    region: str
    name: str
    status: str
    address: str


class Status(_Part):
    """Resources, databases, calls that failed, and the last error of saving."""

    iam_enforced: bool
    save_problem: str | None
    accounts: list[AccountInventory]
    databases: list[Database]
    failures: list[Failure]
