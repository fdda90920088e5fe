"""Transactions and statements of DynamoDB: IAM has no action of their name, and authorizes each item operation.

Sources: Amazon DynamoDB Developer Guide, "Using IAM with DynamoDB transactions" and "IAM security policies with PartiQL
for DynamoDB".
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from terrarium_sandbox.authorization.policy import Question
from terrarium_sandbox.http.aws_call import Call

__all__ = ["TRANSACTIONS", "transaction_questions"]

_ITEM_ACTIONS = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Get": "dynamodb:GetItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
_STATEMENT_ACTIONS = {
    "DELETE": "dynamodb:PartiQLDelete",
    "EXISTS": "dynamodb:ConditionCheckItem",
    "INSERT": "dynamodb:PartiQLInsert",
    "SELECT": "dynamodb:PartiQLSelect",
    "UPDATE": "dynamodb:PartiQLUpdate",
}
_TABLE = re.compile(r'\b(?:FROM|INTO|UPDATE)\s+"?([\w.-]+)"?', re.IGNORECASE)

TRANSACTIONS = frozenset(
    {
        "dynamodb:BatchExecuteStatement",
        "dynamodb:ExecuteStatement",
        "dynamodb:ExecuteTransaction",
        "dynamodb:TransactGetItems",
        "dynamodb:TransactWriteItems",
    }
)
"""Calls whose questions `transaction_questions` returns."""


def transaction_questions(call: Call, account: str) -> Iterator[Question]:
    """Return a question for each item operation in a transaction, or each statement."""
    parameters = call.parameters
    for item in parameters.get("TransactItems", ()):
        for kind, operation in item.items():
            if kind in _ITEM_ACTIONS and operation:
                yield _question(call, account, _ITEM_ACTIONS[kind], operation["TableName"])
    statements = parameters.get("Statements") or parameters.get("TransactStatements") or ()
    for text in [parameters.get("Statement"), *(one.get("Statement") for one in statements)]:
        if text:
            yield _of_statement(call, account, text)


def _of_statement(call: Call, account: str, text: str) -> Question:
    verb = text.split(None, 1)[0].partition("(")[0].upper()
    table = _TABLE.search(text)
    return _question(
        call, account, _STATEMENT_ACTIONS.get(verb, f"dynamodb:{call.operation}"), table[1] if table else "*"
    )


def _question(call: Call, account: str, action: str, table: str) -> Question:
    arn = table if table.startswith("arn:") else f"arn:aws:dynamodb:{call.region}:{account}:table/{table}"
    context: Mapping[str, Any] = {"dynamodb:enclosingoperation": (call.operation,)}
    return Question(action=action, resource=arn, context=context)
