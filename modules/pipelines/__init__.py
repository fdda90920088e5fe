"""Training pipelines on Step Functions: definitions, state machines, schedules and triggers.

`stacks` imports it.
"""
