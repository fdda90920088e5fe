"""AWS clients of a query's caller: Glue, S3, files of tables, and the Iceberg catalog."""

from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from terrarium_sandbox.athena.task import QueryTask

if TYPE_CHECKING:
    from pyarrow.fs import S3FileSystem
    from pyiceberg.catalog.glue import GlueCatalog

__all__ = ["AwsClients", "Identity"]


class Identity(NamedTuple):
    """The caller's credentials and region."""

    access_key: str
    secret_key: str
    session_token: str | None
    region: str

    @classmethod
    def of(cls, task: QueryTask) -> "Identity":
        """Return the identity of a query's caller."""
        return cls(task.access_key, task.secret_key, task.session_token, task.region)


class AwsClients:
    """AWS clients of one identity, created at first use.

    Args:
        identity: The identity that signs the requests.
        endpoint: The sandbox's endpoint.
    """

    def __init__(self, identity: Identity, *, endpoint: str) -> None:
        self._identity = identity
        self._endpoint = endpoint

    @cached_property
    def glue(self) -> Any:
        """The client of the Glue catalog."""
        return self._client("glue")

    @cached_property
    def s3(self) -> Any:
        """The client of S3."""
        return self._client("s3")

    @cached_property
    def files(self) -> "S3FileSystem":
        """Arrow's file system for S3. Paths are `bucket/key`."""
        from pyarrow.fs import S3FileSystem

        return S3FileSystem(
            access_key=self._identity.access_key,
            secret_key=self._identity.secret_key,
            session_token=self._identity.session_token,
            region=self._identity.region,
            endpoint_override=self._endpoint,
        )

    @cached_property
    def iceberg(self) -> "GlueCatalog":
        """The catalog of Iceberg tables."""
        from pyiceberg.catalog.glue import GlueCatalog

        identity = self._identity
        token = {"s3.session-token": identity.session_token} if identity.session_token else {}
        return GlueCatalog(
            "awsdatacatalog",
            client=self.glue,
            **{
                "s3.endpoint": self._endpoint,
                "s3.region": identity.region,
                "s3.access-key-id": identity.access_key,
                "s3.secret-access-key": identity.secret_key,
                **token,
            },
        )

    @cached_property
    def _session(self) -> Any:
        import boto3

        return boto3.session.Session(
            region_name=self._identity.region,
            aws_access_key_id=self._identity.access_key,
            aws_secret_access_key=self._identity.secret_key,
            aws_session_token=self._identity.session_token,
        )

    def _client(self, service: str) -> Any:
        return self._session.client(service, endpoint_url=self._endpoint)
