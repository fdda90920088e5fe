"""Detection of keys, tokens and passwords by format and name, without false findings in ordinary code."""

import pytest

from terrarium.secrets import (
    find_secrets,
    is_secret_file,
    redact,
    redact_arguments,
    redact_values,
    without_credentials,
    without_secret_files,
)

_RANDOM = "q7Zp" + "R2mX9tLw4VbN8sKd" + "J3fHcY6gT1aE5uQo"
_HEX = "9f86d081884c7d65" + "9a2feaa0c55ad015"

# Made up, in the formats of those who issue them; split so that no scanner takes this file for a leak.
TOKENS = {
    "AWS access key id": "AKIA" + "QYLPMN5HFIQR7XYA",
    "temporary AWS access key id": "ASIA" + "QYLPMN5HFIQR7XYA",
    "GitHub": "ghp_" + _RANDOM + "abcd",
    "GitHub, fine-grained": "github_pat_" + _RANDOM,
    "GitLab": "glpat-" + _RANDOM[:20],
    "Slack": "xoxb-" + "123456789012-" + _RANDOM[:24],
    "Google": "AIza" + _RANDOM[:35] + "A" * (35 - len(_RANDOM[:35])),
    "OpenAI": "sk-proj-" + _RANDOM,
    "Anthropic": "sk-ant-api03-" + _RANDOM,
    "Hugging Face": "hf_" + _RANDOM,
    "PyPI": "pypi-" + "AgEIcHlwaS5vcmc" + _RANDOM + _RANDOM,
    "npm": "npm_" + _RANDOM,
    "Stripe": "sk_live_" + _RANDOM[:24],
    "SendGrid": "SG." + _RANDOM[:22] + "." + (_RANDOM * 2)[:43],
    "private key": "-----BEGIN OPENSSH PRIVATE " + "KEY-----\nb3BlbnNzaC1rZXk=\n",
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9" + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0." + _RANDOM,
    "password of a database": "postgresql://ana:" + "hunter2!@db.example.com/churn",
    "query of an address": "https://git.example.com/x.git?private_token=" + _RANDOM[:20],
    "header": "Authorization: Bearer " + _RANDOM,
    "Azure": "AccountKey=" + (_RANDOM * 3)[:86] + "==",
    "code": f'api_key = "{_RANDOM}"',
    "typed code": f'api_key: str = "{_RANDOM}"',
    "keyword": f"client(secret='{_HEX}')",
    "JSON": f'{{"client_secret": "{_HEX}"}}',
    "password in code": 'password = "hunter2"',
    "dotenv": f"AWS_SECRET_ACCESS_KEY={_RANDOM}",
    "export": f"export OPENAI_API_KEY={_RANDOM}",
    "YAML": f"  token: {_HEX}",
    "magic": f"%env API_TOKEN={_HEX}",
}


@pytest.mark.parametrize("text", TOKENS.values(), ids=TOKENS)
def test_finds_and_redacts(text: str) -> None:
    redacted, secrets = redact(f"first\n{text}\nlast\n")
    assert secrets[0].line == 2
    assert redacted.startswith("first\n")
    for piece in (_RANDOM[:16], _HEX, "hunter2", "QYLPMN5HFIQR7XYA", "b3BlbnNzaC1rZXk"):
        assert piece not in redacted
    assert find_secrets(redacted.encode()) == [], "what is redacted is no secret any more"


@pytest.mark.parametrize(
    "text",
    [
        "tokenizer = 'bert-base-uncased-2019'",
        "pad_token = '[PAD]'",
        "max_tokens = 4096",
        "primary_key = 'customer_id_2'",
        "password = os.environ['DB_PASSWORD']",
        "password = getpass('password: ')",
        'password = "<your password>"',
        'api_key="${API_KEY}"',
        "token = previous_token_value_2",
        "commit = '" + _HEX + _HEX[:8] + "'",
        "digest: sha256:" + _HEX * 2,
        "https://example.com/path?token=1",
        "git@github.com:example/churn.git",
        "s3://bucket/key/with/words",
        "postgresql://{user}:{password}@host/db",
        "description = 'what a sk-learn pipeline does'",
        "-----BEGIN CERTIFICATE-----",
        "eyJ is how a token begins",
        f"api_key = '{_RANDOM}'  # pragma: allowlist secret",
    ],
)
def test_leaves_ordinary_text_alone(text: str) -> None:
    assert find_secrets(text.encode()) == []


