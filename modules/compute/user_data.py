"""User data of instances: what cloud-init runs before the container agent starts.

Batch accepts only the MIME multi-part format, and adds a part of its own (AWS Batch User Guide, "Use Amazon EC2 launch
templates with AWS Batch").
"""

import base64
from collections.abc import Mapping

__all__ = ["user_data"]

_BOUNDARY = "==TERRARIUM=="
_SERVICES = ("docker", "ecs")


def user_data(text: str | None, *, proxy_variables: Mapping[str, str]) -> str | None:
    """Return the user data of instances in base64, or None if there is none.

    Args:
        text: The user data of the pool: a script that begins with `#!`, or a document of cloud-config.
        proxy_variables: The variables of a proxy, for Docker and the container agent; empty without one.
    """
    parts = []
    if proxy_variables:
        parts.append(("cloud-boothook", _configure_proxy(proxy_variables)))
    if text:
        parts.append(("x-shellscript" if text.startswith("#!") else "cloud-config", text))
    if not parts:
        return None
    lines = ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"', ""]
    for kind, content in parts:
        lines += [f"--{_BOUNDARY}", f'Content-Type: text/{kind}; charset="utf-8"', "", content.rstrip(), ""]
    return base64.b64encode("\n".join([*lines, f"--{_BOUNDARY}--", ""]).encode()).decode()


def _configure_proxy(variables: Mapping[str, str]) -> str:
    """Return the script that writes the proxy to the configuration of Docker and of the container agent.

    Source of the files: Amazon ECS Developer Guide, "Using an HTTP proxy for Amazon ECS Linux container instances".
    """
    named = {name: value for name, value in variables.items() if name.isupper()}
    named["NO_PROXY"] += ",/var/run/docker.sock"
    settings = [f"{name}={value}" for name, value in named.items()]
    lines = ["#cloud-boothook", "#!/bin/bash", "set -eu"]
    for service in _SERVICES:
        folder = f"/etc/systemd/system/{service}.service.d"
        lines += [f"mkdir -p {folder}", f"cat > {folder}/http-proxy.conf <<'END'", "[Service]"]
        lines += [*(f'Environment="{setting}"' for setting in settings), "END"]
    # A boothook runs at every boot: an entry that is there is not added again.
    lines += ["mkdir -p /etc/ecs", "touch /etc/ecs/ecs.config"]
    lines += [
        f"grep -qxF '{setting}' /etc/ecs/ecs.config || echo '{setting}' >> /etc/ecs/ecs.config"
        for setting in settings
    ]
    return "\n".join([*lines, "systemctl daemon-reload"])
