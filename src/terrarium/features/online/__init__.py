"""The online side: one DynamoDB item per entity and view, with the newest row of it."""
