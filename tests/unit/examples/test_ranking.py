"""The ranking that `python -m examples.breast_cancer` prints."""

from datetime import UTC, datetime

import terrarium
from examples.breast_cancer.__main__ import METRICS, ranking


def run(name: str, metrics: dict[str, float]) -> terrarium.RunSummary:
    return terrarium.RunSummary(
        id="0" * 32,
        experiment="breast-cancer",
        name=name,
        status="FINISHED",
        started=datetime.now(UTC),
        ended=None,
        params={},
        metrics=metrics,
        tags={},
        artifact_uri="",
    )


def test_ranks_candidates_beside_runs_of_pipeline_steps() -> None:
    table = ranking([run("forest", dict.fromkeys(METRICS, 0.5)), run("ingest", {"rows": 3.0})])
    assert list(table.columns[1].cells) == ["forest"]
