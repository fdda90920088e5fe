"""`lab.models`: submit, find, load, promote."""

import shutil
import tempfile
import weakref
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from terrarium.artifacts import ArtifactRef
from terrarium.models.alias_move import AliasMove
from terrarium.models.approval import Approval
from terrarium.models.errors import NotSubmittableError
from terrarium.models.lineage import Lineage, lineage_of
from terrarium.models.package import CARD, MODEL
from terrarium.models.reference import ModelReference, check_model_name
from terrarium.models.registry import Registry
from terrarium.models.releasing import release_storage, write_release
from terrarium.models.storage import PackageStorage
from terrarium.models.version import ModelVersion

if TYPE_CHECKING:
    from mlflow.pyfunc import PyFuncModel

    from terrarium.experiments import Run, RunSummary
    from terrarium.lab import Lab

__all__ = ["Models"]


class Models:
    """The registered models of an environment.

    References are written `churn@champion` or `churn/3`. MLflow's own code sees the same models behind
    `terrarium://<environment>`.
    """

    def __init__(self, lab: "Lab") -> None:
        self._lab = lab

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
            NotSubmittableError: The run is not finished, its record is incomplete, or it kept no such model.
            GatesFailedError: The model does not pass the environment's gates; all of them are named.
            ModelNameError: Nothing can be called so.
        """
        from terrarium.models.submission import submit

        check_model_name(name)
        run_id = run if isinstance(run, str) else run.id
        return submit(self._lab, run_id, name, model=model, description=description)

    def names(self) -> list[str]:
        """The names of all registered models, in alphabetical order."""
        return [model.name for model in self._registry.models()]

    def versions(self, name: str) -> list[ModelVersion]:
        """The versions of a model, the last one first.

        Raises:
            ModelNotFoundError: There is no such model.
        """
        self._registry.model(name)
        return list(self._registry.versions(f"name = '{name}'"))

    def search(self, where: str = "") -> list[ModelVersion]:
        """Versions of all models.

        Args:
            where: As MLflow writes it, e.g. "tags.`terrarium.model.submitted_by` LIKE '%/ada'". Omitted, all.
        """
        return list(self._registry.versions(where))

    def get(self, reference: str) -> ModelVersion:
        """The version that a reference means now.

        Raises:
            ModelNameError: It is no reference.
            ModelNotFoundError: There is no such version.
        """
        return self._registry.resolve(reference)

    def load(self, reference: str) -> "PyFuncModel":
        """Load a model, every file of it verified; a run that is under way has that on record.

        Returns:
            MLflow's uniform model: `predict(frame)`, and `get_raw_model()` for the library's own.

        Raises:
            ModelTamperedError: A file is not what was submitted, is gone, or was added; it is named.
            ModelNotFoundError: There is no such version.
        """
        import mlflow.pyfunc

        from terrarium.models.use import record_use

        version = self.get(reference)
        folder = tempfile.mkdtemp(prefix="terrarium-model-")
        try:
            self._storage.get(_package(version), Path(folder), below=f"{MODEL}/")
            model: PyFuncModel = mlflow.pyfunc.load_model(str(Path(folder) / MODEL))
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        # Some models read their files when they are used.
        weakref.finalize(model, shutil.rmtree, folder, ignore_errors=True)
        record_use(self._lab, version, asked=reference)
        return model

    def download(self, reference: str, destination: str | PathLike[str]) -> Path:
        """Get the whole package of a version to a folder; errors as of `load`.

        Returns:
            The folder: `model/`, `card.md`, `card.html`, `record.json`, `requirements.txt`.
        """
        folder = Path(destination)
        folder.mkdir(parents=True, exist_ok=True)
        self._storage.get(_package(self.get(reference)), folder)
        return folder

    def card(self, reference: str) -> str:
        """The model card of a version, as Markdown; errors as of `load`."""
        with tempfile.TemporaryDirectory() as folder:
            self._storage.get(_package(self.get(reference)), Path(folder), below=CARD)
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
        version = self.get(reference)
        self._registry.writing.move_alias(version.name, alias, version.version, reason=reason)

    def remove_alias(self, name: str, alias: str, *, reason: str = "") -> None:
        """Let an alias mean nothing."""
        self._registry.writing.move_alias(name, alias, None, reason=reason)

    def alias_history(self, name: str) -> list[AliasMove]:
        """Who moved which alias when, the first move first."""
        return self._registry.moves(name)

    def approve(self, reference: str, *, reason: str, environment: str | None = None) -> Approval:
        """Let a version enter an environment, or become champion there, in one's own name.

        Args:
            reference: The version.
            reason: Why; it is kept.
            environment: Where it may enter; omitted, this one.
        """
        from mlflow.entities.model_registry import ModelVersionTag

        version = self.get(reference)
        approval = Approval.now(
            environment or self._lab.environment, by=self._lab.session.caller, reason=reason
        )
        # The bucket first: the environment that it is for reads it there, and knows nothing of the tag.
        release_storage(self._lab).put_approval(version.name, version.version, approval)
        tag = ModelVersionTag(approval.tag, approval.model_dump_json())
        self._registry.writing.set_model_version_tag(version.name, version.version, tag)  # type: ignore[no-untyped-call]
        return approval

    def release(self, reference: str) -> bool:
        """Write the release of a version that was submitted before releases were written, and its approvals.

        A release holds what a promotion has to know of the version. `submit` and `promote` write it.

        Args:
            reference: The version.

        Returns:
            Whether the release was missing.

        Raises:
            NotSubmittableError: The version was not submitted by `lab.models`.
        """
        name = self.get(reference).name
        with self._registry.alone(name):
            return write_release(self._lab, self.get(reference), registry=self._registry)

    def promote(self, reference: str, *, to: "Lab") -> ModelVersion:
        """Promote a version to the next environment in this process: package, run, approval and lineage.

        Where the database of `to` cannot be reached, and wherever people may not write, the promotion is a job of that
        environment: `terrarium models promote`. It can be repeated at any time, and by several processes at once:
        whatever was killed, there is one such version in the end. It gets no alias there.

        Args:
            reference: The version here. By number, no database is asked here: reading the bucket suffices.
            to: The other environment, connected; with `terrarium.connect(name, session=...)`, as another principal.

        Raises:
            PromotionRefusedError: Its `registry.promotes_from` does not name this environment.
            ReleaseMissingError: There is no such version, or it has no release yet: `release(reference)`.
            ApprovalMissingError: It wants approval, and there is none: `approve(reference, environment=...)`.
            GatesFailedError: The model does not pass its gates.
            ModelTamperedError: The bucket here does not hold what was submitted.
        """
        from terrarium.models.promotion import Promotion

        promotion = Promotion(self._lab, to)
        asked = ModelReference.parse(reference)
        number = self.get(reference).version if asked.version is None else asked.version
        return promotion.promote(asked.name, number)

    def lineage(self, reference: str) -> Lineage:
        """Where a version comes from (run, data snapshots, code), and which runs use it; print it.

        Raises:
            ModelNotFoundError: There is no such version.
            ModelTamperedError: Its record is not what was submitted.
        """
        return lineage_of(self._lab, self.get(reference))

    @cached_property
    def _registry(self) -> Registry:
        return Registry(self._lab)

    @cached_property
    def _storage(self) -> PackageStorage:
        return PackageStorage(self._lab.manifest.registry, session=self._lab.session)


def _package(version: ModelVersion) -> ArtifactRef:
    if version.artifact is None:
        raise NotSubmittableError(
            f"{version.reference} was not submitted by lab.models, so that nothing vouches for its content",
            remedy="load it by MLflow itself, or submit its run: lab.models.submit(run, name)",
        )
    return version.artifact
