"""The cdktf app: one stack per environment."""
