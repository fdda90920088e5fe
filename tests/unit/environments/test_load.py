"""Loading environments: all problems of a file are reported together, by field path."""

from pathlib import Path

import pytest

import terrarium
from environments import (
    InvalidEnvironmentError,
    NoEnvironmentsError,
    UnknownEnvironmentError,
    environment_names,
    load_environment,
    load_environments,
)
from terrarium.checkout import ENVIRONMENTS
from terrarium.init.errors import UseCaseNameError
from terrarium.init.project import Project
from terrarium.pipelines.errors import PipelineInvalidError

GOOD = """
account = "111111111111"
region = "eu-central-1"
tier = "disposable"
owner = "ml-platform"
cost_center = "research"
[network]
cidr = "10.10.0.0/16"
"""


def problems_of(folder: Path, text: str) -> tuple[str, ...]:
    (folder / "dev.toml").write_text(text)
    with pytest.raises(InvalidEnvironmentError) as raised:
        load_environment("dev", folder)
    assert str(folder / "dev.toml") in str(raised.value)
    return raised.value.problems


def test_the_variable_names_the_folder_of_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sandpit.toml").write_text(GOOD)
    monkeypatch.setenv(ENVIRONMENTS, str(tmp_path))
    assert [environment.name for environment in load_environments()] == ["sandpit"]
    with pytest.raises(UnknownEnvironmentError, match="describes: sandpit"):
        load_environment("dev")


def test_without_the_variable_the_files_are_those_of_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(ENVIRONMENTS)
    own = sorted(file.stem for file in (Path(__file__).parents[3] / "environments").glob("*.toml"))
    assert list(environment_names()) == own


def test_refuses_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(NoEnvironmentsError, match=ENVIRONMENTS):
        load_environments(tmp_path)


def test_environments_are_discovered_by_file_name(tmp_path: Path) -> None:
    (tmp_path / "sandpit.toml").write_text(GOOD)
    assert environment_names(tmp_path) == ("sandpit",)
    assert load_environment("sandpit", tmp_path).name == "sandpit"


def test_missing_fields_have_the_defaults_of_the_tier(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(GOOD + "[metadata]\ninstances = 2\n")
    metadata = load_environment("dev", tmp_path).metadata
    assert metadata.instances == 2
    assert metadata.minimum_capacity == 0


def test_an_unknown_environment_is_refused_with_the_names_of_those_that_exist(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(GOOD)
    with pytest.raises(UnknownEnvironmentError, match=r"no environment 'prd'.*describes: dev"):
        load_environment("prd", tmp_path)


def test_all_problems_of_a_file_are_reported_together_by_field_path(tmp_path: Path) -> None:
    problems = problems_of(
        tmp_path,
        """
account = 12345
region = "Frankfurt"
tier = "cheap"
owner = "ml-platform"
[network]
cidr = "8.8.0.0/16"
egres = "nat"
[metadata]
instances = 9
""",
    )
    assert {problem.partition(":")[0] for problem in problems} == {
        "account",
        "region",
        "tier",
        "cost_center",
        "network.cidr",
        "network.egres",
        "metadata.instances",
    }


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("tier = 'cheap'", "tier: given 'cheap', allowed: 'disposable', 'standard' or 'critical'"),
        ("account = '1'", r"account: given '1', allowed: text that matches ^\d{12}$"),
        ("colour = 'red'", "colour: given 'red', but there is no such field"),
        ("name = 'dev'", "name: given in the file, allowed only as the file's name"),
        ("access = 3", "access: given 3, allowed: input should be a valid dictionary or instance of Access"),
        (
            "metadata = {instances = 0}",
            "metadata.instances: given 0, allowed: input should be greater than or equal to 1",
        ),
        (
            "metadata = {minimum_capacity = 0.3}",
            "metadata.minimum_capacity: given 0.3, allowed: must be a multiple of 0.5 Aurora capacity units",
        ),
        (
            "artifacts = {noncurrent_version_days = 'week'}",
            "artifacts.noncurrent_version_days: given 'week', allowed: input should be a valid integer, "
            "unable to parse string as an integer",
        ),
    ],
)
def test_a_problem_states_the_value_and_what_is_allowed(tmp_path: Path, line: str, problem: str) -> None:
    key = line.partition(" ")[0]
    others = "".join(f"{kept}\n" for kept in GOOD.splitlines() if not kept.startswith(f"{key} "))
    assert problem in problems_of(tmp_path, f"{line}\n{others}")


