"""`ArtifactRef`: a reference that pins one version of an artifact."""

from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from pydantic import Field, ValidationError

from terrarium.arguments import checked_methods
from terrarium.artifacts.errors import ArtifactReferenceError
from terrarium.errors import Error
from terrarium.public_model import PublicModel

__all__ = ["ArtifactRef", "Digest"]

Digest = Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")]


@checked_methods
class ArtifactRef(PublicModel):
    """A reference to one version of an artifact. References are equal if they name the same version.

    `str(ref)` has the same content, and `ArtifactRef.parse` reads it.

    Attributes:
        bucket: The S3 bucket.
        key: The key in the bucket; for a folder, the key of its listing.
        version_id: The S3 version. Later uploads under the same name do not change it.
        digest: SHA-256 of the content; for a folder, of the paths, sizes and digests of its files.
        size: Size in bytes; for a folder, of all its files.
        kind: File or folder.
    """

    refused_as: ClassVar[type[Error]] = ArtifactReferenceError

    bucket: Annotated[str, Field(min_length=3)]
    key: Annotated[str, Field(min_length=1)]
    version_id: Annotated[str, Field(min_length=1)]
    digest: Digest
    size: Annotated[int, Field(ge=0)]
    kind: Literal["file", "folder"] = "file"

    @property
    def uri(self) -> str:
        """The URI `s3://bucket/key`, without the version."""
        return f"s3://{self.bucket}/{self.key}"

    def __str__(self) -> str:
        pinned = {
            "versionId": self.version_id,
            "digest": self.digest,
            "size": str(self.size),
            "kind": self.kind,
        }
        return f"s3://{self.bucket}/{quote(self.key)}?{urlencode(pinned, safe=':')}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the reference with the text `str(ref)`.

        Raises:
            ArtifactReferenceError: The text is not a reference.

        Example:
            >>> ArtifactRef.parse(str(ref)) == ref
            True
        """
        try:
            parts = urlsplit(text)
            pinned = dict(parse_qsl(parts.query))
            if parts.scheme != "s3":
                raise ValueError("it does not begin with s3://")
            return cls.model_validate(
                {
                    "bucket": parts.netloc,
                    "key": unquote(parts.path.removeprefix("/")),
                    "version_id": pinned.pop("versionId", ""),
                    **pinned,
                }
            )
        except (ValidationError, ValueError) as error:
            raise ArtifactReferenceError(
                f"{text!r} is not a reference of an artifact",
                remedy="references are returned by `put` and `latest`, "
                "such as s3://bucket/key?versionId=...&digest=sha256:...&size=...&kind=file",
            ) from error
