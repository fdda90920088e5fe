"""Command `terrarium verify`: checks of a deployed environment, run with the roles of its users.

Only `operations` imports it.
"""