@pytest.mark.parametrize(
    "image", ["latest", "ubuntu:24.04", "public.ecr.aws/x/y", "registry/x@sha256:abc", "a tag"]
)
def test_refuses_images_without_a_tag_or_digest_that_is_fixed(tmp_path: Path, image: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + f'[compute.images]\nmine = "{image}"\n')
    assert problem.startswith("compute.images.mine: given")
    assert "by its digest" in problem


def test_accepts_images_by_tag_of_the_own_repository_and_by_digest(tmp_path: Path) -> None:
    pinned = f"public.ecr.aws/x/y@sha256:{'a' * 64}"
    (tmp_path / "dev.toml").write_text(
        GOOD + f'[compute.images]\npytorch = "pytorch-1"\nother = "{pinned}"\n'
    )
    assert load_environment("dev", tmp_path).compute.images == {"pytorch": "pytorch-1", "other": pinned}
    (problem,) = problems_of(tmp_path, GOOD + '[compute.images]\nbase = "base-2"\n')
    assert "'base', which is the base image" in problem


def test_refuses_a_maximum_capacity_below_the_minimum(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD + "[metadata]\nminimum_capacity = 8\n")
    assert problem.startswith("metadata: maximum_capacity")
    assert problem.endswith("maximum_capacity must be at least 1 and at least minimum_capacity")


def test_invalid_toml_is_refused_with_its_position(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, "account = ")
    assert problem.startswith("not TOML: Invalid value (at ")


def test_refuses_a_file_whose_name_is_not_an_environment_name(tmp_path: Path) -> None:
    (tmp_path / "Dev Two.toml").write_text(GOOD)
    with pytest.raises(InvalidEnvironmentError, match=r"name: given 'Dev Two'"):
        load_environment("Dev Two", tmp_path)


def test_higher_tiers_have_more_durability_and_availability() -> None:
    by_name = {environment.name: environment for environment in load_environments()}
    dev, staging, prod = by_name["dev"], by_name["staging"], by_name["prod"]
    assert not dev.metadata.protected
    assert staging.metadata.protected
    assert prod.metadata.protected
    assert (
        dev.metadata.backup_retention_days
        < staging.metadata.backup_retention_days
        < prod.metadata.backup_retention_days
    )
    assert dev.metadata.minimum_capacity == 0, "dev must idle at a few dollars"
    assert prod.metadata.instances >= 2, "prod must survive the loss of a zone"


_TWO_NODES = """
[[compute.pools]]
name = "cluster"
purchase = "on-demand"
instance_types = ["c7i"]
maximum_vcpus = 64
nodes = 2
"""


def test_refuses_multi_node_pools_without_egress_for_their_nodes(tmp_path: Path) -> None:
    """ECS Developer Guide, awsvpc network mode: "Task ENIs are not given public IP addresses"."""
    (problem,) = problems_of(tmp_path, GOOD + _TWO_NODES)
    assert problem.startswith('network.egress "public-addresses" does not work')
    assert "cluster" in problem
    assert '"nat" or "nat-per-zone"' in problem


@pytest.mark.parametrize("egress", ["provided-endpoints", "provided-routes"])
def test_refuses_the_egress_of_an_existing_network_in_a_network_of_the_kit(
    egress: str, tmp_path: Path
) -> None:
    (problem,) = problems_of(tmp_path, GOOD + f'egress = "{egress}"\n')
    assert "[network.existing]" in problem
    assert '"interface-endpoints"' in problem


_EXISTING = GOOD.replace('cidr = "10.10.0.0/16"', 'egress = "provided-routes"') + "[network.existing]\n"
_VPC = 'vpc_id = "vpc-0123456789abcdef0"\n'
_SUBNETS = 'private_subnet_tags = { tier = "data" }\n'


