"""Storage of attestations in the registry's bucket, under keys that contain a digest and the writer.

A key is `attestations/<kind>/<subject>/<SHA-256 of the content>/<writer>`. The writer is IAM's `aws:userid`. A role may
only write keys that end with the id of its own session, so that nobody can write in the name of another principal.
Roles are granted the kinds that they may write.
"""

import re
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from terrarium.artifacts.transfer import map_ahead
from terrarium.artifacts.upload import put_bytes
from terrarium.aws import Session, translate_errors
from terrarium.io.digest import digest_of
from terrarium.manifest import ATTESTATIONS_PREFIX, ModelRegistry
from terrarium.models._attested_document import AttestedDocument

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

__all__ = ["AttestationStorage", "Attested", "Kind"]

Kind: TypeAlias = Literal["submissions", "promotions", "approvals", "aliases"]

T = TypeVar("T", bound=AttestedDocument)

_KEY = re.compile(r"(?P<subject>.+)/(?P<digest>[0-9a-f]{64})/(?P<writer>[^/]+)")
_WORKERS = 8


class Attested(BaseModel, Generic[T]):
    """A document with the facts that S3 and IAM record about it.

    Attributes:
        document: The document.
        writer: The `aws:userid` of the principal that wrote it.
        written: The time of its first version in S3.
        digest: The SHA-256 of its content.
    """

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    document: T
    writer: str
    written: datetime
    digest: str


class AttestationStorage:
    """The attestations in an environment's bucket.

    Args:
        registry: The section `registry` of the environment's manifest.
        session: A session that may read the bucket. `put` also needs permission to write the kind.
    """

    def __init__(self, registry: ModelRegistry, *, session: Session) -> None:
        self._bucket = registry.bucket
        self._session = session

    def put(self, kind: Kind, document: AttestedDocument) -> None:
        """Write a document in the name of the session's principal. Writing the same document again has no effect."""
        content = document.model_dump_json().encode()
        digest = digest_of(content).removeprefix("sha256:")
        key = f"{ATTESTATIONS_PREFIX}{kind}/{document.subject}/{digest}/{self._session.caller_id}"
        put_bytes(self._s3, content, bucket=self._bucket, key=key)

    def read(self, kind: Kind, subject: str, model: type[T]) -> list[Attested[T]]:
        """Return the documents about a subject and the subjects below it, in the order of their first versions in S3.

        Objects are skipped if their content does not match the digest, subject or writer in the key, or is not a
        document of this kind: a principal that may write the kind may write any content under its own keys.
        """
        found = self.find(kind, subject)
        read = map_ahead(lambda one: self._document(one, model), found, workers=_WORKERS)
        return [document for document in read if document is not None]

    def last(self, kind: Kind, subject: str, model: type[T]) -> Attested[T] | None:
        """Return the last document about a subject and the subjects below it. Read as few objects as possible."""
        for found in reversed(self.find(kind, subject)):
            document = self._document(found, model)
            if document is not None:
                return document
        return None

    def find(self, kind: Kind, subject: str) -> list["_Found"]:
        """Return the objects about a subject and the subjects below it, in the order of their first versions in S3."""
        folder = f"{ATTESTATIONS_PREFIX}{kind}/"
        prefix = f"{folder}{subject}/"
        with translate_errors(f"list s3://{self._bucket}/{prefix}"):
            pages = self._s3.get_paginator("list_object_versions").paginate(
                Bucket=self._bucket, Prefix=prefix
            )
            held = [version for page in pages for version in page.get("Versions", [])]
        firsts: dict[str, _Found] = {}
        for version in held:
            match = _KEY.fullmatch(version["Key"].removeprefix(folder))
            if match is None:
                continue
            found = _Found(
                key=version["Key"],
                version_id=version["VersionId"],
                written=version["LastModified"],
                **match.groupdict(),
            )
            # A later version of the same key is a later attempt to write the same document.
            first = firsts.setdefault(found.key, found)
            if found.written < first.written:
                firsts[found.key] = found
        return sorted(firsts.values(), key=_order)

    def _document(self, found: "_Found", model: type[T]) -> Attested[T] | None:
        with translate_errors(f"read s3://{self._bucket}/{found.key}"):
            answer = self._s3.get_object(Bucket=self._bucket, Key=found.key, VersionId=found.version_id)
            content = answer["Body"].read()
        if digest_of(content) != f"sha256:{found.digest}":
            return None
        try:
            document = model.model_validate_json(content)
        except ValidationError:
            return None
        if document.subject != found.subject or not _is_by(document.by, found.writer):
            return None
        return Attested(
            document=document,
            writer=found.writer,
            written=found.written,
            digest=found.digest,
        )

    @property
    def _s3(self) -> "S3Client":
        client: S3Client = self._session.client("s3")
        return client


class _Found(BaseModel):
    model_config = ConfigDict(frozen=True)

    key: str
    version_id: str
    written: datetime
    subject: str
    digest: str
    writer: str


def _order(found: _Found) -> tuple[datetime, int, str]:
    # S3's times have seconds. Numbered documents have their number at the end of the subject, which orders the rest.
    number = found.subject.rpartition("/")[2]
    return found.written, int(number) if number.isdecimal() else 0, found.key


def _is_by(arn: str, writer: str) -> bool:
    """Return whether a principal's ARN can belong to the writer: the ARN of a role session ends with its name."""
    _, colon, session = writer.partition(":")
    return arn.rpartition("/")[2] == session if colon else bool(arn)