@pytest.mark.parametrize(
    "path",
    [
        *(".env", ".env.production", "config/dev.env", "id_rsa", "keys/id_ed25519", "server.pem", "a/b.key"),
        *(".netrc", ".aws/credentials", ".streamlit/secrets.toml", ".npmrc", ".pypirc", "kubeconfig"),
        *(".kube/config", "service-account-prod.json", ".git-credentials", "terraform.tfstate", "ID_RSA"),
    ],
)
def test_knows_files_of_credentials(path: str) -> None:
    assert is_secret_file(path)


@pytest.mark.parametrize(
    "path",
    [".env.example", "id_rsa.pub", "train.py", "config.json", "keys.py", "environment.yml", "secrets.py"],
)
def test_accepts_files_without_secrets(path: str) -> None:
    assert not is_secret_file(path)


@pytest.mark.parametrize(
    ("given", "kept", "named"),
    [
        (["--api-key=abc"], ("--api-key=***",), ("--api-key",)),
        (["--token", "abc", "--rows", "5"], ("--token", "***", "--rows", "5"), ("--token",)),
        (["db.password=abc"], ("db.password=***",), ("db.password",)),
        (["--dbPassword=abc"], ("--dbPassword=***",), ("--dbPassword",)),
        (["--verbose", "--secret"], ("--verbose", "--secret"), ()),
        (["--tokenizer", "bert", "--max-tokens=5"], ("--tokenizer", "bert", "--max-tokens=5"), ()),
        (["--partition-key", "day"], ("--partition-key", "day"), ()),
        (["--pad-token=[PAD]"], ("--pad-token=[PAD]",), ()),
        (["--secret-arn=arn:aws:x"], ("--secret-arn=arn:aws:x",), ()),
        ([TOKENS["GitHub"]], ("***",), ("GitHub token",)),
    ],
)
def test_redacts_arguments(given: list[str], kept: tuple[str, ...], named: tuple[str, ...]) -> None:
    assert redact_arguments(given) == (kept, named)


def test_redacts_parameters_by_name_and_value() -> None:
    given = {
        "api_key": _RANDOM,
        "depth": "3",
        "note": TOKENS["Slack"],
        "token": "[CLS]",
        "key": "customer_id",
    }
    kept, replaced = redact_values(given)
    assert kept == {"api_key": "***", "depth": "3", "note": "***", "token": "[CLS]", "key": "customer_id"}
    assert replaced == {"api_key": "secret value", "note": "Slack token"}


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("https://ana:token@example.com/churn.git", "https://example.com/churn.git"),
        ("https://example.com/churn.git?private_token=abc#x", "https://example.com/churn.git"),
        ("ssh://git:secret@example.com/churn.git", "ssh://git@example.com/churn.git"),
        ("git@example.com:churn.git", "git@example.com:churn.git"),
        ("/srv/git/churn [1]", "/srv/git/churn [1]"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_addresses_have_no_credentials(address: str, kept: str) -> None:
    assert without_credentials(address) == kept


def test_leaves_whole_files_out_of_a_patch() -> None:
    def section(name: str, line: str) -> bytes:
        return (
            f"diff --git a/{name} b/{name}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n"
            f"+++ b/{name}\n@@ -0,0 +1 @@\n+{line}\n"
        ).encode()

    sound, named, valued = section("a.py", "x = 1"), section(".env", "A=1"), section("b c.py", TOKENS["code"])
    patch, left_out = without_secret_files(named + sound + valued)
    assert patch == sound
    assert left_out == {".env": "its name", "b c.py": "secret value in it"}


def test_takes_time_in_proportion_to_the_text() -> None:
    """No pattern goes over the same text again and again, whatever a file holds."""
    for piece in (b"a", b"token", b'password="', b"://a:", b"eyJ", b"-----BEGIN ", b"_-", b" :", b"A=\n"):
        assert find_secrets(piece * (200_000 // len(piece))) is not None
