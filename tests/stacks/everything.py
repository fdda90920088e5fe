"""An environment with every option that no committed environment uses."""

from pathlib import Path
from typing import Any

import pytest

from environments import Environment, load_environment

__all__ = ["environment_with_everything"]

_SECTIONS: dict[str, dict[str, Any]] = {
    "workbench": {"users": ["ada"]},
    "audit": {"access_log_bucket": "acme-access-logs"},
    "observability": {"emails": ["ml-platform@example.com"], "monthly_budget_usd": 200},
}
_DEFINITION = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
_PIPELINE = """
import terrarium

PIPELINE = terrarium.Pipeline(
    "arriving",
    use_case="arriving",
    steps=[terrarium.Step(name="only", run="package.module:function")],
    triggers=[terrarium.DataArrival(prefix="incoming/")],
)
"""


def environment_with_everything(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    """Return the environment, with a minimal pipeline of each kind in a checkout of their own."""
    (checkout / "pipeline.json").write_text(_DEFINITION)
    (checkout / "pipeline_of_everything.py").write_text(_PIPELINE)
    monkeypatch.setattr("modules.pipelines.definition.CHECKOUT", checkout)
    monkeypatch.syspath_prepend(str(checkout))
    document = load_environment("dev").model_dump(mode="json")
    for section, fields in _SECTIONS.items():
        document[section] |= fields
    document["pipelines"] = [
        {
            "name": "training",
            "definition": "pipeline.json",
            "schedule": "cron(0 6 * * ? *)",
            "enabled": True,
        },
        {"name": "arriving", "pipeline": "pipeline_of_everything:PIPELINE"},
    ]
    return Environment.model_validate(document)
