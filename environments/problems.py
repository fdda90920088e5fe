"""Texts of pydantic's validation errors, for errors in files."""

from pydantic_core import ErrorDetails

__all__ = ["describe_problem"]


def describe_problem(problem: ErrorDetails) -> str:
    """Return the path of a field, its value and what is allowed, as one line."""
    path = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "missing":
            return f"{path}: missing, required"
        case "extra_forbidden":
            return f"{path}: given {problem['input']!r}, but there is no such field"
    if isinstance(problem["input"], dict) and problem["type"] == "value_error":
        return f"{path}: {_allowed(problem)}".removeprefix(": ")  # a combination of fields
    return f"{path}: given {problem['input']!r}, allowed: {_allowed(problem)}"


def _allowed(problem: ErrorDetails) -> str:
    context = problem.get("ctx", {})
    match problem["type"]:
        case "literal_error":
            return str(context["expected"])
        case "string_pattern_mismatch":
            return f"text that matches {context['pattern']}"
        case "value_error":
            return str(context["error"])
    return problem["msg"][0].lower() + problem["msg"][1:]
