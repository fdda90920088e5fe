"""RDS and its databases, with the variables of the sandbox's shell."""

import json
import uuid
from dataclasses import dataclass
from typing import Any

import boto3
import psycopg

from tests.support.local_sandbox import LocalSandbox

__all__ = ["DATABASE", "Account", "Cluster"]

DATABASE = "experiments"

Connection = psycopg.Connection[tuple[Any, ...]]


@dataclass(frozen=True)
class Account:
    """An account of the sandbox with the credentials of one principal."""

    session: boto3.Session
    endpoint: str

    @classmethod
    def of(cls, sandbox: LocalSandbox, environment: str) -> "Account":
        """Return the administrator of the account that `environment` pins."""
        shell = sandbox.environment(environment)
        session = boto3.Session(
            aws_access_key_id=shell["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=shell["AWS_SECRET_ACCESS_KEY"],
            region_name=shell["AWS_REGION"],
        )
        return cls(session, shell["AWS_ENDPOINT_URL"])

    def client(self, service: str) -> Any:
        return self.session.client(service, endpoint_url=self.endpoint)  # type: ignore[call-overload] # any service

    def somebody_else(self, credentials: dict[str, str]) -> "Account":
        """Return the same account with other credentials, in the form of CreateAccessKey and AssumeRole."""
        session = boto3.Session(
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials.get("SessionToken"),
            region_name=self.session.region_name,
        )
        return Account(session, self.endpoint)

    def create_cluster(self, **settings: Any) -> "Cluster":
        """Create a cluster like that of the stacks. `settings` are arguments of CreateDBCluster."""
        name = f"test-{uuid.uuid4().hex[:12]}"
        defaults = {
            "DBClusterIdentifier": name,
            "Engine": "aurora-postgresql",
            "EngineVersion": "16.8",
            "MasterUsername": "master_user",
            "ManageMasterUserPassword": "MasterUserPassword" not in settings,
            "DatabaseName": DATABASE,
            "EnableIAMDatabaseAuthentication": True,
            "ServerlessV2ScalingConfiguration": {"MinCapacity": 0, "MaxCapacity": 1},
        }
        created = self.client("rds").create_db_cluster(**(defaults | settings))["DBCluster"]
        return Cluster(self, created["DBClusterIdentifier"])


@dataclass(frozen=True)
class Cluster:
    """A DB cluster with a name."""

    account: Account
    name: str

    @property
    def description(self) -> dict[str, Any]:
        """Return the response of DescribeDBClusters."""
        (cluster,) = self.account.client("rds").describe_db_clusters(DBClusterIdentifier=self.name)[
            "DBClusters"
        ]
        return dict(cluster)

    def secret(self) -> dict[str, str]:
        """Return the value of the managed secret."""
        arn = self.description["MasterUserSecret"]["SecretArn"]
        return dict(
            json.loads(self.account.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"])
        )

    def connect(self, **options: Any) -> Connection:
        """Connect where the description says; `options` are libpq's."""
        described = self.description
        defaults = {
            "host": described["Endpoint"],
            "port": described["Port"],
            "dbname": DATABASE,
            "sslmode": "require",
        }
        return psycopg.connect(**{**defaults, **options}, autocommit=True)

    def connect_as_master(self) -> Connection:
        secret = self.secret()
        return self.connect(user=secret["username"], password=secret["password"])

    def token(self, user: str, *, of: Account | None = None, **claims: Any) -> str:
        """Return a token for `user`, signed with the credentials of `of`; `claims` are generate_db_auth_token's."""
        described = self.description
        endpoint = {"DBHostname": described["Endpoint"], "Port": described["Port"], "DBUsername": user}
        return str((of or self.account).client("rds").generate_db_auth_token(**(endpoint | claims)))

    def create_iam_user(self, user: str) -> None:
        with self.connect_as_master() as master:
            master.execute(f"CREATE ROLE {user} LOGIN")
            master.execute(f"GRANT rds_iam TO {user}")

    def modify(self, **settings: Any) -> None:
        """ModifyDBCluster, at once."""
        self.account.client("rds").modify_db_cluster(
            DBClusterIdentifier=self.name, ApplyImmediately=True, **settings
        )

    def delete(self, **settings: Any) -> None:
        """DeleteDBCluster; without a final snapshot unless one is named."""
        how = settings or {"SkipFinalSnapshot": True}
        self.account.client("rds").delete_db_cluster(DBClusterIdentifier=self.name, **how)
