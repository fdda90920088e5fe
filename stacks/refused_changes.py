"""Preconditions that let a plan fail if it would make a change that AWS cannot make."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from cdktf import DataTerraformRemoteStateS3, TerraformOutput
from cdktf_cdktf_provider_aws.data_aws_s3_objects import DataAwsS3Objects
from constructs import Construct

from environments.change import Case, Change
from environments.fields import declared_fields
from modules.names import STATE_KEY, Names

__all__ = ["RefusedChanges"]


class RefusedChanges(Construct):
    """The changes that fields declare as refused, compared with the configuration that the state contains.

    AWS would refuse most of them in the middle of a deployment, after other changes. The first deployment has no state,
    and states of earlier releases have no configuration: nothing is refused then.

    Args:
        scope: The construct it belongs to.
        id: Its id in that scope.
        names: The names of the environment's resources.
        configuration: The output with the configuration. Its preconditions refuse the changes.
        value: The configuration, as JSON.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        names: Names,
        configuration: TerraformOutput,
        value: Mapping[str, Any],
    ) -> None:
        super().__init__(scope, id)
        # A data source of the state fails if there is none; this one lists it if there is one.
        listed = DataAwsS3Objects(self, "states", bucket=names.state_bucket, prefix=STATE_KEY)
        deployed = DataTerraformRemoteStateS3(
            self, "deployed", bucket=names.state_bucket, key=STATE_KEY, region=names.region
        )
        deployed.add_override("count", f'${{contains({listed.fqn}.keys, "{STATE_KEY}") ? 1 : 0}}')
        before = f"{deployed.fqn}[0].outputs.{configuration.friendly_unique_id}"
        configuration.add_override("precondition", list(_preconditions(before, value)))


def _preconditions(before: str, value: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for field in declared_fields():
        for change in field.changes:
            if change.effect == "refused":
                yield from _precondition(before, field.path, change, value)


def _precondition(
    before: str, path: str, change: Change, value: Mapping[str, Any]
) -> Iterator[dict[str, str]]:
    listed, of_items, name = path.partition(".*.")
    if not of_items:
        yield from _comparison(before, path, change, value, label=path)
        return
    items: Any = value
    for section in listed.split("."):
        items = items[section]
    for item in items:
        deployed = f'[for item in {before}.{listed} : item if item.name == "{item["name"]}"][0]'
        yield from _comparison(deployed, name, change, item, label=path.replace("*", item["name"]))


def _comparison(
    before: str, path: str, change: Change, value: Mapping[str, Any], *, label: str
) -> Iterator[dict[str, str]]:
    *sections, name = path.split(".")
    for section in sections:
        value = value[section]
    if change.case == "switched off" and value[name]:
        return
    new = json.dumps(value.get(name))
    deployed = f"{before}.{path}"
    if path in _OUTPUTS and value.get(name) is not None:
        deployed = f"{before.rpartition('.')[0]}.{_OUTPUTS[path]}"
    # A state without the field satisfies the condition; but capabilities without a switch were on.
    old = f"try({deployed}, {'true' if change.case == 'switched off' else new})"
    condition = _CONDITIONS[change.case].format(old=old, new=new)
    if change.while_used is not None:
        items = value[change.while_used]
        if not items:
            return
        were = f"try({before}.{'.'.join([*sections, change.while_used])}, [])"
        condition = f"length(setintersection({were}, {json.dumps(items)})) == 0 || {condition}"
    if change.while_deployed is not None:
        was = f"try({before}.{'.'.join([*sections, change.while_deployed])}, false)"
        condition = f"!{was} || {condition}"
    yield {
        "condition": f"${{{condition}}}",
        "error_message": f"{label} cannot change from ${{jsonencode({old})}} to {new}. {change.how}",
    }


# Outputs with the deployed value, by field: the configuration does not contain the field if the stack decided.
_OUTPUTS: Mapping[str, str] = {"encryption.key_arn": "key_arn"}

_CONDITIONS: Mapping[Case, str] = {
    "changed": "{old} == {new}",
    "lower": "{old} <= {new}",
    "switched off": "{old} == {new}",
    "lower major version": 'tonumber(split(".", {old})[0]) <= tonumber(split(".", {new})[0])',
}