def test_accepts_a_network_of_another_team(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(_EXISTING + _VPC + _SUBNETS)
    network = load_environment("dev", tmp_path).network
    assert network.cidr is None
    assert network.existing.private_subnet_tags == {"tier": "data"}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (GOOD.replace('cidr = "10.10.0.0/16"', ""), "network: give cidr, the range of the VPC to create"),
        (GOOD + "[network.existing]\n" + _VPC + _SUBNETS, "network: give cidr or existing, not both"),
        (_EXISTING + _VPC, "network.existing: give private_subnet_ids or private_subnet_tags"),
        (_EXISTING + _SUBNETS, "network.existing: give vpc_id or vpc_tags"),
        (
            _EXISTING + _VPC + 'vpc_tags = { Name = "company" }\n' + _SUBNETS,
            "network.existing: give vpc_id or vpc_tags, not both",
        ),
        (
            _EXISTING + _VPC + 'private_subnet_ids = ["subnet-01234567"]\n',
            "network.existing: give at least two private_subnet_ids",
        ),
        (
            _EXISTING + _VPC + 'private_subnet_ids = ["subnet-01234567", "subnet-01234567"]\n',
            "network.existing.private_subnet_ids: given",
        ),
        (
            _EXISTING + _VPC + _SUBNETS + 'database_security_group_id = "sg-01234567"\n',
            "network.existing: database_security_group_id needs client_security_group_id",
        ),
        (_EXISTING + 'vpc_id = "vpc-1"\n' + _SUBNETS, "network.existing.vpc_id: given 'vpc-1'"),
        (
            _EXISTING + _VPC + 'private_subnet_tags = { tier = "*" }\n',
            "network.existing.private_subnet_tags.tier: given '*'",
        ),
        (
            _EXISTING.replace("provided-routes", "nat") + _VPC + _SUBNETS,
            'network: egress "nat" is not possible in the network of [network.existing]. Set egress to one of "none"',
        ),
        (
            _EXISTING.replace("egress", "availability_zones = 3\negress") + _VPC + _SUBNETS,
            "network.availability_zones: given 3, allowed: only without network.existing",
        ),
    ],
)
def test_refuses_incomplete_and_contradictory_networks(tmp_path: Path, text: str, problem: str) -> None:
    (found,) = problems_of(tmp_path, text)
    assert found.startswith(problem)


@pytest.mark.parametrize(
    "url", ["proxy.acme.example:3128", "http://ada:secret@proxy.acme.example", "socks5://proxy.acme.example"]
)
def test_refuses_a_proxy_that_is_no_plain_http_url(url: str, tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD + f'[network.proxy]\nurl = "{url}"\n')
    assert "http://proxy.example.com:3128, without user and password" in problem


def test_refuses_hosts_without_a_proxy_if_there_is_none(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD + '[network.proxy]\nno_proxy = ["pypi.acme.example"]\n')
    assert "no_proxy needs url" in problem


def test_multi_node_pools_work_behind_a_nat_gateway(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(GOOD + 'egress = "nat"\n' + _TWO_NODES)
    assert load_environment("dev", tmp_path).compute.pools[0].nodes == 2


def test_an_invalid_pool_is_not_also_reported_as_missing(tmp_path: Path) -> None:
    (problem,) = problems_of(
        tmp_path,
        GOOD + '[[compute.pools]]\nname = "cpu"\ninstance_types = ["m7i"]\nmaximum_vcpus = 0\n',
    )
    assert problem.startswith("compute.pools.0.maximum_vcpus: given 0")


def test_an_environment_has_at_least_one_pool(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD + "[compute]\npools = []\n")
    assert problem == "compute.pools: given [], allowed: must name at least one pool"


@pytest.mark.parametrize(
    ("line", "start"),
    [
        ("cost_center = 'R&D'", "cost_center: given 'R&D', allowed: letters, digits, spaces"),
        ("owner = '${data.x}'", "owner: given '${data.x}'"),
        ("owner = ' team'", "owner: given ' team'"),
        ("use_case = 'a, b'", "use_case: given 'a, b'"),
        (
            "region = 'us-iso-east-1'",
            "region: given 'us-iso-east-1', allowed: must be a region of the partitions aws, aws-cn, aws-us-gov",
        ),
        (
            "region = 'eu-frankfurt-1'",
            "region: given 'eu-frankfurt-1', allowed: must be an AWS region",
        ),
    ],
)
def test_refuses_invalid_tags_and_regions(tmp_path: Path, line: str, start: str) -> None:
    key = line.partition(" ")[0]
    others = "".join(f"{kept}\n" for kept in GOOD.splitlines() if not kept.startswith(f"{key} "))
    (problem,) = problems_of(tmp_path, f"{line}\n{others}")
    assert problem.startswith(start)


def test_accepts_letters_of_every_language_in_tags(tmp_path: Path) -> None:
    text = GOOD.replace('"research"', '"Forschung & Ärzte"'.replace("&", "+")).replace(
        '"ml-platform"', '"団 a.b:/=+-@_"'
    )
    (tmp_path / "dev.toml").write_text(text)
    assert load_environment("dev", tmp_path).cost_center == "Forschung + Ärzte"


@pytest.mark.parametrize("name", ["dev-", "a--b", "-a", "1a", "a" * 17])
def test_refuses_names_of_environments_that_rds_refuses(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.toml").write_text(GOOD)
    with pytest.raises(InvalidEnvironmentError, match="name: given"):
        load_environment(name, tmp_path)


@pytest.mark.parametrize(
    "cidr",
    [
        "127.0.0.0/16",
        "169.254.0.0/16",
        "0.0.0.0/16",
        "240.0.0.0/16",
        "8.8.0.0/16",
        "10.0.0.0/8",
        "10.0.0.0/28",
    ],
)
def test_refuses_networks_that_a_vpc_cannot_have(tmp_path: Path, cidr: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD.replace("10.10.0.0/16", cidr))
    assert problem.startswith("network.cidr: given")


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        (
            'cidr = "10.10.0.0/26"\navailability_zones = 3',
            'has space for 2 zones with egress "public-addresses", not for 3 zones',
        ),
        (
            'cidr = "10.10.0.0/27"\navailability_zones = 1',
            'has space for 1 zone with egress "public-addresses", not for 2 zones',
        ),
        (
            'cidr = "10.10.0.0/25"\negress = "interface-endpoints"',
            "each private subnet of 10.10.0.0/25 has 11 addresses, and interface endpoints, the database and a job "
            "need 19",
        ),
    ],
)
def test_names_the_space_that_a_network_has(settings: str, problem: str, tmp_path: Path) -> None:
    (found,) = problems_of(tmp_path, GOOD.replace('cidr = "10.10.0.0/16"', settings))
    assert problem in found
    assert "Set a larger cidr" in found


