"""Import of existing resources into the state, by one plan that changes nothing else."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from operations.recover.import_stack import import_stack
from operations.stack_folder import StackFolder
from terrarium.errors import Error

__all__ = ["import_resources"]


def import_resources(
    stack: StackFolder, imports: Mapping[str, str], *, deployed: Iterable[str]
) -> frozenset[str]:
    """Import resources into the state of a stack, and return the addresses of those that were imported.

    Replaces the stack in the folder by one that only imports. One plan with import blocks takes seconds; `terraform
    import` takes as long for every single resource.

    Args:
        stack: The synthesized stack.
        imports: The import id of each resource, by address.
        deployed: The addresses of the resources in the state.

    Raises:
        terrarium.errors.Error: Terraform failed, or would change more than the state.
    """
    original = stack.document()
    document = import_stack(original, imports, deployed=deployed)
    addresses = frozenset(block["to"] for block in document["import"])
    if not addresses:
        return addresses
    stack.file.write_text(json.dumps(document), encoding="utf-8")
    stack.init()
    pulled = stack.terraform("state", "pull")  # nothing if there is no state
    outputs = json.loads(pulled)["outputs"] if pulled.strip() else {}
    targets = (f"-target={address}" for address in sorted(addresses))
    stack.terraform("plan", "-input=false", "-no-color", "-out=plan", *targets)
    _check_only_imports(json.loads(stack.terraform("show", "-json", "plan")))
    stack.terraform("apply", "-input=false", "-no-color", "plan")
    _complete(stack, original, addresses, outputs=outputs)
    return addresses


def _check_only_imports(plan: Mapping[str, Any]) -> None:
    changes = [
        f"{change['address']} ({', '.join(change['change']['actions'])})"
        for change in plan.get("resource_changes", ())
        if change["mode"] == "managed" and change["change"]["actions"] != ["no-op"]
    ]
    if changes:
        raise Error(
            f"nothing was imported, because Terraform would also change {', '.join(changes)}",
            remedy="import the resources one by one: terraform import <address> <id>, with the ids above",
        )


def _complete(
    stack: StackFolder,
    document: Mapping[str, Any],
    addresses: Iterable[str],
    *,
    outputs: Mapping[str, Any],
) -> None:
    """Write into the state what an import leaves out: arguments that no API returns, and the outputs of before.

    Such arguments are `force_destroy`, `manage_master_user_password` and `deregister_on_new_revision`.

    They are empty after an import. The next deployment would set them by updates, which have effects: a new revision of
    a job definition whose ARN others contain, and a password's settings in `ModifyDBCluster`.
    """
    state = json.loads(stack.terraform("state", "pull"))
    attributes = {
        f"{entry['type']}.{entry['name']}": entry["instances"][0]["attributes"]
        for entry in state["resources"]
        if entry["mode"] == "managed" and entry["instances"]
    }
    for address in addresses:
        kind, _, name = address.partition(".")
        for argument, value in document["resource"][kind][name].items():
            known = _resolved(value, attributes)
            if (
                known is not None
                and argument in attributes[address]
                and attributes[address][argument] is None
            ):
                attributes[address][argument] = known
    state["outputs"] = {**outputs, **state["outputs"]}
    state["serial"] += 1
    file = stack.path / "imported.tfstate"
    file.touch(mode=0o600)
    file.write_text(json.dumps(state), encoding="utf-8")
    stack.terraform("state", "push", str(file))


def _resolved(value: object, attributes: Mapping[str, Mapping[str, Any]]) -> object:
    """Return a scalar value of the stack; that of the attribute if it is a reference; None if it is something else."""
    if isinstance(value, bool | int):
        return value
    if not isinstance(value, str):
        return None
    if "${" not in value:
        return value
    reference = value.removeprefix("${").removesuffix("}").split(".")
    if value != f"${{{'.'.join(reference)}}}" or len(reference) != 3:
        return None
    found = attributes.get(".".join(reference[:2]), {}).get(reference[2])
    return found if isinstance(found, str) else None
