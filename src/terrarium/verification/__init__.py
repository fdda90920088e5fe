"""Checks that a deployed environment works, run by `terrarium verify` with the roles of users and jobs.

Face: only `operations` imports it.
"""

from terrarium.verification.outcome import Outcome, Remainder, Report, parse_line

__all__ = ["Outcome", "Remainder", "Report", "parse_line"]
