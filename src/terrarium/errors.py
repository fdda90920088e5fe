"""The one family of errors that Terrarium raises on purpose."""

__all__ = ["Error"]


class Error(Exception):
    """Something that the user can mend.

    Args:
        problem: What was wrong, and where.
        remedy: What was expected, or what to do next.
    """

    def __init__(self, problem: str, *, remedy: str) -> None:
        super().__init__(problem, remedy)
        self.problem = problem
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.problem}\n  -> {self.remedy}"
