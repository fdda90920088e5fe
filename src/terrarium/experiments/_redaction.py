"""Removal of secrets from a run: tags, params, record, artifacts and logged models."""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from pydantic import BaseModel, ConfigDict

from terrarium.errors import AccessDeniedError
from terrarium.experiments.object_versions import ObjectVersion, ObjectVersions
from terrarium.gc.bucket import Bucket
from terrarium.io.digest import digest_of
from terrarium.record.storage import parse_record
from terrarium.record.tags import CODE_PATCH_DIGEST, PATCH_ARTIFACT, RECORD_ARTIFACT
from terrarium.secrets import (
    REDACTED,
    redact,
    redact_arguments,
    redact_bytes,
    redact_values,
    without_secret_files,
)

if TYPE_CHECKING:
    from terrarium.connection import Connection

__all__ = ["Redaction", "redact_run"]

_LARGEST: Final = 64 * 2**20  # bytes of an object that is looked through; larger ones are named
_BINARY: Final = "a binary file; delete the run, or the file"


class Redaction(BaseModel):
    """Result of a redaction: replaced secrets, and places where secrets remain.

    Attributes:
        run: Its id.
        replaced: What held secrets, e.g. `tag note` or `record/code.patch`; it holds none any more.
        deleted: How many versions of objects were deleted for good.
        kept: What still holds secrets, or was not looked at -> why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    run: str
    replaced: tuple[str, ...] = ()
    deleted: int = 0
    kept: dict[str, str] = {}


def redact_run(connection: "Connection", run: str, texts: Sequence[str] = ()) -> Redaction:
    """Replace the secrets of a run by `***`, and delete the versions of objects that held them.

    May be repeated, e.g. by an administrator, who may delete versions of objects.

    Args:
        connection: The environment of the run.
        run: Its id.
        texts: Further secrets, which no pattern finds.
    """
    replaced: list[str] = []
    kept: dict[str, str] = {}
    deleted = 0
    patch_digest: str | None = None
    bucket = Bucket(connection.manifest.artifacts, session=connection.session)
    for uri in _artifact_uris(connection, run):
        prefix = bucket.prefix_of(uri)
        if prefix is None:
            kept[uri] = "outside of the environment's bucket"
            continue
        objects = ObjectVersions(connection.manifest.artifacts.bucket, session=connection.session)
        result = _Objects(objects, prefix, texts)
        result.redact()
        replaced += result.replaced
        kept |= result.kept
        deleted += result.deleted
        patch_digest = patch_digest or result.patch_digest
    replaced = [*_redact_rows(connection, run, texts, patch_digest), *replaced]
    return Redaction(run=run, replaced=tuple(dict.fromkeys(replaced)), deleted=deleted, kept=kept)


def _artifact_uris(connection: "Connection", run: str) -> list[str]:
    with connection.database.writer.connect() as database:
        rows = database.exec_driver_sql(
            "SELECT artifact_uri FROM runs WHERE run_uuid = %(run)s"
            " UNION ALL SELECT artifact_location FROM logged_models WHERE source_run_id = %(run)s",
            {"run": run},
        )
        return list(rows.scalars())


def _redact_rows(
    connection: "Connection", run: str, texts: Sequence[str], patch_digest: str | None
) -> Iterator[str]:
    """Replace secrets among tags and parameters, by SQL since MLflow's API changes no parameter."""
    with connection.database.writer.begin() as database:
        for table, what in (("tags", "tag"), ("params", "hyperparameter")):
            rows = database.exec_driver_sql(
                f"SELECT key, value FROM {table} WHERE run_uuid = %(run)s",  # noqa: S608 - constants
                {"run": run},
            )
            known = {key: value or "" for key, value in rows}
            new, _ = redact_values({key: _without(value, texts) for key, value in known.items()})
            if patch_digest is not None and CODE_PATCH_DIGEST in new:
                new[CODE_PATCH_DIGEST] = patch_digest
            for key, value in new.items():
                if value != known[key]:
                    database.exec_driver_sql(
                        f"UPDATE {table} SET value = %(value)s WHERE run_uuid = %(run)s AND key = %(key)s",  # noqa: S608 - constants
                        {"value": value, "run": run, "key": key},
                    )
                    yield f"{what} {key}"


