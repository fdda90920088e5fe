"""Command `terrarium restore-database`: replaces the metadata database by one restored to a time or from a snapshot."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from environments import load_environment
from modules.names import Limit, Names
from operations.account import session_in
from terrarium.echo import echo
from terrarium.errors import InvalidRequestError

if TYPE_CHECKING:
    from types_boto3_rds import RDSClient

__all__ = ["Replacement", "restore_database"]

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_PATIENCE_SECONDS = 2 * 3600
_LOOK_EVERY_SECONDS = 10
# What a new instance gets of an old one. `aws_rds_cluster_instance` replaces an instance to change most of these.
_INSTANCE_SETTINGS = (
    "AutoMinorVersionUpgrade",
    "CopyTagsToSnapshot",
    "DBInstanceClass",
    "Engine",
    "MonitoringInterval",
    "PromotionTier",
    "PubliclyAccessible",
)


@click.command("restore-database")
@click.argument("environment")
@click.option("--to", "moment", type=click.DateTime([_TIME]), help="A time in UTC: 2026-11-30T21:00:00Z.")
@click.option("--snapshot", help="The identifier of a cluster snapshot.")
def restore_database(environment: str, *, moment: datetime | None, snapshot: str | None) -> None:
    """Replace the database of ENVIRONMENT by one that is restored to a time or from a snapshot.

    Restores a second cluster with the settings of the present one, then exchanges their names. The present one stays,
    as `…-replaced`. Safe to repeat after an interruption. Deploy and migrate afterwards: see docs/runbooks.
    """
    if (moment is None) == (snapshot is None):
        raise InvalidRequestError(
            "neither or both of --to and --snapshot were given", remedy="give one of them"
        )
    config = load_environment(environment)
    identifier = Names.of(config).physical("metadata", limit=Limit.RDS_IDENTIFIER)
    replacement = Replacement(session_in(config).client("rds"), identifier=identifier, say=echo)
    if moment:
        replacement.restore_to(moment.replace(tzinfo=UTC))
    else:
        replacement.restore_from(str(snapshot))
    replacement.exchange()
    echo(f"next: cdktf deploy {environment}, terrarium migrate {environment}, terrarium verify {environment}")


@dataclass(frozen=True)
class Replacement:
    """The replacement of a cluster by a restored one. Every step can be repeated.

    Args:
        rds: A client that may describe, restore, create and modify databases.
        identifier: The cluster.
        say: Reports progress.
    """

    rds: "RDSClient"
    identifier: str
    say: Callable[[str], None]

    @property
    def restored(self) -> str:
        """The name of the restored cluster, until it gets that of the present one."""
        return f"{self.identifier}-restored"

    @property
    def replaced(self) -> str:
        """The name that the present cluster gets."""
        return f"{self.identifier}-replaced"

    def restore_to(self, moment: datetime) -> None:
        """Restore the data of a time."""

        def restore(settings: Mapping[str, Any]) -> None:
            self.rds.restore_db_cluster_to_point_in_time(
                SourceDBClusterIdentifier=self.identifier, RestoreToTime=moment, **settings
            )

        self._restore(restore, f"restoring {self.identifier} as of {moment:{_TIME}}")

    def restore_from(self, snapshot: str) -> None:
        """Restore the data of a snapshot."""

        def restore(settings: Mapping[str, Any]) -> None:
            present = self._present()
            self.rds.restore_db_cluster_from_snapshot(
                SnapshotIdentifier=snapshot,
                Engine=present["Engine"],
                EngineVersion=present["EngineVersion"],
                **settings,
            )

        self._restore(restore, f"restoring {self.identifier} from {snapshot}")

    def exchange(self) -> None:
        """Give the present cluster and its instances another name, and their names to the restored ones."""
        if self._find(self.restored):
            if self._find(self.identifier):
                self._rename(self.identifier, self.replaced)
            self._rename_instances(self.replaced, self.identifier, self.replaced)
            self._rename(self.restored, self.identifier)
        self._rename_instances(self.identifier, self.restored, self.identifier)
        self.say(f"{self.identifier} is the restored database; the one before it is {self.replaced}")

    def _restore(self, restore: Callable[[Mapping[str, Any]], None], what: str) -> None:
        if self._find(self.restored):
            self.say(f"{self.restored} exists already: continuing with it")
        elif any(self.restored in one["DBInstanceIdentifier"] for one in self._instances(self.identifier)):
            self.say(f"{self.identifier} is restored already: continuing with its instances")
            return
        elif self._find(self.replaced):
            raise InvalidRequestError(
                f"the database was replaced before: {self.replaced} still exists",
                remedy="delete it first (docs/runbooks/restore-database.md, last step), or rename it",
            )
        else:
            self.say(f"{what}, as {self.restored}")
            restore(self._settings())
        if self._find(self.identifier):
            self._wait(lambda: self._status(self.restored), self.restored)
            self._create_instances()

    def _settings(self) -> Mapping[str, Any]:
        """Return the settings of the present cluster that a restored one does not get by itself."""
        present = self._present()
        return {
            "DBClusterIdentifier": self.restored,
            "CopyTagsToSnapshot": present["CopyTagsToSnapshot"],
            "DBClusterParameterGroupName": present["DBClusterParameterGroup"],
            "DBSubnetGroupName": present["DBSubnetGroup"],
            "DeletionProtection": present["DeletionProtection"],
            "EnableCloudwatchLogsExports": present.get("EnabledCloudwatchLogsExports", []),
            "EnableIAMDatabaseAuthentication": present["IAMDatabaseAuthenticationEnabled"],
            "KmsKeyId": present["KmsKeyId"],
            "ServerlessV2ScalingConfiguration": present["ServerlessV2ScalingConfiguration"],
            "Tags": present["TagList"],
            "VpcSecurityGroupIds": [group["VpcSecurityGroupId"] for group in present["VpcSecurityGroups"]],
        }

    def _create_instances(self) -> None:
        for present in self._instances(self.identifier):
            name = present["DBInstanceIdentifier"].replace(self.identifier, self.restored, 1)
            if name not in {one["DBInstanceIdentifier"] for one in self._instances(self.restored)}:
                settings = {key: present[key] for key in _INSTANCE_SETTINGS if present.get(key) is not None}
                if present.get("PerformanceInsightsEnabled"):
                    settings["EnablePerformanceInsights"] = True
                    settings["PerformanceInsightsKMSKeyId"] = present["PerformanceInsightsKMSKeyId"]
                self.rds.create_db_instance(
                    DBInstanceIdentifier=name,
                    DBClusterIdentifier=self.restored,
                    Tags=present["TagList"],
                    **settings,
                )
            self._wait(lambda name=name: self._instance_status(name), name)  # type: ignore[misc]

    def _rename(self, old: str, new: str) -> None:
        self.say(f"renaming {old} to {new}")
        self.rds.modify_db_cluster(DBClusterIdentifier=old, NewDBClusterIdentifier=new, ApplyImmediately=True)
        self._wait(lambda: self._status(new), new)

    def _rename_instances(self, cluster: str, old: str, new: str) -> None:
        for instance in self._instances(cluster):
            name: str = instance["DBInstanceIdentifier"]
            number = name.removeprefix(f"{old}-")
            if number.isdecimal():
                renamed = f"{new}-{number}"
                self.rds.modify_db_instance(
                    DBInstanceIdentifier=name, NewDBInstanceIdentifier=renamed, ApplyImmediately=True
                )
                self._wait(lambda name=renamed: self._instance_status(name), renamed)  # type: ignore[misc]

    def _present(self) -> Mapping[str, Any]:
        present = self._find(self.identifier)
        if present is None:
            raise InvalidRequestError(
                f"there is no cluster {self.identifier}",
                remedy="deploy the environment first: the deployment creates an empty database to be replaced",
            )
        return present

    def _find(self, cluster: str) -> Mapping[str, Any] | None:
        try:
            return self.rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"][0]
        except self.rds.exceptions.DBClusterNotFoundFault:
            return None

    def _status(self, cluster: str) -> str | None:
        found = self._find(cluster)
        return found["Status"] if found else None

    def _instances(self, cluster: str) -> list[Mapping[str, Any]]:
        pages = self.rds.get_paginator("describe_db_instances").paginate(
            Filters=[{"Name": "db-cluster-id", "Values": [cluster]}]
        )
        return [instance for page in pages for instance in page["DBInstances"]]

    def _instance_status(self, name: str) -> str | None:
        try:
            found = self.rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
        except self.rds.exceptions.DBInstanceNotFoundFault:
            return None
        return found[0]["DBInstanceStatus"]

    def _wait(self, status: Callable[[], str | None], name: str) -> None:
        """Wait until a database is available. While it is renamed, it has neither its old nor its new name."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (found := status()) != "available":
            if time.monotonic() > deadline:
                raise InvalidRequestError(
                    f"{name} is not available after {_PATIENCE_SECONDS // 60} minutes, but {found}",
                    remedy="look at its events (aws rds describe-events), and repeat the command",
                )
            time.sleep(_LOOK_EVERY_SECONDS)
