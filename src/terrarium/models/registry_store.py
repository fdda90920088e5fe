"""MLflow's model registry on the metadata database of an environment."""

from typing import TYPE_CHECKING, Any

from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModelAlias
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.validation import (
    _validate_model_alias_name,
    _validate_model_alias_name_reserved,
    _validate_model_version,
)

from terrarium.metadata.mlflow_schema import check_schema
from terrarium.models._alias_change import AliasChange
from terrarium.models._approval import check_approved
from terrarium.models._tags import CHAMPION
from terrarium.models.attestations import Attestations
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from terrarium.connection import Connection

__all__ = ["RegistryStore"]


class RegistryStore(SqlAlchemyStore):
    """MLflow's store of registered models, versions and aliases, without migrations, which the deployer runs.

    Each change of an alias is attested with its principal, time and reason, also if MLflow's client or UI makes it.

    Args:
        connection: The environment.
        store_uri: Its URI in MLflow.
        engine: Engine of a user of the database. Default: the writer.
    """

    def __init__(self, connection: "Connection", *, store_uri: str, engine: "Engine | None" = None) -> None:
        self._connection = connection
        self._user = engine or connection.database.writer
        self._attestations = Attestations(connection.manifest, session=connection.session)
        check_schema(self._user, connection.environment)
        super().__init__(self._user.url.render_as_string())  # type: ignore[no-untyped-call]
        self.db_uri = store_uri

    # A class method there, since it caches engines by URL; this one belongs to the connection.
    def _get_or_create_engine(self, db_uri: str) -> "Engine":  # type: ignore[override]  # noqa: ARG002
        return self._user

    def create_registered_model(self, *arguments: Any, **options: Any) -> Any:
        """Register a model.

        Raises:
            CapabilityDisabledError: The environment has no model registry. MLflow's UI opens this store nevertheless.
        """
        self._connection.manifest.check_enabled("registry")
        return super().create_registered_model(*arguments, **options)  # type: ignore[no-untyped-call]

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        """Set `alias` to this version."""
        self.change_alias(name, alias, version)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Remove `alias`."""
        self.change_alias(name, alias, None)

    def change_alias(self, name: str, alias: str, version: str | int | None, *, reason: str = "") -> None:
        """Set or remove an alias, and attest the change in the registry's bucket.

        Args:
            name: The name of the registered model.
            alias: The alias, e.g. `champion`.
            version: The number of the version; None removes the alias.
            reason: The reason of the change.

        Raises:
            ApprovalMissingError: The environment requires approved champions, and nobody approved this version.
            AttestationMissingError: The version has a package, but no attestation.
            ModelTamperedError: The row of the version differs from its attestation.
            MlflowException: The registry does not contain the model or version.
        """
        _validate_model_alias_name(alias)
        _validate_model_alias_name_reserved(alias)
        after = None if version is None else int(_validate_model_version(version))
        # Approvals and attestations are never removed, so the check still holds when the alias is set.
        digest = None if after is None else self._check_version(name, alias, after)
        with self.ManagedSessionMaker(read_only=False) as session:
            model = self._get_registered_model(session, name)  # type: ignore[no-untyped-call]
            session.refresh(model, with_for_update=True)  # one change at a time
            held = self._get_registered_model_alias(session, name, alias)  # type: ignore[no-untyped-call]
            before = held.version if held else None
            last = self._attestations.last_alias_change(name, alias)
            if before == after == (last.after if last else None) and digest == (
                last.digest if last else None
            ):
                return
            change = AliasChange.now(
                name,
                alias,
                number=last.number + 1 if last else 1,
                before=before,
                after=after,
                digest=digest,
                by=self._connection.session.caller,
                reason=reason,
            )
            if after is not None:
                session.merge(
                    SqlRegisteredModelAlias(workspace=model.workspace, name=name, alias=alias, version=after)
                )
            elif held is not None:
                session.delete(held)
            session.flush()
            # Last, before the commit: if the process ends in between, `load` refuses the alias until it is set again.
            self._attestations.record_alias_change(change)

    def _check_version(self, name: str, alias: str, number: int) -> str | None:
        """Return the digest of a version's package, or None if MLflow's client created the version."""
        found = self.get_model_version(name, number)  # type: ignore[no-untyped-call] # raises if it does not exist
        version, settings = ModelVersion.of(found), self._connection.manifest.registry
        attested = self._attestations.check(version) if version.artifact else None
        if alias == CHAMPION and settings.approval:
            check_approved(
                version.reference,
                self._attestations.approvals(attested) if attested else (),
                self._connection.environment,
                submitted_by=attested.submitter if attested and settings.separate_approver else None,
            )
        return attested.package.digest if attested else None
