"""Multipart uploads of large files; an interrupted upload continues with the missing parts."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from terrarium.artifacts._multipart_resume import UnfinishedUpload
from terrarium.artifacts.errors import SourceChangedError
from terrarium.artifacts.file_digest import FileContent, base64_of
from terrarium.artifacts.transfer import TransferConfig, map_ahead

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from types_boto3_s3 import S3Client
    from types_boto3_s3.type_defs import CompletedPartTypeDef

__all__ = ["MultipartUpload"]

# S3 computes the digest of each part; it differs if the file has changed since its digest was computed here.
_CHANGED_ON_THE_WAY = {"BadDigest", "XAmzContentChecksumMismatch", "InvalidPart"}


class MultipartUpload:
    """The upload of one content to one key."""

    def __init__(self, s3: "S3Client", content: FileContent, *, bucket: str, key: str) -> None:
        self._s3 = s3
        self._content = content
        self._bucket = bucket
        self._key = key
        self._unfinished = UnfinishedUpload(
            bucket=bucket, key=key, digest=content.digest, part_size=content.part_size
        )

    def upload(self, *, config: TransferConfig, advance: Callable[[int], None]) -> str | None:
        """Upload the missing parts, and complete the upload.

        Returns:
            The version id; None if the bucket has no versioning.

        Raises:
            SourceChangedError: The file has changed since its digest was computed.
        """
        upload_id, etags = self._resume() or (self._begin(), {})
        advance(sum(map(self._size, etags)))
        missing = [index for index in range(len(self._content.parts)) if index not in etags]
        try:
            etags |= self._upload_parts(upload_id, missing, config=config, advance=advance)
            self._content.check_unchanged()
            version_id = self._complete(upload_id, etags)
        except SourceChangedError:
            self._abort(upload_id)
            raise
        except self._s3.exceptions.ClientError as error:
            if error.response["Error"]["Code"] in _CHANGED_ON_THE_WAY:
                self._abort(upload_id)
                self._content.check_unchanged()
            raise
        self._unfinished.forget()
        return version_id

    def _upload_parts(
        self, upload_id: str, indices: list[int], *, config: TransferConfig, advance: Callable[[int], None]
    ) -> dict[int, str]:
        workers = config.workers_for(self._content.part_size)
        etags: dict[int, str] = {}
        uploads = map_ahead(lambda index: self._upload_part(upload_id, index), indices, workers=workers)
        for index, etag in zip(indices, uploads, strict=True):
            etags[index] = etag
            advance(self._size(index))
        return etags

    def _begin(self) -> str:
        upload_id = self._s3.create_multipart_upload(
            Bucket=self._bucket,
            Key=self._key,
            ChecksumAlgorithm="SHA256",
            Metadata={"digest": self._content.digest},
        )["UploadId"]
        self._unfinished.remember(upload_id)
        return upload_id

    def _resume(self) -> tuple[str, dict[int, str]] | None:
        """Return an earlier upload and the ETags of its complete parts; None if there is none."""
        upload_id = self._unfinished.recall()
        if upload_id is None:
            return None
        try:
            pages = self._s3.get_paginator("list_parts").paginate(
                Bucket=self._bucket, Key=self._key, UploadId=upload_id
            )
            parts = [part for page in pages for part in page.get("Parts", [])]
        except self._s3.exceptions.NoSuchUpload:
            return None
        arrived = {}
        for part in parts:
            index = part["PartNumber"] - 1
            checksum = part.get("ChecksumSHA256", self._checksum(index))
            if (part["Size"], checksum) == (self._size(index), self._checksum(index)):
                arrived[index] = part["ETag"]
        return upload_id, arrived

    def _upload_part(self, upload_id: str, index: int) -> str:
        return self._s3.upload_part(
            Bucket=self._bucket,
            Key=self._key,
            UploadId=upload_id,
            PartNumber=index + 1,
            Body=self._content.read_part(index),
            ChecksumSHA256=self._checksum(index),
        )["ETag"]

    def _complete(self, upload_id: str, etags: dict[int, str]) -> str | None:
        parts: list[CompletedPartTypeDef] = [
            {"PartNumber": index + 1, "ETag": etags[index], "ChecksumSHA256": self._checksum(index)}
            for index in sorted(etags)
        ]
        try:
            return self._s3.complete_multipart_upload(
                Bucket=self._bucket, Key=self._key, UploadId=upload_id, MultipartUpload={"Parts": parts}
            ).get("VersionId")
        except self._s3.exceptions.NoSuchUpload as error:
            return self._completed_before(error)

    def _completed_before(self, error: "ClientError") -> str | None:
        """Return the version that an earlier attempt of the same request completed.

        Completion may take minutes (Amazon S3 API, CompleteMultipartUpload). botocore stops waiting before that and
        sends the request again; S3 then reports that the upload does not exist, although the object exists.

        Raises:
            ClientError: The current object is another one; this is the error of S3.
        """
        try:
            head = self._s3.head_object(Bucket=self._bucket, Key=self._key)
        except self._s3.exceptions.ClientError:
            raise error from None
        stored = (head.get("Metadata", {}).get("digest"), head["ContentLength"])
        if stored != (self._content.digest, self._content.size):
            raise error
        return head.get("VersionId")

    def _abort(self, upload_id: str) -> None:
        self._unfinished.forget()
        self._s3.abort_multipart_upload(Bucket=self._bucket, Key=self._key, UploadId=upload_id)

    def _size(self, index: int) -> int:
        return min(self._content.part_size, self._content.size - index * self._content.part_size)

    def _checksum(self, index: int) -> str:
        return base64_of(self._content.parts[index])
