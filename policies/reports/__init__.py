"""The verdict, for people and for machines."""
