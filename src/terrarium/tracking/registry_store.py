"""MLflow's model registry on the metadata database of an environment."""

from typing import TYPE_CHECKING

from mlflow.store.model_registry.dbmodels.models import SqlRegisteredModelAlias, SqlRegisteredModelTag
from mlflow.store.model_registry.sqlalchemy_store import SqlAlchemyStore
from mlflow.utils.validation import (
    _validate_model_alias_name,
    _validate_model_alias_name_reserved,
    _validate_model_version,
)

from terrarium.metadata.mlflow_schema import check_schema
from terrarium.models.alias_move import AliasMove
from terrarium.models.approval import check_approved
from terrarium.models.tags import CHAMPION

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from terrarium.lab import Lab

__all__ = ["RegistryStore"]


class RegistryStore(SqlAlchemyStore):
    """Registered models, versions and aliases; the schema is the deployer's matter.

    Every move of an alias leaves who, when and why, whoever asks for it: `lab.models`, MLflow's client or its UI.

    Args:
        lab: The environment.
        store_uri: By which MLflow knows it.
        engine: The user of the database; omitted, its writer.
    """

    def __init__(self, lab: "Lab", *, store_uri: str, engine: "Engine | None" = None) -> None:
        self._lab = lab
        self._user = engine or lab.metadata.writer
        check_schema(self._user, lab.environment)
        super().__init__(self._user.url.render_as_string())  # type: ignore[no-untyped-call]
        self.db_uri = store_uri

    # A class method there, since it caches engines by URL; ours belongs to the lab.
    def _get_or_create_engine(self, db_uri: str) -> "Engine":  # type: ignore[override]  # noqa: ARG002
        return self._user

    def set_registered_model_alias(self, name: str, alias: str, version: str | int) -> None:
        """Let `alias` mean this version from now on."""
        self.move_alias(name, alias, version)

    def delete_registered_model_alias(self, name: str, alias: str) -> None:
        """Let `alias` mean nothing."""
        self.move_alias(name, alias, None)

    def move_alias(self, name: str, alias: str, version: str | int | None, *, reason: str = "") -> None:
        """Move an alias and leave on record who did, in one transaction.

        Args:
            name: The registered model.
            alias: E.g. `champion`.
            version: Where to; None for nowhere.
            reason: Why.

        Raises:
            ApprovalMissingError: The environment wants champions approved, and nobody approved this one.
            MlflowException: There is no such model or version.
        """
        _validate_model_alias_name(alias)
        _validate_model_alias_name_reserved(alias)
        by = self._lab.session.caller
        after = None if version is None else int(_validate_model_version(version))
        if after is not None:
            # Which also sees that it is there. Approvals are never taken back, so none can vanish until the move.
            chosen = self.get_model_version(name, after)  # type: ignore[no-untyped-call]
            if alias == CHAMPION and self._lab.manifest.registry.approval:
                check_approved(f"{name}/{after}", chosen.tags, self._lab.environment)
        with self.ManagedSessionMaker(read_only=False) as session:
            model = self._get_registered_model(session, name)  # type: ignore[no-untyped-call]
            session.refresh(model, with_for_update=True)  # moves come one after the other
            held = self._get_registered_model_alias(session, name, alias)  # type: ignore[no-untyped-call]
            before = held.version if held else None
            if before == after:
                return
            move = AliasMove.now(alias, before=before, after=after, by=by, reason=reason)
            if after is not None:
                session.merge(
                    SqlRegisteredModelAlias(workspace=model.workspace, name=name, alias=alias, version=after)
                )
            elif held is not None:
                session.delete(held)
            session.merge(
                SqlRegisteredModelTag(
                    workspace=model.workspace, name=name, key=move.tag, value=move.model_dump_json()
                )
            )
