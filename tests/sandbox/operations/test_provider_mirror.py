"""Without Terraform's registry, and with a Terraform binary of another name, every command works as with them."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.deployment import Deployment
from tests.support.local_sandbox import LocalSandbox
from tests.support.terraform_of_another_name import terraform_of_another_name

pytestmark = pytest.mark.slow

# Nothing listens there: a request to a host other than the sandbox fails.
CLOSED_PROXY = "http://127.0.0.1:9"


@pytest.fixture(scope="module")
def mirror(sandbox: LocalSandbox, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider, in the layout of a filesystem mirror."""
    usual = Deployment(sandbox, "test", tmp_path_factory.mktemp("usual"))
    usual.terrarium("bootstrap", "test")
    usual.shell["CDKTF_OUTDIR"] = str(usual.outdir)
    usual.python("-m", "stacks")
    usual.terraform("init", "-backend=false")
    return usual.outdir / "stacks" / "test" / ".terraform" / "providers"


@pytest.fixture
def offline(sandbox: LocalSandbox, mirror: Path, tmp_path: Path) -> Deployment:
    """`test`, not deployed, in a shell with a mirror, a closed proxy, and `terraform` under the name `tofu` only."""
    configuration = tmp_path / "terraform.tfrc"
    configuration.write_text(
        f'provider_installation {{\n filesystem_mirror {{\n path = "{mirror}"\n }}\n}}\n'
    )
    here = Deployment(sandbox, "test", tmp_path / "cdktf.out")
    here.shell = {
        **here.shell,
        "CDKTF_OUTDIR": str(here.outdir),
        "HTTPS_PROXY": CLOSED_PROXY,
        "PATH": terraform_of_another_name("tofu", here.shell["PATH"], tmp_path / "programs"),
        "TERRAFORM_BINARY_NAME": "tofu",
        "TF_CLI_CONFIG_FILE": str(configuration),
        "HOME": str(tmp_path / "home"),
    }
    here.shell.pop("CDKTF_SKIP_PROVIDER_LOCK", None)
    assert shutil.which("terraform", path=here.shell["PATH"]) is None
    return here


def test_plans_are_made_and_read(offline: Deployment, tmp_path: Path) -> None:
    offline.python("-m", "stacks")
    planned = offline.terrarium("plan", "test", "--synthesized", str(offline.outdir), check=False)
    assert re.match(r"### test: \d+ to create\n", planned.stdout), planned.stderr
    plan = offline.outdir / "stacks" / "test" / "plan"
    offline.python(
        "-c",
        f"from policies.plan.plan_file import read_plan; from pathlib import Path; read_plan(Path({str(plan)!r}))",
    )
    kept = tmp_path / "home" / ".terraform.d" / "plugin-cache" / "registry.terraform.io" / "hashicorp" / "aws"
    assert kept.is_dir(), "the next plan would install the provider again"


def test_cdktf_asks_no_registry_for_hashes(offline: Deployment) -> None:
    planned = offline.cdktf("diff")
    assert "to add, 0 to change, 0 to destroy" in planned.stdout


def test_a_provider_with_another_hash_is_refused(offline: Deployment, mirror: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    (package,) = mirror.glob("*/hashicorp/aws/*/*")
    copy = changed / package.relative_to(mirror)
    copy.mkdir(parents=True)
    for file in package.iterdir():
        (copy / file.name).symlink_to(file.resolve())
    (copy / "added.txt").touch()
    configuration = Path(offline.shell["TF_CLI_CONFIG_FILE"])
    configuration.write_text(configuration.read_text().replace(str(mirror), str(changed)))
    refused = offline.terrarium("plan", "test", check=False)
    assert refused.returncode == 1
    assert (
        "doesn't match any of the\nchecksums previously recorded in the dependency lock file"
        in refused.stderr
    )


def test_a_missing_binary_is_named(offline: Deployment) -> None:
    offline.shell["TERRAFORM_BINARY_NAME"] = "terraform-of-nobody"
    refused = offline.terrarium("plan", "test", check=False)
    assert refused.returncode == 1
    assert "there is no program 'terraform-of-nobody' on PATH" in refused.stderr
    assert "export TERRAFORM_BINARY_NAME=tofu" in refused.stderr
