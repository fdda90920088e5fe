"""The proxy of a company: every process in the network gets its variables, and AWS services are reached past it."""

import base64
import email
import json
from typing import Any

import pytest

from environments import Environment, load_environments
from tests.stacks.synthesized import Synthesized, synthesize

_URL = "http://proxy.acme.example:3128"


@pytest.fixture(scope="module")
def stacks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesized]:
    """All environments: staging, which promotes models, and dev behind the proxy."""
    documents = {config.name: config.model_dump(mode="json") for config in load_environments()}
    for name, egress in (("dev", "none"), ("staging", "interface-endpoints")):
        documents[name]["network"] |= {
            "egress": egress,
            "proxy": {"url": _URL, "no_proxy": ["pypi.acme.example"]},
        }
        documents[name]["workbench"]["users"] = ["ada"]
    configs = [Environment.model_validate(document) for document in documents.values()]
    return synthesize(configs, tmp_path_factory.mktemp("proxied"))


def variables(container: dict[str, Any]) -> dict[str, str]:
    return {entry["name"]: entry["value"] for entry in container.get("environment", [])}


def test_jobs_the_migration_and_the_promotion_get_its_variables(stacks: dict[str, Synthesized]) -> None:
    definitions = stacks["staging"].resources("aws_batch_job_definition")
    assert {"migration/job-definition", "promotion/job-definition"} <= definitions.keys()
    for definition in definitions.values():
        given = variables(json.loads(definition["container_properties"]))
        assert given["HTTPS_PROXY"] == given["https_proxy"] == given["HTTP_PROXY"] == _URL


def test_the_task_of_the_tunnel_gets_its_variables(stacks: dict[str, Synthesized]) -> None:
    task = stacks["staging"].resource("aws_ecs_task_definition", "tunnel/task")
    (container,) = json.loads(task["container_definitions"])
    assert variables(container)["HTTPS_PROXY"] == _URL


def test_credentials_of_tasks_metadata_and_the_database_are_never_reached_through_it(
    stacks: dict[str, Synthesized],
) -> None:
    """Amazon ECS Developer Guide, HTTP proxy of container instances: 169.254.169.254 and 169.254.170.2."""
    for name in ("dev", "staging"):
        exempt = _exempt(stacks[name])
        assert {"169.254.169.254", "169.254.170.2", "localhost", "pypi.acme.example"} <= exempt
        assert any("db.rds.eu-central-1.amazonaws.com".endswith(one) for one in exempt)


def test_aws_services_are_reached_past_it_unless_it_is_the_only_path(
    stacks: dict[str, Synthesized],
) -> None:
    assert "eu-central-1.amazonaws.com" in _exempt(stacks["staging"])
    only = _exempt(stacks["dev"])
    assert "eu-central-1.amazonaws.com" not in only
    assert {"s3.eu-central-1.amazonaws.com", "dynamodb.eu-central-1.amazonaws.com"} <= only


def test_instances_configure_docker_and_the_container_agent_with_it(stacks: dict[str, Synthesized]) -> None:
    """AWS Batch User Guide, launch templates: user data is in the MIME multi-part format."""
    for template in stacks["dev"].resources("aws_launch_template").values():
        message = email.message_from_bytes(base64.b64decode(template["user_data"]))
        _, part = message.walk()
        assert part.get_content_type() == "text/cloud-boothook"
        script = str(part.get_payload())
        for service in ("docker", "ecs"):
            assert f"/etc/systemd/system/{service}.service.d/http-proxy.conf" in script
        assert f'Environment="HTTPS_PROXY={_URL}"' in script
        assert f"echo 'HTTP_PROXY={_URL}' >> /etc/ecs/ecs.config" in script
        assert "169.254.170.2" in script
        assert "/var/run/docker.sock" in script


def test_notebooks_export_its_variables_to_terminals_kernels_and_services(
    stacks: dict[str, Synthesized],
) -> None:
    (configuration,) = (
        stacks["dev"].resources("aws_sagemaker_notebook_instance_lifecycle_configuration").values()
    )
    script = base64.b64decode(configuration["on_start"]).decode()
    assert f"export HTTPS_PROXY={_URL}\n" in script
    assert "systemctl set-environment HTTP_PROXY=" in script
    assert script.index("set-environment") < script.index("systemctl --no-block restart jupyter-server")
    assert len(configuration["on_start"]) <= 16_384  # SageMaker API Reference, NotebookInstanceLifecycleHook


def test_environments_without_a_proxy_have_no_variable_and_no_user_data_of_it(
    stacks: dict[str, Synthesized],
) -> None:
    text = json.dumps(stacks["prod"].document)
    assert "PROXY" not in text
    assert all("user_data" not in one for one in stacks["prod"].resources("aws_launch_template").values())


def _exempt(stack: Synthesized) -> set[str]:
    definition = stack.resource("aws_batch_job_definition", "migration/job-definition")
    given = variables(json.loads(definition["container_properties"]))
    assert given["NO_PROXY"] == given["no_proxy"]
    return set(given["NO_PROXY"].split(","))
