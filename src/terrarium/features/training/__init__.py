"""Training sets: what was known of entities at the time of each event."""
