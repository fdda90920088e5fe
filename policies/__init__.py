"""A verdict on every environment before anything is deployed."""
