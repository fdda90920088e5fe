"""Rules of RDS about the keys of snapshots."""

from typing import Any

from moto.kms.models import kms_backends
from moto.rds.models import rds_backends

from terrarium_sandbox.rules.rule import Request, Rule, rule

__all__ = ["RULES"]


@rule(
    "key-of-snapshot-must-be-usable",
    on=("rds:CopyDBClusterSnapshot", "rds:RestoreDBClusterFromSnapshot"),
    code="KMSKeyNotAccessibleFault",
    source="Amazon RDS API Reference, CopyDBClusterSnapshot and RestoreDBClusterFromSnapshot, Errors",
)
def key_of_snapshot_must_be_usable(request: Request) -> str | None:
    """A snapshot can be copied and restored only while its key is enabled."""
    snapshot = _snapshot(request)
    if snapshot is None or not snapshot.kms_key_id:
        return None
    kms = request.backend(kms_backends)
    key = kms.keys.get(kms.get_key_id(snapshot.kms_key_id))
    if key is None or key.key_state == "Enabled":
        return None
    return f"The specified KMS key [{snapshot.kms_key_id}] does not exist, is not enabled or you do not have access"


def _snapshot(request: Request) -> Any:
    name = request.get("SourceDBClusterSnapshotIdentifier") or request.get("SnapshotIdentifier") or ""
    return request.backend(rds_backends).cluster_snapshots.get(name.rpartition(":")[2])


RULES: tuple[Rule, ...] = (key_of_snapshot_must_be_usable,)