@pytest.mark.parametrize("cidr", ["172.20.0.0/16", "192.168.0.0/26", "100.64.0.0/16"])
def test_accepts_private_networks(tmp_path: Path, cidr: str) -> None:
    (tmp_path / "dev.toml").write_text(GOOD.replace("10.10.0.0/16", cidr))
    assert str(load_environment("dev", tmp_path).network.cidr) == cidr


def _pool(accelerator: str, types: str) -> str:
    return (
        f'[[compute.pools]]\nname = "one"\naccelerator = "{accelerator}"\ninstance_types = {types}\n'
        "maximum_vcpus = 64\n"
    )


@pytest.mark.parametrize(
    ("accelerator", "types", "complaint"),
    [
        ("none", '["m7i", "m7g"]', "mixes arm64 (m7g) and x86 (m7i)"),
        (
            "none",
            '["c7gn.large", "is4gen", "c6i.large"]',
            "mixes arm64 (c7gn.large, is4gen) and x86 (c6i.large)",
        ),
        ("gpu", '["g5g.xlarge"]', "g5g.xlarge does not work with the machine image of Batch"),
        ("gpu", '["p3.2xlarge", "g5"]', "p3.2xlarge does not work with the machine image of Batch"),
        ("gpu", '["m7i"]', "m7i has no NVIDIA GPU"),
        ("gpu", '["g5", "c7i.large"]', "c7i.large has no NVIDIA GPU"),
        ("none", '["m7i", "p5"]', 'p5 has accelerators, which no job could use: set accelerator = "gpu"'),
        ("none", '["trn1.2xlarge"]', 'set accelerator = "neuron"'),
        ("neuron", '["trn1.2xlarge", "g5"]', "g5 has no Neuron device"),
        ("neuron", '["trn1"]', "have 1 and 16 Neuron devices"),
        ("none", "[]", "instance_types is missing"),
    ],
)
def test_refuses_pools_with_instance_types_that_do_not_fit_together(
    tmp_path: Path, accelerator: str, types: str, complaint: str
) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _pool(accelerator, types))
    assert problem.startswith("compute.pools.0: ")
    assert complaint in problem


@pytest.mark.parametrize(
    ("accelerator", "types"),
    [
        ("none", '["m7i", "c7a", "r6id.large"]'),
        ("gpu", '["g5", "g6", "p4d.24xlarge"]'),
        ("gpu", '["p4d", "p5", "p5e", "p5en", "p6-b200", "g6e", "g7e"]'),
        ("none", '["m7g", "c8g.large", "r8gd"]'),
        ("none", '["optimal"]'),
        ("neuron", '["trn2.48xlarge", "trn1.32xlarge"]'),
        ("neuron", '["inf2.xlarge"]'),
    ],
)
def test_accepts_pools_of_one_architecture(tmp_path: Path, accelerator: str, types: str) -> None:
    (tmp_path / "dev.toml").write_text(GOOD + _pool(accelerator, types))
    assert len(load_environment("dev", tmp_path).compute.pools) == 1


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("banana", "such as m7i, c7i.4xlarge or g6"),
        ("m7i.8xlrage", "m7i.8xlarge"),
        ("p5.24xlarge", "p5.48xlarge"),
        ("m7", "m7i"),
    ],
)
def test_refuses_instance_types_that_ec2_does_not_have(tmp_path: Path, name: str, nearest: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _pool("none", f'["m7i", "{name}"]'))
    assert problem.startswith("compute.pools.0.instance_types: given")
    assert nearest in problem
    assert f"not {name!r}" in problem


