"""JSONata, which the sandbox does not evaluate, and says so: moto would fail over the evaluator that it lacks."""

from typing import NoReturn

from moto.stepfunctions.parser.asl.jsonata import jsonata

from terrarium.errors import Error
from terrarium_sandbox.patches import patch

__all__ = ["JsonataNotEvaluatedError", "refuse_jsonata"]


class JsonataNotEvaluatedError(Error):
    """A state machine has come to an expression of JSONata."""


def refuse_jsonata() -> None:
    """Fail executions that come to an expression of JSONata, in words."""

    def refuse(_: str) -> NoReturn:
        raise JsonataNotEvaluatedError(
            "the sandbox does not evaluate JSONata",
            remedy='say it in JSONPath ("QueryLanguage": "JSONPath"), or try this state machine on AWS',
        )

    patch(
        jsonata,
        "_eval_jsonata",
        refuse,
        reason="moto needs an evaluator of JSONata that is not installed; the sandbox refuses with a remedy.",
    )
