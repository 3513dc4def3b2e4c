"""The configuration: config.toml and the environment, read into frozen values; every error at once, with its place."""
