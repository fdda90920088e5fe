"""Trino functions that the sandbox does not have (Trino documentation, "List of functions by topic")."""

__all__ = ["UNAVAILABLE"]

# Geospatial functions are recognized by their prefix ST_.
UNAVAILABLE = frozenset(
    {
        "approx_set", "bar", "beta_cdf", "bing_tile", "bing_tile_at", "bing_tile_coordinates",
        "bing_tile_polygon", "bing_tile_quadkey", "bing_tile_zoom_level", "bing_tiles_around",
        "char2hexint", "checksum", "classify", "color", "convex_hull_agg", "cosine_distance",
        "cosine_similarity", "current_groups", "current_user", "dot_product", "empty_approx_set",
        "euclidean_distance", "evaluate_classifier_predictions", "features", "format_number",
        "from_encoded_polyline", "from_geojson_geometry", "geometry_from_hadoop_shape",
        "geometry_invalid_reason", "geometry_nearest_points", "geometry_to_bing_tiles",
        "geometry_union", "geometry_union_agg", "great_circle_distance", "hash_counts", "index",
        "intersection_cardinality", "inverse_beta_cdf", "jaccard_index", "json_table",
        "learn_classifier", "learn_libsvm_classifier", "learn_libsvm_regressor", "learn_regressor",
        "line_interpolate_point", "line_interpolate_points", "line_locate_point", "make_set_digest",
        "merge", "merge_set_digest", "numeric_histogram", "parse_data_size", "qdigest_agg",
        "quantile_at_value", "regress", "render", "rgb", "simplify_geometry", "spatial_partitioning",
        "spatial_partitions", "spooky_hash_v2_32", "spooky_hash_v2_64", "t_cdf", "t_pdf", "tdigest_agg",
        "theta_sketch_cardinality", "theta_sketch_union", "timezone", "timezone_hour",
        "timezone_minute", "to_char", "to_date", "to_encoded_polyline", "to_geojson_geometry",
        "to_geometry", "to_spherical_geography", "to_timestamp", "typeof", "value_at_quantile",
        "values_at_quantiles", "version", "word_stem",
    }
)  # fmt: skip
