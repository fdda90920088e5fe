"""Checks that a deployed environment works, run by `terrarium verify` as the roles that people and jobs have.

Face: only `operations` imports it.
"""

from terrarium.verification.outcome import Outcome, Remainder, Report, parse_line

__all__ = ["Outcome", "Remainder", "Report", "parse_line"]
