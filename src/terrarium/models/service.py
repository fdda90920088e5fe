"""`lab.models`: submit, find, load, promote."""

import shutil
import tempfile
import weakref
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.arguments import checked_methods
from terrarium.errors import ArgumentError
from terrarium.file_errors import explained_paths
from terrarium.models.alias_change import AliasChange
from terrarium.models.approval import Approval
from terrarium.models.attestation import VersionAttestation
from terrarium.models.errors import ApprovalMissingError, AttestationMissingError
from terrarium.models.lineage import Lineage, lineage_of
from terrarium.models.package import CARD, MODEL
from terrarium.models.reference import (
    ModelReference,
    check_alias,
    check_environment_name,
    check_model_name,
)
from terrarium.models.registry import Registry
from terrarium.models.storage import PackageStorage
from terrarium.models.verified import Verified, attestations_of, verify
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel

    from terrarium.connection import Connected, Connection
    from terrarium.experiments import Run, RunSummary
    from terrarium.warehouse import Warehouse

__all__ = ["Models"]


@checked_methods
class Models:
    """The registered models of an environment.

    References are written `churn@champion` or `churn/3`. MLflow's own code sees the same models behind
    `terrarium://<environment>`.

    Args:
        connection: The environment.
        warehouse: The tables of the datasets that models learn from.
    """

    def __init__(self, connection: "Connection", *, warehouse: "Warehouse") -> None:
        self._connection = connection
        self._warehouse = warehouse

    def submit(
        self, run: "Run | RunSummary | str", name: str, *, model: str | None = None, description: str = ""
    ) -> ModelVersion:
        """Submit the model that a finished run kept.

        The registry's bucket gets a package: the model, its card, the record of the run and its exact packages, with a
        digest of every file. The same run submitted again is the version that it is already.

        Args:
            run: The run, or its id.
            name: Of the registered model; it is made with its first version.
            model: The model's name within the run; may be omitted where there is but one.
            description: What others should know of this version; part of the card.

        Raises:
            RunNotFoundError: There is no such run.
            NotSubmittableError: The run is not finished, its record is incomplete, or it kept no such model.
            GatesFailedError: The model does not pass the environment's gates; all of them are named.
            ModelNameError: Nothing can be called so.
        """
        from terrarium.models.submission import submit

        check_model_name(name)
        run_id = run if isinstance(run, str) else run.id
        return submit(self._connection, self._warehouse, run_id, name, model=model, description=description)

    def names(self) -> list[str]:
        """Return the names of all registered models, in alphabetical order."""
        return [model.name for model in self._registry.models()]

    def versions(self, name: str) -> list[ModelVersion]:
        """Return the versions of a model, the newest first.

        Raises:
            ModelNotFoundError: There is no such model.
        """
        self._registry.model(name)
        return list(self._registry.versions(f"name = '{name}'"))

    def search(self, where: str = "") -> list[ModelVersion]:
        """Return versions of all models from the database, without verification; `get` verifies one.

        Args:
            where: A filter of MLflow, e.g. "tags.`terrarium.model.submitted_by` LIKE '%/ada'". Omitted, all.
        """
        return list(self._registry.versions(where))

    def get(self, reference: str) -> ModelVersion:
        """Return the version that a reference means now, with its approvals, verified if it is attested.

        A version that nothing attests (one of MLflow's client, or of an SDK that wrote no attestations) is returned as
        the database has it. It cannot be loaded, promoted or become champion.

        Raises:
            ModelNameError: It is no reference.
            ModelNotFoundError: There is no such version.
            ModelTamperedError: The database states something else than what was attested; what differs is named.
        """
        version = self._registry.resolve(reference)
        if version.artifact is None:
            return version
        try:
            return self._verify(reference).version
        except (AttestationMissingError, ApprovalMissingError):
            return version

    def load(self, reference: str, *, allow_code: bool = False) -> "PyFuncModel":
        """Load a model that is what was submitted, approved and aliased; a run that is under way has that on record.

        Args:
            reference: E.g. `churn@champion`.
            allow_code: Whether loading may execute code of the model, as pickles and custom Python models do. The
                variable `TERRARIUM_ALLOW_MODEL_CODE=true` allows it, too.

        Returns:
            MLflow's uniform model: `predict(frame)`, and `get_raw_model()` for the library's own.

        Raises:
            ModelCodeError: Loading would execute code of the model, and nobody allowed that.
            AttestationMissingError: Nothing attests the version, or the move of the alias.
            ApprovalMissingError: It is the champion of an environment that wants approval, and nobody approved it.
            ModelTamperedError: A file is not what was submitted, is gone, or was added, or the database states
                something else than what was attested; it is named.
            ModelNotFoundError: There is no such version.
        """
        import mlflow.pyfunc

        from terrarium.models.code_formats import check_loads_data
        from terrarium.models.usage import record_use

        version, attested, _ = self._verify(reference)
        folder = tempfile.mkdtemp(prefix="terrarium-model-")
        try:
            self._storage.get(attested.package, Path(folder), below=f"{MODEL}/")
            check_loads_data(Path(folder) / MODEL, reference=reference, allow_code=allow_code)
            model: PyFuncModel = mlflow.pyfunc.load_model(str(Path(folder) / MODEL))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # Some models read their files when they are used.
        weakref.finalize(model, shutil.rmtree, folder, ignore_errors=True)
        record_use(self._connection, version, asked=reference)
        return model

    def download(self, reference: str, destination: str | PathLike[str]) -> Path:
        """Get the whole package of a version to a folder; errors as of `load`.

        Returns:
            The folder: `model/`, `card.md`, `card.html`, `record.json`, `requirements.txt`.
        """
        folder, package = Path(destination), self._verify(reference).attested.package
        with explained_paths(f"download {reference} to {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            self._storage.get(package, folder)
        return folder

    def card(self, reference: str) -> str:
        """Return the model card of a version, as Markdown; errors as of `load`.

        By number (`churn/3`), the registry's bucket suffices: no database is asked.
        """
        with tempfile.TemporaryDirectory() as folder:
            self._storage.get(self._attested(reference).package, Path(folder), below=CARD)
            return (Path(folder) / CARD).read_text(encoding="utf-8")

    def alias(self, reference: str, alias: str, *, reason: str = "") -> None:
        """Let an alias mean a version from now on, whatever it meant before.

        Args:
            reference: The version.
            alias: E.g. `champion` or `challenger`.
            reason: Why; kept with who and when.

        Raises:
            ApprovalMissingError: The environment wants champions approved, and nobody approved this one.
        """
        check_alias(alias)
        version = self.get(reference)
        self._registry.writing.move_alias(version.name, alias, version.version, reason=reason)

    def remove_alias(self, name: str, alias: str, *, reason: str = "") -> None:
        """Remove an alias."""
        check_alias(alias)
        self._registry.writing.move_alias(name, alias, None, reason=reason)

    def alias_history(self, name: str) -> list[AliasChange]:
        """Return the changes of the aliases of a model from the registry's bucket, the oldest first.

        Raises:
            ModelNotFoundError: There is no such model.
        """
        self._registry.model(name)
        return attestations_of(self._connection).moves(name)

    def approve(self, reference: str, *, reason: str, environment: str | None = None) -> Approval:
        """Approve a version's package for an environment, in your own name.

        The approval is an object of the registry's bucket. Where an environment wants approvals, only its role
        `approver` may write them. By number (`churn/3`), no database is asked.

        Args:
            reference: The version.
            reason: Why; it is kept.
            environment: The environment that it may enter, or become champion in; omitted, this one.

        Raises:
            AttestationMissingError: Nothing attests the version.
            ModelTamperedError: By alias: the database states something else than what was attested.
            AccessDeniedError: The role may not approve.
        """
        target = environment or self._connection.environment
        check_environment_name(target)
        if not reason.strip():
            raise ArgumentError(
                "an approval needs a reason", remedy='state why: reason="reviewed by the risk team"'
            )
        attested = self._attested(reference)
        return attestations_of(self._connection).approve(
            attested.name, attested.version, environment=target, reason=reason
        )

    def release(self, reference: str) -> bool:
        """Attest a version that was submitted before attestations were written.

        Its package is verified and has to pass the environment's gates, except those on the age of the data and on the
        champion, which depend on the time. Approvals and moves of aliases of that time count no longer: approve the
        version, and move its aliases, again.

        Args:
            reference: The version.

        Returns:
            Whether the attestation was missing.

        Raises:
            NotSubmittableError: The version was not submitted by `lab.models`.
            ModelTamperedError: The package is not what the database states.
            GatesFailedError: The model does not pass the gates.
        """
        from terrarium.models.attesting import attest_submitted

        return attest_submitted(self._connection, self._registry, self._registry.resolve(reference))

    def promote(self, reference: str, *, to: "Connected") -> ModelVersion:
        """Promote a version to the next environment in this process: package, run, approval and lineage.

        Where the database of `to` cannot be reached, and wherever people may not write, the promotion is a job of that
        environment: `terrarium models promote`. It can be repeated at any time, and by several processes at once:
        whatever was killed, there is one such version in the end. It gets no alias there.

        Args:
            reference: The version here. By number, no database is asked here: reading the bucket suffices.
            to: The other environment, connected; with `terrarium.connect(name, session=...)`, as another principal.

        Raises:
            PromotionRefusedError: Its `registry.promotes_from` does not name this environment.
            AttestationMissingError: There is no such version, or nothing attests it yet: `release(reference)`.
            ApprovalMissingError: It wants approval, and there is none: `approve(reference, environment=...)`.
            GatesFailedError: The model does not pass its gates.
            ModelTamperedError: The bucket here does not hold what was submitted.
        """
        from terrarium.models.promotion import Promotion

        promotion = Promotion(self._connection, to.connection)
        asked = ModelReference.parse(reference)
        number = self._verify(reference).version.version if asked.version is None else asked.version
        return promotion.promote(asked.name, number)

    def lineage(self, reference: str) -> Lineage:
        """Return the origin of a version (run, data snapshots, code) and the runs that use it, ready to print.

        Raises:
            ModelNotFoundError: There is no such version.
            ModelTamperedError: Its record differs from the submitted one.
        """
        return lineage_of(self._connection, self._verify(reference).version)

    @cached_property
    def _registry(self) -> Registry:
        return Registry(self._connection)

    @cached_property
    def _storage(self) -> PackageStorage:
        return PackageStorage(self._connection.manifest.registry, session=self._connection.session)

    def _verify(self, reference: str) -> Verified:
        return verify(self._connection, self._registry, reference)

    def _attested(self, reference: str) -> VersionAttestation:
        """Return the attestation of a version: by number without a look at the database."""
        asked = ModelReference.parse(reference)
        if asked.version is not None:
            return attestations_of(self._connection).of(asked.name, asked.version)
        return self._verify(reference).attested
