"""Constructs of cdktf: one per capability of the platform. `stacks` imports them; they import `environments`."""
