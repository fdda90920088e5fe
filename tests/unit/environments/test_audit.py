"""The section `audit`: trails and buckets that the company has."""

from pathlib import Path

import pytest

from environments import Environment, InvalidEnvironmentError, load_environment

_KEY = "arn:aws:kms:eu-central-1:999999999999:key/1234abcd-12ab-34cd-56ef-1234567890ab"


def loaded(folder: Path, audit: str) -> Environment:
    base = (Path(__file__).parents[2] / "environments" / "dev.toml").read_text()
    (folder / "dev.toml").write_text(f"{base}\n[audit]\n{audit}\n")
    return load_environment("dev", folder)


def test_a_trail_writes_to_a_bucket_of_the_company(tmp_path: Path) -> None:
    audit = loaded(tmp_path, f'log_bucket = "acme-logs"\nlog_key_arn = "{_KEY}"').audit
    assert (audit.trail, audit.log_bucket, audit.log_key_arn) == ("own", "acme-logs", _KEY)


@pytest.mark.parametrize(
    ("audit", "problem"),
    [
        ('trail = "organization"\nlog_bucket = "acme-logs"', "are about the environment's own trail"),
        (f'log_key_arn = "{_KEY}"', "audit.log_key_arn needs audit.log_bucket"),
        ('log_bucket = "Acme_Logs"', "audit.log_bucket: given 'Acme_Logs', allowed: text that matches"),
        ('log_bucket = "acme-logs"\nlog_key_arn = "alias/logs"', "audit.log_key_arn: given 'alias/logs'"),
        ('trail = "other"', "audit.trail: given 'other', allowed: 'own' or 'organization'"),
    ],
)
def test_refuses_what_does_not_fit_together(tmp_path: Path, audit: str, problem: str) -> None:
    with pytest.raises(InvalidEnvironmentError, match=problem):
        loaded(tmp_path, audit)
