"""What Athena's statements do, one kind in each module."""
