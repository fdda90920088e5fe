"""The page about the Terraform outputs of an environment."""

from collections.abc import Iterable

from policies.stack import Stack

__all__ = ["outputs_page"]


def outputs_page(stacks: Iterable[Stack]) -> str:
    """Return the page that lists the outputs of the stacks: all of them have the same."""
    described = {
        name: (output["description"], _type(output["value"]))
        for stack in stacks
        for name, output in stack.document["output"].items()
    }
    rows = "\n".join(
        f"| `{name}` | {kind} | {description} |" for name, (description, kind) in sorted(described.items())
    )
    return f"""# Outputs of an environment

`make docs` generates this page from the synthesized stacks; a test checks that it is current. The names are
contract: no release removes or renames one without a new major version.

| output | type | value |
|---|---|---|
{rows}

Print them, or write them to a file:

```console
$ cdktf output dev
$ cdktf output dev --outputs-file outputs.json
```

Another stack of Terraform reads them from the environment's state:

```hcl
data "terraform_remote_state" "terrarium" {{
  backend = "s3"
  config = {{
    bucket = "terrarium-dev-state-111111111111"
    key    = "terraform.tfstate"
    region = "eu-central-1"
  }}
}}

# A function of a service that connects to the metadata database.
resource "aws_lambda_function" "service" {{
  # …
  vpc_config {{
    subnet_ids         = data.terraform_remote_state.terrarium.outputs.private_subnet_ids
    security_group_ids = [data.terraform_remote_state.terrarium.outputs.client_security_group_id]
  }}
}}
```

It needs `s3:ListBucket` on the state bucket and `s3:GetObject` on `terraform.tfstate`. The state contains no
secrets, but every detail of the environment: where that is too much, read single parameters instead, such as
the one in `manifest_parameter`.
"""


def _type(value: object) -> str:
    match value:
        case list():
            return "list of strings"
        case {"tier": _}:
            return "object"
        case dict():
            return "map of strings"
    return "string"