_FARGATE = '[[compute.pools]]\nname = "tasks"\nlaunch_type = "fargate"\nmaximum_vcpus = 64\n'


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('instance_types = ["m7i"]', "does not go with instance_types"),
        ('accelerator = "gpu"', "does not go with accelerator"),
        ('nodes = 2\npurchase = "on-demand"', "does not go with nodes"),
        ('ami = "ami-0123456789abcdef0"', "does not go with ami"),
        ('user_data = "#!/bin/sh"', "does not go with user_data"),
        ("disk_gib = 201", "disk_gib must be between 20 and 200 on Fargate, not 201"),
    ],
)
def test_refuses_pools_that_fargate_does_not_have(tmp_path: Path, line: str, complaint: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _FARGATE + line)
    assert problem.startswith("compute.pools.0: ")
    assert complaint in problem


def test_a_pool_on_fargate_needs_no_more_than_a_limit(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(GOOD + _FARGATE)
    (pool,) = load_environment("dev", tmp_path).compute.pools
    assert (pool.architecture, pool.disk_gib, pool.instance_types) == ("x86_64", 20, ())


def test_the_architecture_of_a_pool_on_ec2_follows_from_its_types(tmp_path: Path) -> None:
    (tmp_path / "dev.toml").write_text(GOOD + _pool("none", '["m8g"]'))
    assert load_environment("dev", tmp_path).compute.pools[0].architecture == "arm64"
    (problem,) = problems_of(tmp_path, GOOD + _pool("none", '["m8g"]') + 'cpu_architecture = "x86_64"\n')
    assert 'cpu_architecture = "x86_64", but m8g are arm64' in problem


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ('ami = "ubuntu"', "ami: given 'ubuntu', allowed: text that matches"),
        ('user_data = "echo"', "user_data: given 'echo', allowed: must begin with #!"),
        ("disk_gib = 20", "disk_gib must be 30 or more"),
        ('root_device = "sda1"', "root_device: given 'sda1'"),
    ],
)
def test_refuses_machine_images_that_cannot_start_jobs(tmp_path: Path, line: str, complaint: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _pool("none", '["m7i"]') + line)
    assert complaint in problem


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ('share_weights = {"a*" = 1, ada = 2}', "must not overlap, but 'a*' covers 'ada'"),
        ("share_weights = {ada = 0}", "greater than or equal to 0.0001"),
        ("share_weights = {ada-l = 1}", "ada-l"),
        ("share_reservation = 100", "share_reservation: given 100"),
        ('image_architectures = {torch = ["arm64"]}', "names torch, which images does not"),
    ],
)
def test_refuses_what_batch_does_not_offer_for_shares_and_images(
    tmp_path: Path, lines: str, complaint: str
) -> None:
    (problem,) = problems_of(tmp_path, GOOD + f"[compute]\n{lines}\n")
    assert complaint in problem


_PIPELINE = '[[pipelines]]\nname = "{name}"\npipeline = "a.b:P"\n'


def test_refuses_two_pipelines_of_one_name(tmp_path: Path) -> None:
    (problem,) = problems_of(tmp_path, GOOD + 2 * _PIPELINE.format(name="churn"))
    assert "must name every pipeline once, not churn twice" in problem


def test_accepts_every_project_name_as_the_name_of_a_pipeline(tmp_path: Path) -> None:
    name = "customer-lifetime-value-of-new-customers"
    assert Project.of(name).use_case == name
    (tmp_path / "dev.toml").write_text(GOOD + _PIPELINE.format(name=name))
    (pipeline,) = load_environment("dev", tmp_path).pipelines
    assert (
        pipeline.name
        == terrarium.Pipeline(name, use_case="u", steps=[terrarium.Step(name="s", run="a:b")]).name
    )


