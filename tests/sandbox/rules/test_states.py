"""Rules of Step Functions."""

import json
import uuid
from typing import Any

import pytest

from tests.sandbox.rules.conftest import ACCOUNT, Client
from tests.support.refused_by import refused_by

END = {"Type": "Pass", "End": True}
WORK = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {}, "End": True}


def definition(states: dict[str, Any], start: str = "A") -> str:
    return json.dumps({"StartAt": start, "States": states})


def go(target: str) -> dict[str, Any]:
    return {"Type": "Pass", "Next": target}


@pytest.fixture
def states(client: Client) -> Any:
    return client("stepfunctions")


@pytest.fixture
def role(client: Client) -> str:
    return create_role(client, "states.amazonaws.com")


def create_role(client: Client, service: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    role = client("iam").create_role(RoleName=f"r-{uuid.uuid4().hex}", AssumeRolePolicyDocument=document)
    return str(role["Role"]["Arn"])


def create(states: Any, role: str, text: str = definition({"A": END}), **given: Any) -> str:
    named = {"name": f"m-{uuid.uuid4().hex}", "definition": text, "roleArn": role} | given
    return str(states.create_state_machine(**named)["stateMachineArn"])


def diagnostics(states: Any, text: str) -> list[tuple[str, str, str | None]]:
    answer = states.validate_state_machine_definition(definition=text)
    assert answer["result"] == ("FAIL" if answer["diagnostics"] else "OK")
    return [(one["code"], one["message"], one.get("location")) for one in answer["diagnostics"]]


def test_a_transition_leads_to_a_state(states: Any, role: str) -> None:
    text = definition({"A": go("C"), "B": END})
    message = (
        "Invalid State Machine Definition: 'MISSING_TRANSITION_TARGET: Missing 'Next' target: C at /States/A/Next, "
        'MISSING_TRANSITION_TARGET: State "B" is not reachable. at /States/B\''
    )
    with refused_by("state-machine-transitions", message=message):
        create(states, role, text)
    assert diagnostics(states, text) == [
        ("MISSING_TRANSITION_TARGET", "Missing 'Next' target: C", "/States/A/Next"),
        ("MISSING_TRANSITION_TARGET", 'State "B" is not reachable.', "/States/B"),
    ]


@pytest.mark.parametrize(
    ("state", "location"),
    [
        (
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "NO"}],
                "Default": "B",
            },
            "/States/A/Choices[0]/Next",
        ),
        (
            {
                "Type": "Choice",
                "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "B"}],
                "Default": "NO",
            },
            "/States/A/Default",
        ),
        (
            {
                **WORK,
                "Catch": [
                    {"ErrorEquals": ["States.Timeout"], "Next": "B"},
                    {"ErrorEquals": ["States.ALL"], "Next": "NO"},
                ],
            },
            "/States/A/Catch[1]/Next",
        ),
    ],
)
def test_every_kind_of_transition_is_followed(
    states: Any, role: str, state: dict[str, Any], location: str
) -> None:
    text = definition({"A": state, "B": END})
    assert diagnostics(states, text) == [("MISSING_TRANSITION_TARGET", "Missing 'Next' target: NO", location)]
    with refused_by("state-machine-transitions", message=location):
        create(states, role, text)


def test_the_first_state_exists(states: Any) -> None:
    text = definition({"A": END}, start="Nowhere")
    assert [place for _, _, place in diagnostics(states, text)] == ["/StartAt", "/States/A"]


def test_states_within_states_are_looked_at(states: Any) -> None:
    branch = {"StartAt": "X", "States": {"X": END, "Y": END}}
    text = definition({"A": {"Type": "Parallel", "Branches": [branch], "End": True}})
    assert [place for _, _, place in diagnostics(states, text)] == ["/States/A/Branches[0]/States/Y"]


def test_a_state_machine_ends(states: Any, role: str) -> None:
    text = definition({"A": go("B"), "B": go("A")})
    assert diagnostics(states, text) == [("MISSING_END_STATE", "Workflow has no terminal state", None)]
    with refused_by(
        "state-machine-end", message="'MISSING_END_STATE: Workflow has no terminal state at null'"
    ):
        create(states, role, text)
    create(states, role, definition({"A": go("B"), "B": {"Type": "Succeed"}}))


@pytest.mark.parametrize(
    ("state", "field"),
    [
        ({"Type": "Parallel", "Branches": [], "End": True}, {"TimeoutSeconds": 5}),
        (END, {"Retry": [{"ErrorEquals": ["States.ALL"]}]}),
        ({"Type": "Wait", "Seconds": 1, "End": True}, {"TimeoutSeconds": 5}),
    ],
)
def test_only_states_that_work_have_retries_and_time_limits(
    states: Any, role: str, state: dict[str, Any], field: dict[str, Any]
) -> None:
    message = f"Field '{next(iter(field))}' is not supported at /States/A"
    with refused_by("state-machine-fields", message=message):
        create(states, role, definition({"A": {**state, **field}}))
    create(states, role, definition({"A": {**WORK, "TimeoutSeconds": 5}}))


