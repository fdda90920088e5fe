"""Lock of Terraform's state: who holds it, and whether its holder still works.

The kit locks with S3's lock file (`use_lockfile`): an object beside the state with the fields of Terraform's
`LockInfo`.
"""

import json
import os
import re
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from botocore.exceptions import ClientError

from modules.names import STATE_KEY
from policies.plan.terraform_binary import terraform_name
from terrarium.errors import ConflictError

if TYPE_CHECKING:
    import psutil
    from types_boto3_s3 import S3Client

__all__ = ["StateLock", "StateLockedError", "read_lock", "remove_lock"]

# Longer than a first deployment takes on AWS, and than the credentials of a workflow are valid.
_YOUNG: Final = timedelta(hours=2)


class StateLockedError(ConflictError):
    """The state is locked, and the holder of the lock may still work."""


class StateLock(NamedTuple):
    """A lock.

    Args:
        id: Its id.
        operation: What Terraform does with it.
        who: The user and the machine that hold it.
        created: When it was taken.
        bucket: The state bucket.
    """

    id: str
    operation: str
    who: str
    created: datetime
    bucket: str

    def described(self) -> str:
        """Return the lock as text: who, where, when, and for what."""
        minutes = int((datetime.now(UTC) - self.created).total_seconds() // 60)
        return (
            f"locked by {self.who} for {self.operation} since {self.created:%Y-%m-%d %H:%M} UTC "
            f"({minutes} minutes ago), lock {self.id}"
        )

    def check_stale(self) -> None:
        """Refuse if the holder still works, or may still work on another machine.

        Raises:
            StateLockedError: It does, or the lock is younger than two hours and from another machine.
        """
        if self.who.rpartition("@")[2] == socket.gethostname():
            running = _terraform_on(self.bucket)
            if running is not None:
                raise StateLockedError(
                    f"the state is {self.described()}; its holder still runs: process {running.pid} on this machine",
                    remedy=f"wait until it has ended, or let it save the state and end: kill -INT {running.pid}",
                )
        elif datetime.now(UTC) - self.created < _YOUNG:
            raise StateLockedError(
                f"the state is {self.described()}; whether its holder still works cannot be seen from this machine",
                remedy="ask its holder, or look at the workflow's run; if nothing works on the environment, add "
                "--break-lock",
            )


def read_lock(s3: "S3Client", bucket: str) -> StateLock | None:
    """Return the lock of the state in a bucket, if it is locked."""
    try:
        text = s3.get_object(Bucket=bucket, Key=f"{STATE_KEY}.tflock")["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket"):
            return None
        raise
    lock = json.loads(text)
    return StateLock(
        lock["ID"],
        lock["Operation"].removeprefix("OperationType").lower(),
        lock["Who"],
        datetime.fromisoformat(re.sub(r"\.\d+", "", lock["Created"])),
        bucket,
    )


def remove_lock(s3: "S3Client", lock: StateLock) -> None:
    """Remove a lock, unless another one has taken its place meanwhile.

    Raises:
        StateLockedError: Another holder has locked the state.
    """
    current = read_lock(s3, lock.bucket)
    if current is None:
        return
    if current.id != lock.id:
        raise StateLockedError(
            f"the state is {current.described()}; it was locked while you were asked",
            remedy="wait until that deployment has ended",
        )
    s3.delete_object(Bucket=lock.bucket, Key=f"{STATE_KEY}.tflock")


def _terraform_on(bucket: str) -> "psutil.Process | None":
    """Return a process of Terraform on this machine that works on the state in `bucket`."""
    import psutil

    names = {"terraform", "tofu", Path(terraform_name()).name}
    for process in psutil.process_iter():
        try:
            if process.name() in names and _works_on(process, bucket):
                return process
        except (psutil.Error, OSError, ValueError):  # it ended meanwhile, or belongs to another user
            continue
    return None


def _works_on(process: "psutil.Process", bucket: str) -> bool:
    folder = Path(process.cwd())
    for argument in process.cmdline():
        if argument.startswith("-chdir="):
            folder /= argument.removeprefix("-chdir=")
    backend = json.loads((folder / ".terraform" / "terraform.tfstate").read_text(encoding="utf-8"))["backend"]
    # The same bucket of the sandbox is another one.
    same_endpoint = process.environ().get("AWS_ENDPOINT_URL") == os.environ.get("AWS_ENDPOINT_URL")
    return same_endpoint and backend["config"]["bucket"] == bucket
