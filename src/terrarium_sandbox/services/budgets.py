"""Budgets: subscribers of notifications, changes, and tags."""

import json
from typing import Any

from moto.budgets.exceptions import NotFoundException
from moto.budgets.models import Budget, Notification
from moto.budgets.responses import BudgetsResponse

from terrarium_sandbox.patches import patch
from terrarium_sandbox.sandbox import Sandbox

__all__ = ["install"]


def install(sandbox: Sandbox) -> None:  # noqa: ARG001 - the service protocol
    """Add the operations and tags that Terraform needs."""
    for operation in (
        _describe_subscribers_for_notification,
        _list_tags_for_resource,
        _tag_resource,
        _untag_resource,
        _update_budget,
    ):
        name = operation.__name__.removeprefix("_")
        patch(BudgetsResponse, name, operation, reason="moto has no such operation.", adds=True)
    create_budget = BudgetsResponse.create_budget

    def create_tagged_budget(self: BudgetsResponse) -> str:
        answer = create_budget(self)
        _tags(_budget(self, self._get_param("Budget")["BudgetName"])).update(_given_tags(self))
        return answer

    patch(
        BudgetsResponse,
        "create_budget",
        create_tagged_budget,
        reason="moto ignores the tags of a new budget.",
    )


def _describe_subscribers_for_notification(self: BudgetsResponse) -> str:
    notification = _notification(
        _budget(self, self._get_param("BudgetName")), self._get_param("Notification")
    )
    return json.dumps({"Subscribers": notification.subscribers})


def _update_budget(self: BudgetsResponse) -> str:
    changed: dict[str, Any] = self._get_param("NewBudget")
    _budget(self, changed["BudgetName"]).budget.update(changed)
    return json.dumps({})


def _list_tags_for_resource(self: BudgetsResponse) -> str:
    tags = _tags(_budget_by_arn(self))
    return json.dumps({"ResourceTags": [{"Key": key, "Value": value} for key, value in tags.items()]})


def _tag_resource(self: BudgetsResponse) -> str:
    _tags(_budget_by_arn(self)).update(_given_tags(self))
    return json.dumps({})


def _untag_resource(self: BudgetsResponse) -> str:
    tags = _tags(_budget_by_arn(self))
    for key in self._get_param("ResourceTagKeys"):
        tags.pop(key, None)
    return json.dumps({})


def _budget(self: BudgetsResponse, name: str) -> Budget:
    budgets = self.backend.budgets[self.current_account]
    if name not in budgets:
        raise NotFoundException(f"Unable to get budget: {name} - the budget doesn't exist.")
    return budgets[name]


def _budget_by_arn(self: BudgetsResponse) -> Budget:
    return _budget(self, self._get_param("ResourceARN").partition(":budget/")[2])


def _notification(budget: Budget, details: dict[str, Any]) -> Notification:
    # moto keeps the notification as it was sent; Terraform names some of its keys, in another order.
    for notification in budget.notifications:
        if all(notification.details.get(key) == value for key, value in details.items()):
            return notification
    raise NotFoundException("Unable to get subscribers - the notification doesn't exist.")


def _tags(budget: Budget) -> dict[str, str]:
    tags: dict[str, str] = vars(budget).setdefault("terrarium_tags", {})
    return tags


def _given_tags(self: BudgetsResponse) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in self._get_param("ResourceTags") or []}