def test_an_update_is_looked_at_too(states: Any, role: str) -> None:
    machine = create(states, role)
    with refused_by("state-machine-end"):
        states.update_state_machine(stateMachineArn=machine, definition=definition({"A": go("A")}))
    states.update_state_machine(stateMachineArn=machine, definition=definition({"A": WORK}))


def test_the_role_trusts_step_functions(states: Any, client: Client) -> None:
    with refused_by(
        "state-machine-role", message="Neither the global service principal states.amazonaws.com"
    ):
        create(states, create_role(client, "ecs-tasks.amazonaws.com"))
    create(states, create_role(client, "states.eu-central-1.amazonaws.com"))


def test_a_name_is_taken_once(states: Any, role: str, client: Client) -> None:
    name = f"m-{uuid.uuid4().hex}"
    first = create(states, role, name=name)
    assert create(states, create_role(client, "states.amazonaws.com"), name=name) == first
    with refused_by("state-machine-exists", message=first):
        create(states, role, definition({"A": WORK}), name=name)


@pytest.mark.parametrize(
    "logging",
    [
        {"level": "ALL"},
        {"level": "ALL", "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": "{group}"}}]},
    ],
)
def test_logs_go_to_one_group(states: Any, role: str, client: Client, logging: dict[str, Any]) -> None:
    name = f"/aws/vendedlogs/states/{uuid.uuid4().hex}"
    client("logs").create_log_group(logGroupName=name)
    group = f"arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:{name}"
    given = json.loads(json.dumps(logging).replace("{group}", group))
    with refused_by("state-machine-logging"):
        create(states, role, loggingConfiguration=given)
    right = [{"cloudWatchLogsLogGroup": {"logGroupArn": f"{group}:*"}}]
    create(states, role, loggingConfiguration={"level": "ALL", "destinations": right})


def test_an_input_has_a_size(states: Any, role: str) -> None:
    machine = create(states, role)
    states.start_execution(stateMachineArn=machine, input=f'"{"ä" * 131_071}"')
    with refused_by("execution-input-size"):
        states.start_execution(stateMachineArn=machine, input=f'"{"ä" * 131_072}"')


def test_an_input_is_json_and_a_name_is_used_once(states: Any, role: str) -> None:
    machine = create(states, role)
    with pytest.raises(states.exceptions.InvalidExecutionInput):
        states.start_execution(stateMachineArn=machine, input="{not json")
    with pytest.raises(states.exceptions.InvalidName):
        states.start_execution(stateMachineArn=machine, name="a b", input="{}")
    states.start_execution(stateMachineArn=machine, name="once", input="{}")
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=machine, name="once", input='{"other": 1}')


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ({"Type": "Choice", "Default": "B"}, "Field 'Choices' must have at least one rule at /States/A"),
        (
            {"Type": "Pass", "Parameters": {"a": {"b.$": "no.path"}}, "Next": "B"},
            "The value for the field 'b.$' must be a valid JSONPath or a valid intrinsic function call at "
            "/States/A/Parameters/a/b.$",
        ),
    ],
    ids=["choices", "template"],
)
def test_choices_and_templates_are_checked(
    states: Any, role: str, state: dict[str, Any], message: str
) -> None:
    text = definition({"A": state, "B": END})
    with refused_by("state-machine-fields", message=message):
        create(states, role, text)


@pytest.mark.parametrize(
    "text",
    [
        definition({"A": {"End": True}}),
        definition({"A": {"Type": "Task", "End": True}}),
        definition({"A": {"Type": "Pass", "Next": "B", "End": True}, "B": END}),
        '{"StartAt": "A", "States": {"A": {"Type": "Pass", "Result": NaN, "End": true}}}',
    ],
    ids=["type", "resource", "next-and-end", "nan"],
)
def test_a_definition_is_in_amazon_states_language(states: Any, role: str, text: str) -> None:
    with refused_by("state-machine-language", message="SCHEMA_VALIDATION_FAILED"):
        create(states, role, text)


@pytest.mark.parametrize("text", ["", '{"auc": NaN}', "[Infinity]", "{"], ids=repr)
def test_the_input_of_an_execution_is_json(states: Any, role: str, text: str) -> None:
    machine = create(states, role)
    with refused_by("execution-input-json", message="Invalid State Machine Execution Input"):
        states.start_execution(stateMachineArn=machine, input=text)
    assert states.start_execution(stateMachineArn=machine)["executionArn"]
