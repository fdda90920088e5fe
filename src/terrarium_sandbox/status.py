"""What a running sandbox says about itself: the answer of the internal interface's `status`."""

from pydantic import BaseModel, ConfigDict

from terrarium_sandbox.http.failures import Failure

__all__ = ["AccountInventory", "Database", "Status"]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AccountInventory(_Part):
    """What an account holds, by service and kind, besides what AWS puts into every account."""

    account: str
    resources: dict[str, dict[str, int]]


class Database(_Part):
    """A cluster of RDS, and where it listens."""

    account: str
    region: str
    name: str
    status: str
    address: str


class Status(_Part):
    """What the sandbox holds, why that could not be saved if it could not, and what it could not answer."""

    iam_enforced: bool
    save_problem: str | None
    accounts: list[AccountInventory]
    databases: list[Database]
    failures: list[Failure]
