"""Training sets: entity rows with the features that were known at the time of each.

Only `terrarium.features` imports it.
"""
