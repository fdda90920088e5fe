"""Rules of the kit: functions that yield the violations in one synthesized stack.

Only `policies` imports it.
"""
