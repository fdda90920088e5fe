"""Package of a submitted model: MLflow's model, its card, the record of its run and exact package versions."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from terrarium.models.card import ModelCard
from terrarium.models.card_text import card_html, card_markdown
from terrarium.models.errors import NotSubmittableError
from terrarium.record import RunRecord
from terrarium.venvs.exact_version import is_exact_version

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import LoggedModel, Run
    from mlflow.models import Model

__all__ = ["CARD", "CARD_PAGE", "MODEL", "PACKAGES", "RECORD", "fill_package", "model_of_run", "read_model"]

MODEL: Final = "model"
CARD: Final = "card.md"
CARD_PAGE: Final = "card.html"
RECORD: Final = "record.json"
PACKAGES: Final = "requirements.txt"


def model_of_run(client: "MlflowClient", run: "Run", name: str | None) -> "LoggedModel":
    """Return the model that a run logged.

    Args:
        client: MLflow's client.
        run: The run.
        name: The name of the model within the run. It can be omitted if there is only one.

    Raises:
        NotSubmittableError: The run logged no such model, or several models and no name is given.
    """
    outputs = run.outputs.model_outputs if run.outputs else []
    kept = [client.get_logged_model(output.model_id) for output in outputs]
    chosen = [model for model in kept if name in (None, model.name)]
    # A model logged again under the same name replaces the earlier one.
    if not chosen or len({model.name for model in chosen}) > 1:
        names = ", ".join(sorted({model.name for model in kept}))
        which = f"no model {name!r}" if name and not chosen else "several models" if chosen else "no model"
        raise NotSubmittableError(
            f"run {run.info.run_id} logged {which}{f' ({names})' if names else ''}",
            remedy="name one of them: submit(..., model=...)"
            if names
            else "within a run: run.log_model(model)",
        )
    return max(chosen, key=lambda model: model.creation_timestamp)


def fill_package(
    client: "MlflowClient",
    folder: Path,
    *,
    logged: "LoggedModel",
    name: str,
    description: str,
    record: RunRecord,
) -> "Model":
    """Write the package of a model to `folder`.

    The package is deterministic: if the same model and record are submitted again, nothing is uploaded.

    Returns:
        MLflow's description of the model.
    """
    from mlflow.artifacts import download_artifacts

    # MLflow creates a folder there, with the last part of the URI as its name.
    downloaded = download_artifacts(
        artifact_uri=logged.artifact_location, dst_path=os.fspath(folder), tracking_uri=client.tracking_uri
    )
    Path(downloaded).rename(folder / MODEL)
    model = read_model(folder)
    card = ModelCard.of(name, description=description, record=record, signature=model.signature)
    (folder / CARD).write_text(card_markdown(card), encoding="utf-8")
    (folder / CARD_PAGE).write_text(card_html(card), encoding="utf-8")
    (folder / RECORD).write_text(record.model_dump_json(indent=1), encoding="utf-8")
    packages = record.environment.packages if record.environment else {}
    lines = (
        f"{package}=={version}\n"
        for package, version in sorted(packages.items())
        if is_exact_version(package, version)  # anything else could be an option of the installer
    )
    (folder / PACKAGES).write_text("".join(lines), encoding="utf-8")
    return model


def read_model(folder: Path) -> "Model":
    """Return MLflow's description of the model in a package."""
    from mlflow.models import Model

    model: Model = Model.load(os.fspath(folder / MODEL))
    return model
