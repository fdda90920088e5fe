"""`ArtifactRef`: which bytes, for good."""

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
    """One version of one artifact; two references are equal exactly if they mean the same version.

    Its text, `str(ref)`, says the same and is read back by `ArtifactRef.parse`.

    Attributes:
        bucket: The S3 bucket.
        key: The key in it; of a folder, the key of its listing.
        version_id: The S3 version that is meant, whatever is put under the same name later.
        digest: SHA-256 of the content; of a folder, of the paths, sizes and digests of its files.
        size: Bytes; of a folder, of all its files together.
        kind: Whether this is one file or a folder of them.
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
        """`s3://bucket/key`, as other tools write it; without the version."""
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
        """Read what `str(ref)` wrote.

        Raises:
            ArtifactReferenceError: It is something else.
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
                f"{text!r} is no reference to an artifact",
                remedy="a reference is what `put` and `latest` return, "
                "such as s3://bucket/key?versionId=...&digest=sha256:...&size=...&kind=file",
            ) from error
