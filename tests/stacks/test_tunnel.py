"""The task of the tunnel can be started, used and stopped by its user."""

import json
from typing import Any

from tests.stacks.synthesized import Synthesized


def _statements(stack: Synthesized, sid: str) -> list[dict[str, Any]]:
    """Return the statements with a sid, in all policies of the stack."""
    return [
        statement
        for policy in stack.resources("aws_iam_policy").values()
        for statement in json.loads(policy["policy"])["Statement"]
        if statement.get("Sid", "").endswith(sid)
    ]


def test_users_resume_and_terminate_only_their_own_sessions(stacks: dict[str, Synthesized]) -> None:
    """A session's id begins with aws:userid; assumed roles have no aws:username (Systems Manager User Guide)."""
    for stack in stacks.values():
        (statement,) = _statements(stack, "UseOwnSessions")
        assert {"ssm:TerminateSession", "ssmmessages:OpenDataChannel"} <= set(statement["Action"])
        assert "session/$${aws:userid}-*" in json.dumps(statement["Resource"])
        assert "aws:username" not in json.dumps(_statements(stack, ""))


def test_no_role_may_execute_commands_in_the_task(stacks: dict[str, Synthesized]) -> None:
    """Port forwarding is a session of Session Manager; ecs:ExecuteCommand opens a shell."""
    for stack in stacks.values():
        policies = json.dumps(list(stack.resources("aws_iam_policy").values()))
        assert "ecs:ExecuteCommand" not in policies


def test_the_container_has_a_memory_limit_and_ecs_creates_no_log_group(
    stacks: dict[str, Synthesized],
) -> None:
    for stack in stacks.values():
        task = stack.resource("aws_ecs_task_definition", "tunnel/task")
        (container,) = json.loads(task["container_definitions"])
        assert container["memory"] == int(task["memory"])
        (setting,) = stack.resource("aws_ecs_cluster", "tunnel/cluster")["setting"]
        assert setting == {"name": "containerInsights", "value": "disabled"}
