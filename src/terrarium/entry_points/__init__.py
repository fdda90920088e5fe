"""Programs that containers start with `python -m`, built on a `Lab`. Nothing imports them."""
