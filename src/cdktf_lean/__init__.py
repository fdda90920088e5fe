"""Fast loading of prebuilt CDKTF provider bindings."""
