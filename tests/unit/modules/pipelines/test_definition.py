"""Definitions of pipelines keep their text; only known placeholders are replaced."""

import json
from pathlib import Path

import pytest

import terrarium
from environments.sections.pipelines import Pipeline
from modules.pipelines.definition import PipelineDefinition, PipelineDefinitionError

VALUES = {
    "artifacts_bucket": "${TfToken[TOKEN.1]}",
    "artifacts_prefix": "artifacts/",
    "environment": "dev",
    "job_definition_arn": "${TfToken[TOKEN.2]}",
    "default_queue_arn": "${TfToken[TOKEN.3]}",
    "default_job_definition_arn": "${TfToken[TOKEN.2]}",
}
TEXTS = (
    "Hello ${environment}",
    "${name}",
    "${HOME}",
    "$${x}",
    "%{if true}",
    "$",
    "{}",
    'a"${b}"\\',
    "ü  ${",
)

PIPELINE = terrarium.Pipeline(
    "greeter",
    use_case="greeter",
    parameters={"texts": list(TEXTS), "by": {"${key}": 1}, "greeting": TEXTS[0]},
    steps=[
        terrarium.Step(name="greet", run="a:b"),
        terrarium.Step(
            name="end", run="a:b", after=("greet",), when=terrarium.Output("greet", "said") == TEXTS[0]
        ),
    ],
)


def in_python(name: str) -> PipelineDefinition:
    return PipelineDefinition(
        Pipeline(name=name, pipeline="tests.unit.modules.pipelines.test_definition:PIPELINE"), checkout=Path()
    )


def written(folder: Path, text: str) -> PipelineDefinition:
    (folder / "own.json").write_text(text)
    return PipelineDefinition(Pipeline(name="own", definition="own.json"), checkout=folder)


def test_text_of_parameters_and_conditions_is_not_replaced() -> None:
    filled = in_python("greeter").fill(VALUES)
    machine = json.loads(filled)
    told = machine["States"]["SetDefaults"]["Result"]["parameters"]
    assert told == {"texts": list(TEXTS), "by": {"${key}": 1}, "greeting": TEXTS[0]}
    (choice,) = machine["States"]["CheckConditions-end"]["Choices"]
    assert choice["And"][1]["StringEquals"] == TEXTS[0]
    assert machine["States"]["greet"]["Parameters"]["JobQueue"] == VALUES["default_queue_arn"]


def test_a_definition_contains_no_other_terraform_template_than_tokens() -> None:
    filled = in_python("greeter").fill(VALUES)
    for token in VALUES.values():
        filled = filled.replace(token, "")
    assert "${" not in filled
    assert "%{" not in filled


@pytest.mark.parametrize("text", ["${name}", "${HOME}", "%{if true}", "$${environment}", "${environment"])
def test_refuses_unknown_templates_which_terraform_would_evaluate(text: str, tmp_path: Path) -> None:
    with pytest.raises(PipelineDefinitionError, match="unknown placeholders: "):
        written(tmp_path, json.dumps({"Comment": text})).fill(VALUES)


def test_escaped_text_stays_literal(tmp_path: Path) -> None:
    filled = written(tmp_path, '{"Comment": "$\\u007bHOME}",  "Other": "in  ${environment}"}').fill(VALUES)
    assert filled == '{"Comment":"$\\u007bHOME}","Other":"in  dev"}'
    assert json.loads(filled)["Comment"] == "${HOME}"


def test_refuses_a_pipeline_with_another_name_than_in_the_file() -> None:
    with pytest.raises(PipelineDefinitionError, match=r"a pipeline 'other', but .* has the name 'greeter'"):
        in_python("other").fill(VALUES)


def test_refuses_a_definition_that_is_missing_or_not_json(tmp_path: Path) -> None:
    absent = PipelineDefinition(Pipeline(name="own", definition="no.json"), checkout=tmp_path)
    with pytest.raises(PipelineDefinitionError, match=r"cannot be read: .*no\.json"):
        absent.fill(VALUES)
    with pytest.raises(PipelineDefinitionError, match="is not JSON"):
        written(tmp_path, "{").fill(VALUES)


@pytest.mark.parametrize(
    ("given", "filled"),
    [
        ('{"Tags": {}}', '{"Tags":{"a":"1","b":"2"}}'),
        ('{"Tags": {"step": "x"}}', '{"Tags":{"a":"1","b":"2","step":"x"}}'),
        ('{"Tags": [], "Comment": "\\"Tags\\":{"}', '{"Tags":[],"Comment":"\\"Tags\\":{"}'),
        ("{}", "{}"),
    ],
)
def test_adds_tags_to_objects_of_tags_only(tmp_path: Path, given: str, filled: str) -> None:
    assert written(tmp_path, given).fill(VALUES, tags={"a": "1", "b": "2"}) == filled
