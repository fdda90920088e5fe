"""Capture of the running code."""

import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from terrarium.capture.notebook import executed_cells, notebook_path
from terrarium.capture.shipped import ShippedCode
from terrarium.code.working_tree import WorkingTree
from terrarium.io.digest import digest_of
from terrarium.record.sections import Code
from terrarium.secrets import redact, redact_arguments, warn_left_out

__all__ = ["CapturedCode", "capture_code"]

_LARGEST_PATCH = 64 * 1024 * 1024  # bytes


class CapturedCode(NamedTuple):
    """The section of the record, its artifacts, and the reasons for missing parts."""

    section: Code | None
    patch: bytes
    cells: str | None
    failures: dict[str, str]


def capture_code() -> CapturedCode:
    """Capture the main program, its repository, and the notebook."""
    main, module = _main_file(), _main_module()
    tree = _tree_around(main.parent if main else Path.cwd())
    if tree is None and main:
        tree = _tree_around(Path.cwd())
    root = tree.root if tree else None
    notebook, cells = notebook_path(), executed_cells()
    program = f"-m {module}" if module else _below(notebook or main, root)
    patch, failures = _patch(tree)
    arguments, withheld = redact_arguments(sys.argv[1:]) if cells is None else ((), ())
    if withheld:
        failures["code.arguments"] = f"secrets left out: {', '.join(withheld)}"
        warn_left_out("the recorded arguments", dict.fromkeys(withheld, "an argument"))
    if cells is not None:
        cells, secrets = redact(cells)
        if secrets:
            kinds = {f"line {secret.line}": secret.kind for secret in secrets}
            failures["code.cells"] = f"secrets left out: {_listed(kinds)}"
            warn_left_out("the recorded cells", kinds)
    section = Code(
        repository=tree.repository if tree else None,
        commit=tree.commit() if tree else None,
        branch=tree.branch() if tree else None,
        dirty=bool(patch) or "code.patch" in failures,
        patch_digest=digest_of(patch) if patch else None,
        entry_point=program,
        arguments=arguments,
        notebook=cells is not None,
        folder=_below(Path.cwd(), root),
    )
    return CapturedCode(section, patch, cells, failures)


def _patch(tree: WorkingTree | ShippedCode | None) -> tuple[bytes, dict[str, str]]:
    if tree is None:
        return b"", {"code.commit": "the code lies in no git repository"}
    patch, large, secret = tree.patch()
    if len(patch) > _LARGEST_PATCH:
        return b"", {"code.patch": f"the working tree differs by {len(patch)} bytes: commit, or ignore data"}
    reasons = []
    if large:
        reasons.append(f"untracked files too large for a patch, left out: {', '.join(large)}")
    if secret:
        reasons.append(f"files with secrets, left out: {_listed(secret)}")
        warn_left_out("the recorded code", secret)
    return patch, {"code.patch": "; ".join(reasons)} if reasons else {}


def _listed(reasons: Mapping[str, str]) -> str:
    return ", ".join(f"{what} ({why})" for what, why in reasons.items())


@lru_cache(maxsize=8)
def _tree_around(folder: Path) -> WorkingTree | ShippedCode | None:
    return ShippedCode.around(folder) or WorkingTree.around(folder)


def _main_file() -> Path | None:
    """Return the file of the main program, unless it is installed, such as a test runner or a kernel."""
    file = getattr(sys.modules.get("__main__"), "__file__", None)
    if not file:
        return None
    path = Path(file).resolve()
    # Resolved: a virtual environment may be reached by a link.
    installed = any(path.is_relative_to(Path(prefix).resolve()) for prefix in (sys.prefix, sys.base_prefix))
    return None if installed or not path.exists() else path


def _main_module() -> str | None:
    """Return the module that `python -m` runs, if any."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    return spec.name.removesuffix(".__main__") if spec else None


def _below(path: Path | None, root: Path | None) -> str | None:
    if path is None:
        return None
    return str(path.relative_to(root)) if root and path.is_relative_to(root) else str(path)