class _Objects:
    """The objects below one prefix."""

    def __init__(self, objects: ObjectVersions, prefix: str, texts: Sequence[str]) -> None:
        self._objects = objects
        self._prefix = prefix
        self._texts = texts
        self.patch_digest: str | None = None  # of the patch that was written
        self.replaced: list[str] = []
        self.kept: dict[str, str] = {}
        self.deleted = 0

    def redact(self) -> None:
        """Search all versions of all objects. The patch is first, because the record contains its digest."""
        by_key: dict[str, list[ObjectVersion]] = {}
        for version in self._versions():
            by_key.setdefault(version.key, []).append(version)
        for key in sorted(by_key, key=lambda key: not key.endswith(PATCH_ARTIFACT)):
            self._redact_key(key, by_key[key])

    def _versions(self) -> list[ObjectVersion]:
        try:
            return list(self._objects.all_below(self._prefix))
        except AccessDeniedError:
            self.kept[f"{self._prefix}: earlier versions"] = (
                "your role may not list them; have an administrator repeat the command"
            )
            return list(self._objects.latest_below(self._prefix))

    def _redact_key(self, key: str, versions: list[ObjectVersion]) -> None:
        change = self._change_of(key)
        for version in versions:
            if version.size > _LARGEST:
                self.kept[str(version)] = f"{version.size // 2**20} MiB, too large to look through"
                continue
            content = self._objects.read(version)
            try:
                new = change(content)
            except ValueError:  # no JSON, or no record
                new = self._text(content)
            if new == content:
                continue
            if b"\0" in content[:8000]:
                self.kept[str(version)] = _BINARY
                continue
            if version.latest:
                self._objects.write(key, new)
                self.replaced.append(key.removeprefix(self._prefix).removeprefix("artifacts/"))
                if key.endswith(PATCH_ARTIFACT):
                    self.patch_digest = digest_of(new)
            why = self._objects.delete(version)
            if why is None:
                self.deleted += 1
            else:
                self.kept[str(version)] = why

    def _change_of(self, key: str) -> Callable[[bytes], bytes]:
        if key.endswith(PATCH_ARTIFACT):
            return self._patch
        return self._record if key.endswith(RECORD_ARTIFACT) else self._text

    def _text(self, content: bytes) -> bytes:
        for text in self._texts:
            content = content.replace(text.encode(), REDACTED.encode())
        return redact_bytes(content)[0]

    def _patch(self, content: bytes) -> bytes:
        return without_secret_files(content, texts=[text.encode() for text in self._texts])[0]

    def _record(self, content: bytes) -> bytes:
        stated = json.loads(content)
        new = _redact_json(stated, self._texts)
        code = new.get("code")
        if code:
            code["arguments"] = redact_arguments(code.get("arguments", []))[0]
            if self.patch_digest is not None and code.get("patch_digest") != self.patch_digest:
                code["patch_digest"] = self.patch_digest
                new.setdefault("failures", {})["code.patch"] = "files with secrets were removed later"
        if new == json.loads(content):
            return content
        return parse_record(json.dumps(new), source="the run").model_dump_json(indent=1).encode()


def _redact_json(value: Any, texts: Sequence[str]) -> Any:
    match value:
        case str():
            return redact(_without(value, texts))[0]
        case list():
            return [_redact_json(item, texts) for item in value]
        case dict():
            items = {key: _redact_json(item, texts) for key, item in value.items()}
            named = {key: item for key, item in items.items() if isinstance(item, str)}
            return items | redact_values(named)[0]
        case _:
            return value


def _without(value: str, texts: Sequence[str]) -> str:
    for text in texts:
        value = value.replace(text, REDACTED)
    return value
