"""AWS' published rules, applied to every stack before AWS applies them."""
