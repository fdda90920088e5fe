"""`Models`: the class behind `lab.models`."""

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
from terrarium.models._alias_change import AliasChange
from terrarium.models._approval import Approval
from terrarium.models._lineage import Lineage, lineage_of
from terrarium.models._package import CARD, MODEL
from terrarium.models.attestation import VersionAttestation
from terrarium.models.errors import ApprovalMissingError, AttestationMissingError
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
    from collections.abc import Callable

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
        warehouse: Returns the tables of the datasets that models learn from.
    """

    def __init__(self, connection: "Connection", *, warehouse: "Callable[[], Warehouse]") -> None:
        self._connection = connection
        self._settings = connection.manifest.registry
        self._warehouse = warehouse

    def submit(
        self, run: "Run | RunSummary | str", name: str, *, model: str | None = None, description: str = ""
    ) -> ModelVersion:
        """Submit the model that a finished run logged.

        Writes a package to the registry's bucket: the model, its card, the record of the run and its exact package
        versions, with a digest of each file. If the same run is submitted again, the existing version is returned.

        Args:
            run: The run, or its id.
            name: The name of the registered model. The first submission creates it.
            model: The name of the model within the run. It can be omitted if the run logged only one.
            description: A description of the version, part of the card.

        Raises:
            RunNotFoundError: The environment has no such run.
            NotSubmittableError: The run has not finished, its record is incomplete, or it logged no such model.
            GatesFailedError: The model does not pass the environment's gates. The error lists all gates.
            ModelNameError: The name is invalid.

        Example:
            >>> version = lab.models.submit(run, "churn", description="trained on data of May")
        """
        from terrarium.models._submission import submit

        check_model_name(name)
        run_id = run if isinstance(run, str) else run.id
        return submit(self._connection, self._warehouse, run_id, name, model=model, description=description)

    def names(self) -> list[str]:
        """Return the names of all registered models, in alphabetical order."""
        return [model.name for model in self._registry.models()]

    def versions(self, name: str) -> list[ModelVersion]:
        """Return the versions of a model, the newest first.

        Raises:
            ModelNotFoundError: The registry has no such model.
        """
        self._registry.model(name)
        return list(self._registry.versions(f"name = '{name}'"))

    def search(self, where: str = "") -> list[ModelVersion]:
        """Return versions of all models as the database describes them. `get` verifies one version.

        Args:
            where: MLflow's filter, e.g. "tags.`terrarium.model.submitted_by` LIKE '%/ada'". Defaults to all versions.

        Example:
            >>> lab.models.search("name = 'churn'")
        """
        return list(self._registry.versions(where))

    def get(self, reference: str) -> ModelVersion:
        """Return the version of a reference with its approvals, verified if it is attested.

        A version without an attestation (of MLflow's client, or of an SDK that wrote no attestations) is returned as
        the database describes it. It cannot be loaded, promoted or become champion.

        Raises:
            ModelNameError: The text is not a reference.
            ModelNotFoundError: The registry has no such version.
            ModelTamperedError: The row differs from the attestation. The error lists the differences.

        Example:
            >>> lab.models.get("churn@champion").metrics
            {'roc_auc': 0.93}
        """
        version = self._registry.resolve(reference)
        if version.artifact is None:
            return version
        try:
            return self._verify(reference).version
        except (AttestationMissingError, ApprovalMissingError):
            return version

    def load(self, reference: str, *, allow_code: bool = False) -> "PyFuncModel":
        """Load a model after verification of its files, approvals and alias. An active run records the use.

        Args:
            reference: The reference, e.g. `churn@champion`.
            allow_code: Whether loading may execute code of the model, as pickles and custom Python models do. The
                environment variable `TERRARIUM_ALLOW_MODEL_CODE=true` allows it as well.

        Returns:
            MLflow's uniform model: `predict(frame)`, and `get_raw_model()` for the object of the library.

        Raises:
            ModelCodeError: Loading can execute code of the model, and it is not allowed.
            AttestationMissingError: The version, or the change of the alias, has no attestation.
            ApprovalMissingError: The environment requires approved champions, and nobody approved this one.
            ModelTamperedError: A file was changed, deleted or added, or the row differs from the attestation.
            ModelNotFoundError: The registry has no such version.

        Example:
            >>> model = lab.models.load("churn@champion")
            >>> model.predict(frame)
        """
        import mlflow.pyfunc

        from terrarium.models._usage import record_use
        from terrarium.models.code_formats import check_loads_data

        version, attested, _ = self._verify(reference)
        folder = tempfile.mkdtemp(prefix="terrarium-model-")
        try:
            self._storage.get(attested.package, Path(folder), below=f"{MODEL}/")
            check_loads_data(Path(folder) / MODEL, reference=reference, allow_code=allow_code)
            model: PyFuncModel = mlflow.pyfunc.load_model(str(Path(folder) / MODEL))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # Some models read their files only when they are used.
        weakref.finalize(model, shutil.rmtree, folder, ignore_errors=True)
        record_use(self._connection, version, asked=reference)
        return model

    def download(self, reference: str, destination: str | PathLike[str]) -> Path:
        """Download the whole package of a version to a folder. Raises the errors of `load`.

        Returns:
            The folder: `model/`, `card.md`, `card.html`, `record.json`, `requirements.txt`.
        """
        folder, package = Path(destination), self._verify(reference).attested.package
        with explained_paths(f"download {reference} to {folder}"):
            folder.mkdir(parents=True, exist_ok=True)
            self._storage.get(package, folder)
        return folder

    def card(self, reference: str) -> str:
        """Return the model card of a version, as Markdown. Raises the errors of `load`.

        With a number (`churn/3`), it reads only the registry's bucket, not the database.
        """
        with tempfile.TemporaryDirectory() as folder:
            self._storage.get(self._attested(reference).package, Path(folder), below=CARD)
            return (Path(folder) / CARD).read_text(encoding="utf-8")

    def alias(self, reference: str, alias: str, *, reason: str = "") -> None:
        """Set an alias to a version.

        Args:
            reference: The version.
            alias: The alias, e.g. `champion` or `challenger`.
            reason: The reason, recorded with the principal and the time.

        Raises:
            ApprovalMissingError: The environment requires approved champions, and nobody approved this version.

        Example:
            >>> lab.models.alias("churn/3", "champion", reason="better recall")
        """
        check_alias(alias)
        version = self.get(reference)
        self._registry.writing.change_alias(version.name, alias, version.version, reason=reason)

    def remove_alias(self, name: str, alias: str, *, reason: str = "") -> None:
        """Remove an alias from a model."""
        check_alias(alias)
        self._registry.writing.change_alias(name, alias, None, reason=reason)

    def alias_history(self, name: str) -> list[AliasChange]:
        """Return all attested changes of the model's aliases, the earliest first.

        Raises:
            ModelNotFoundError: The registry has no such model.
        """
        self._registry.model(name)
        return attestations_of(self._connection).alias_changes(name)

    def approve(self, reference: str, *, reason: str, environment: str | None = None) -> Approval:
        """Approve a version's package for an environment, in your own name.

        The approval is an object in the registry's bucket. If an environment requires approvals, only its role
        `approver` may write them. With a number (`churn/3`), the database is not read.

        Args:
            reference: The version.
            reason: The reason, recorded with the approval.
            environment: The environment that it may enter, or become champion in. Defaults to this environment.

        Raises:
            AttestationMissingError: The version has no attestation.
            ModelTamperedError: With an alias: the row differs from the attestation.
            AccessDeniedError: The role may not approve.

        Example:
            >>> lab.models.approve("churn/3", reason="reviewed by the risk team", environment="staging")
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
        """Attest a version that an SDK without attestations submitted.

        The package is verified and must pass the environment's gates, except those on the age of the data and on the
        champion, which depend on the time. Earlier approvals and aliases are no longer valid: approve the version and
        set its aliases again.

        Args:
            reference: The version.

        Returns:
            Whether the attestation was missing.

        Raises:
            NotSubmittableError: `lab.models` did not submit the version.
            ModelTamperedError: The package differs from the row in the database.
            GatesFailedError: The model does not pass the gates.
        """
        from terrarium.models._attesting import attest_submitted

        return attest_submitted(self._connection, self._registry, self._registry.resolve(reference))

    def promote(self, reference: str, *, to: "Connected") -> ModelVersion:
        """Promote a version to the next environment in this process: package, run, approval and lineage.

        If this process cannot reach the database of `to`, or may not write there, use `terrarium models promote`, which
        starts a job of that environment. Promotions can be repeated and can run concurrently; they create one version.
        The version gets no alias in the target.

        Args:
            reference: The version here. With a number, only the bucket is read, not the database.
            to: The target environment; use `terrarium.connect(name, session=...)` for another principal.

        Raises:
            PromotionRefusedError: The target's `registry.promotes_from` does not name this environment.
            AttestationMissingError: The version does not exist, or has no attestation: `release(reference)`.
            ApprovalMissingError: The target requires an approval: `approve(reference, environment=...)`.
            GatesFailedError: The model does not pass the target's gates.
            ModelTamperedError: The bucket here does not contain the submitted content.

        Example:
            >>> lab.models.promote("churn/3", to=terrarium.connect("staging"))
        """
        from terrarium.models.promotion import Promotion

        promotion = Promotion(self._connection, to.connection)
        asked = ModelReference.parse(reference)
        number = self._verify(reference).version.version if asked.version is None else asked.version
        return promotion.promote(asked.name, number)

    def lineage(self, reference: str) -> Lineage:
        """Return the origin of a version (run, data snapshots, code) and the runs that use it.

        Raises:
            ModelNotFoundError: The registry has no such version.
            ModelTamperedError: The record in the package was changed.

        Example:
            >>> print(lab.models.lineage("churn/3"))
        """
        return lineage_of(self._connection, self._verify(reference).version)

    @cached_property
    def _registry(self) -> Registry:
        return Registry(self._connection)

    @cached_property
    def _storage(self) -> PackageStorage:
        return PackageStorage(self._settings, session=self._connection.session)

    def _verify(self, reference: str) -> Verified:
        return verify(self._connection, self._registry, reference)

    def _attested(self, reference: str) -> VersionAttestation:
        """Return the attestation of a version. With a number, the database is not read."""
        asked = ModelReference.parse(reference)
        if asked.version is not None:
            return attestations_of(self._connection).of(asked.name, asked.version)
        return self._verify(reference).attested