@pytest.mark.parametrize("name", ["churn-", "a--b", "x" * 41, "Churn"])
def test_refuses_names_of_pipelines_that_the_sdk_refuses(tmp_path: Path, name: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _PIPELINE.format(name=name))
    assert problem.startswith("pipelines.0.name: given")
    with pytest.raises(PipelineInvalidError):
        terrarium.Pipeline(name, use_case="u", steps=[terrarium.Step(name="s", run="a:b")])
    with pytest.raises(UseCaseNameError):
        Project.of(name)


@pytest.mark.parametrize(
    "schedule", ["cron(0 6 * * *)", "cron(0 6 * * * *)", "rate(0 days)", "daily", "at(tomorrow)"]
)
def test_refuses_schedules_that_eventbridge_refuses(tmp_path: Path, schedule: str) -> None:
    (problem,) = problems_of(tmp_path, GOOD + _PIPELINE.format(name="churn") + f'schedule = "{schedule}"\n')
    assert problem.startswith(f"pipelines.0.schedule: given {schedule!r}")
    assert "rate(2 hours)" in problem


def test_the_key_cannot_be_unprotected_while_what_it_encrypts_is_protected(tmp_path: Path) -> None:
    protecting = GOOD + "[artifacts]\nprotected = true\n"
    (problem,) = problems_of(tmp_path, protecting)
    assert problem.startswith("encryption.protected must be true while artifacts is protected")
    assert "Set encryption.protected to true" in problem
    (tmp_path / "dev.toml").write_text(protecting + "[encryption]\nprotected = true\n")
    assert load_environment("dev", tmp_path).encryption.protected


@pytest.mark.parametrize("tier", ["standard", "critical"])
def test_the_protection_of_all_sections_is_lifted_by_one_line(tmp_path: Path, tier: str) -> None:
    (tmp_path / "dev.toml").write_text("protected = false" + GOOD.replace("disposable", tier))
    config = load_environment("dev", tmp_path)
    sections = (config.artifacts, config.audit, config.compute, config.encryption, config.features)
    assert [section.protected for section in (*sections, config.metadata, config.registry)] == [False] * 7
    assert config.audit.lock_mode == "governance", "a bucket in compliance mode cannot be destroyed"


def test_a_section_overrides_the_protection_of_the_environment(tmp_path: Path) -> None:
    text = "protected = true" + GOOD + "[compute]\nprotected = false\n"
    (tmp_path / "dev.toml").write_text(text)
    config = load_environment("dev", tmp_path)
    assert (config.metadata.protected, config.compute.protected) == (True, False)


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        ('name_prefix = "Acme"', "name_prefix: given 'Acme', allowed: text that matches"),
        (
            'name_prefix = "aws-ml"',
            "name_prefix: given 'aws-ml', allowed: must not begin with aws, which AWS reserves",
        ),
        ('name_prefix = "sg-ml"', "must not begin with sg, which AWS reserves"),
        ('resource_name = "prod-eu"', "resource_name: given 'prod-eu', allowed: text that matches"),
        (
            'name_prefix = "acme-machine-learn"\nresource_name = "sandboxeu"',
            "the names of resources would begin with 'acme-machine-learn-sandboxeu', which is too long for names of "
            "buckets and roles: at most 26 characters. Shorten name_prefix, or set resource_name to a shorter name",
        ),
    ],
)
def test_refuses_names_that_aws_would_refuse(tmp_path: Path, names: str, problem: str) -> None:
    (found,) = problems_of(tmp_path, names + GOOD)
    assert problem in found


@pytest.mark.parametrize(
    ("names", "stem"),
    [
        ("", "terrarium-dev"),
        ('name_prefix = "acme-ml"', "acme-ml-dev"),
        ('name_prefix = "acme-ml"\nresource_name = "d"', "acme-ml-d"),
    ],
)
def test_names_of_resources_begin_with_prefix_and_environment(tmp_path: Path, names: str, stem: str) -> None:
    (tmp_path / "dev.toml").write_text(names + GOOD)
    assert load_environment("dev", tmp_path).name_stem == stem


def test_environments_in_govcloud_have_no_budget(tmp_path: Path) -> None:
    govcloud = GOOD.replace("eu-central-1", "us-gov-west-1")
    (problem,) = problems_of(tmp_path, govcloud)
    assert "observability.budget is true, but AWS Budgets does not exist in us-gov-west-1" in problem
    (tmp_path / "dev.toml").write_text(govcloud + "[observability]\nbudget = false\n")
    assert not load_environment("dev", tmp_path).observability.budget
