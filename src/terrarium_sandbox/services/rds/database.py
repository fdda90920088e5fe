"""Databases: DB clusters, and DB instances outside of clusters, as the data plane sees them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.rds.models import (
    DBCluster,
    DBClusterParameterGroup,
    DBInstance,
    DBInstanceClustered,
    DBParameterGroup,
    rds_backends,
)

from terrarium_sandbox.postgres.roles import MasterUser
from terrarium_sandbox.postgres.server import ADDRESS
from terrarium_sandbox.services.rds.master_secret import read_master_secret

__all__ = ["Database", "all_databases", "is_postgresql"]

_AVAILABLE, _STOPPED = "available", "stopped"
# The status during the outage. Sources: RDS API Reference, RebootDBCluster; RDS User Guide, "Viewing Amazon RDS DB
# instance status".
_REBOOTING = "rebooting"
_FORCE_SSL_BY_DEFAULT_MAJOR = 15


def is_postgresql(engine: object) -> bool:
    """Return whether this engine has a data plane; the others exist only in moto."""
    return engine in {"aurora-postgresql", "postgres"}


@dataclass
class Database:
    """A DB cluster, or a DB instance outside of clusters: each has one database server.

    Attributes:
        resource: moto's object, which has all state.
    """

    resource: DBCluster | DBInstance

    @property
    def resource_id(self) -> str:
        """The resource id, `cluster-...` or `db-...`: unique, never reused, and the name of the database server."""
        if isinstance(self.resource, DBCluster):
            return self.resource.db_cluster_resource_id
        return self.resource.dbi_resource_id

    @property
    def account(self) -> str:
        """The account."""
        return self.resource.account_id

    @property
    def region(self) -> str:
        """The region."""
        return self.resource.region

    @property
    def port(self) -> int:
        """The port."""
        return int(self.resource.port or 0)

    @port.setter
    def port(self, port: int) -> None:
        self.resource.port = port
        for member in self._members():
            member.port = port

    @property
    def endpoint(self) -> str:
        """The endpoint for which tokens are signed, `host:port`."""
        return f"{ADDRESS}:{self.port}"

    @property
    def master_name(self) -> str:
        """The name of the master user."""
        return str(self.resource.master_username)

    @property
    def master_user(self) -> MasterUser:
        """The master user with the password of the managed secret, or that of the request."""
        if self.resource.manage_master_user_password:
            return read_master_secret(self.resource.master_user_secret.secret)
        return MasterUser(self.master_name, str(self.resource._master_user_password))  # write-only

    @property
    def database_name(self) -> str:
        """The database to create, if the request names one; `postgres` always exists."""
        name = self.resource.database_name if isinstance(self.resource, DBCluster) else self.resource.db_name
        return name or "postgres"

    @property
    def engine_version(self) -> str:
        """The engine version of the request."""
        return str(self.resource.engine_version)

    @property
    def takes_tokens(self) -> bool:
        """True if IAM database authentication is enabled."""
        return bool(self.resource.iam_database_authentication_enabled)

    @property
    def stopped(self) -> bool:
        """True if StopDBCluster or StopDBInstance stopped the database."""
        return self.resource.status == _STOPPED

    @stopped.setter
    def stopped(self, stopped: bool) -> None:
        self.resource.status = _STOPPED if stopped else _AVAILABLE

    @property
    def restarting(self) -> bool:
        """True if the server has ended and is being restarted."""
        return self.resource.status == _REBOOTING

    @restarting.setter
    def restarting(self, restarting: bool) -> None:
        old, new = (_AVAILABLE, _REBOOTING) if restarting else (_REBOOTING, _AVAILABLE)
        for one in (self.resource, *self._members()):
            if one.status == old:
                one.status = new

    @property
    def forces_tls(self) -> bool:
        """The parameter rds.force_ssl: that of the parameter group, else on since PostgreSQL 15."""
        value = self._parameters().get("rds.force_ssl", {}).get("ParameterValue")
        if value is not None:
            return str(value) == "1"
        major = re.match(r"\d+", self.engine_version)
        return major is not None and int(major[0]) >= _FORCE_SSL_BY_DEFAULT_MAJOR

    def _members(self) -> list[DBInstanceClustered]:
        return self.resource.members if isinstance(self.resource, DBCluster) else []

    def _parameters(self) -> Mapping[str, Mapping[str, Any]]:
        backend, name = self.resource.backend, self._parameter_group_name()
        groups: Mapping[str, DBClusterParameterGroup | DBParameterGroup] = (
            backend.db_cluster_parameter_groups
            if isinstance(self.resource, DBCluster)
            else backend.db_parameter_groups
        )
        return groups[name].parameters if name in groups else {}

    def _parameter_group_name(self) -> str:
        if isinstance(self.resource, DBCluster):
            return self.resource.parameter_group
        return self.resource.db_parameter_group_name or ""


def all_databases() -> Iterator[Database]:
    """Yield the databases with a data plane, of all accounts and regions."""
    for regions in list(rds_backends.values()):
        for backend in list(regions.values()):
            for cluster in list(backend.clusters.values()):
                if is_postgresql(cluster.engine):
                    yield Database(cluster)
            for instance in list(backend.databases.values()):
                if is_postgresql(instance.engine) and instance.db_cluster_identifier is None:
                    yield Database(instance)
