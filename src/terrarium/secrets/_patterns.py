"""Formats of keys and tokens, as their issuers publish them."""

import re
from collections.abc import Iterator
from typing import Final

__all__ = ["TOKENS", "tokens_in"]

# A boundary on the left, so that the middle of a longer word is no token.
_START: Final = rb"(?<![A-Za-z0-9_-])"

# Kind -> pattern. Each has a prefix that nothing else has, so that a hit hardly ever is a mistake.
TOKENS: Final = {
    # IAM User Guide, "IAM identifiers", unique identifiers: AKIA access key, ASIA temporary access key.
    "AWS access key id": re.compile(_START + rb"A(?:KI|SI)A[A-Z2-7]{16}(?![A-Za-z0-9])"),
    # GitHub Docs, "About authentication to GitHub", "GitHub's token formats".
    "GitHub token": re.compile(
        _START + rb"(?:gh[pousr]_[A-Za-z0-9]{36,255}|github_pat_[A-Za-z0-9_]{22,255})"
    ),
    # GitLab Docs, "Token overview", "Token prefixes".
    "GitLab token": re.compile(
        _START + rb"gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[A-Za-z0-9_.-]{20,300}"
    ),
    # Slack API documentation, "Token types"; "Sending messages using incoming webhooks".
    "Slack token": re.compile(_START + rb"(?:xox[abeoprs]|xapp)-[A-Za-z0-9-]{10,250}"),
    "Slack webhook": re.compile(rb"hooks\.slack\.com/services/[A-Za-z0-9/]{20,100}"),
    # Google Cloud Documentation, "Authenticate by using API keys"; "Token types" (ya29 is an access token).
    "Google API key": re.compile(_START + rb"AIza[A-Za-z0-9_-]{35}"),
    "Google access token": re.compile(_START + rb"ya29\.[A-Za-z0-9_-]{20,500}"),
    # OpenAI and Anthropic API references, "Authentication"; Hugging Face Hub documentation, "User access tokens".
    "OpenAI or Anthropic key": re.compile(
        _START + rb"sk-(?:proj-|svcacct-|admin-|ant-)?[A-Za-z0-9_-]{20,250}"
    ),
    "Hugging Face token": re.compile(_START + rb"hf_[A-Za-z0-9]{30,100}"),
    # PyPI documentation, "API tokens"; npm Docs, "About access tokens".
    "PyPI token": re.compile(_START + rb"pypi-[A-Za-z0-9_-]{50,1000}"),
    "npm token": re.compile(_START + rb"npm_[A-Za-z0-9]{36}"),
    # Stripe documentation, "API keys"; Twilio SendGrid documentation, "API keys"; Databricks and DigitalOcean tokens.
    "Stripe key": re.compile(_START + rb"[sr]k_(?:live|test)_[A-Za-z0-9]{16,250}"),
    "SendGrid key": re.compile(_START + rb"SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}"),
    "Databricks token": re.compile(_START + rb"dapi[0-9a-f]{32}"),
    "DigitalOcean token": re.compile(_START + rb"do[opr]_v1_[0-9a-f]{64}"),
    # Azure Storage documentation, "Configure connection strings".
    "Azure storage key": re.compile(rb"AccountKey=[A-Za-z0-9+/]{80,100}={0,2}"),
    # RFC 7468, section 10 and 11, and OpenSSH's PROTOCOL.key; the whole block, as far as it is there.
    "private key": re.compile(
        rb"-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY-----"
        rb"[A-Za-z0-9+/=\s\\]{0,20000}(?:-----END [A-Z0-9 ]{0,60}PRIVATE KEY-----)?"
    ),
    "PuTTY private key": re.compile(rb"PuTTY-User-Key-File-[0-9]: [^\r\n]{1,100}"),
    # RFC 7519: three parts in base64url, the first two of which are JSON objects (`{"` is `eyJ`).
    "JSON Web Token": re.compile(
        _START + rb"eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,8000}\.[A-Za-z0-9_-]{8,2000}"
    ),
    # RFC 3986, section 3.2.1: `user:password` in the authority. Placeholders of templates are no passwords.
    "password in an address": re.compile(
        rb"(?<=://)[A-Za-z0-9_.~%+-]{0,100}:(?![<{$*%])[^\s:@/\"'<>{}$]{3,300}(?=@[A-Za-z0-9.\[-])"
    ),
    # RFC 6750, section 2.1; RFC 7617, section 2.
    "authorization header": re.compile(
        rb"(?i:authorization[\"']?\s{0,3}[:=]\s{0,3}[\"']?(?:bearer|basic))\s[A-Za-z0-9._~+/-]{12,4000}={0,2}"
    ),
    # RFC 6750, section 2.3; GitLab's `private_token`; signatures of AWS' and Azure's presigned addresses.
    "token in an address": re.compile(
        rb"(?<=[?&])(?i:access_token|private_token|api_?key|token|sig|signature|password|secret|x-amz-signature"
        rb"|x-amz-security-token)=[A-Za-z0-9._~%+/-]{8,4000}={0,2}"
    ),
}

# Kind -> what each of its tokens holds, in lower case. To look for these costs a hundredth of the patterns' time.
_HINTS: Final[dict[str, tuple[bytes, ...]]] = {
    "AWS access key id": (b"akia", b"asia"),
    "GitHub token": (b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_"),
    "GitLab token": (
        b"glpat-",
        b"gldt-",
        b"glrt-",
        b"glcbt-",
        b"glptt-",
        b"glft-",
        b"glimt-",
        b"glagent-",
        b"glsoat-",
        b"gloas-",
    ),
    "Slack token": (b"xox", b"xapp-"),
    "Slack webhook": (b"hooks.slack.com",),
    "Google API key": (b"aiza",),
    "Google access token": (b"ya29.",),
    "OpenAI or Anthropic key": (b"sk-",),
    "Hugging Face token": (b"hf_",),
    "PyPI token": (b"pypi-",),
    "npm token": (b"npm_",),
    "Stripe key": (b"k_live_", b"k_test_"),
    "SendGrid key": (b"sg.",),
    "Databricks token": (b"dapi",),
    "DigitalOcean token": (b"_v1_",),
    "Azure storage key": (b"accountkey=",),
    "private key": (b"private key-----",),
    "PuTTY private key": (b"putty-user-key-file",),
    "JSON Web Token": (b"eyj",),
    "password in an address": (b"://",),
    "authorization header": (b"authorization",),
    "token in an address": (b"?", b"&"),
}


def tokens_in(content: bytes) -> Iterator[tuple[int, int, str]]:
    """Yield where each token begins and ends, and its kind.

    Binary content (with a NUL near its beginning, as git tells it) is looked through for long prefixes only: short ones
    are in every such file by chance.
    """
    lower = content.lower()
    shortest = 4 if b"\0" in content[:8000] else 1
    for kind, pattern in TOKENS.items():
        if any(len(hint) >= shortest and hint in lower for hint in _HINTS[kind]):
            yield from ((*match.span(), kind) for match in pattern.finditer(content))
