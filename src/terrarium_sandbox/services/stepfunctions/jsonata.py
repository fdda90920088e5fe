"""JSONata, which the sandbox does not evaluate."""

from typing import NoReturn

from moto.stepfunctions.parser.asl.jsonata import jsonata

from terrarium.errors import Error
from terrarium_sandbox.patches import patch

__all__ = ["JsonataNotEvaluatedError", "refuse_jsonata"]


class JsonataNotEvaluatedError(Error):
    """An execution has reached an expression in JSONata."""


def refuse_jsonata() -> None:
    """Let executions fail at an expression in JSONata with a clear message."""

    def refuse(_: str) -> NoReturn:
        raise JsonataNotEvaluatedError(
            "the sandbox does not evaluate JSONata",
            remedy='write it in JSONPath ("QueryLanguage": "JSONPath"), or test this state machine on AWS',
        )

    patch(
        jsonata,
        "_eval_jsonata",
        refuse,
        reason="moto needs an evaluator of JSONata that is not installed; the sandbox refuses with a remedy.",
    )
