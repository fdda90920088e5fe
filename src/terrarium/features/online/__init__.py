"""Online side: one DynamoDB item per entity and view, with the latest row of the view.

Only `terrarium.features` imports it.
"""
