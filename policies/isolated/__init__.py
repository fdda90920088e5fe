"""Tools that live in an environment of their own (`.venv-policy`), and how they are asked."""
