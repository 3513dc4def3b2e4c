"""The configuration: config.toml and the environment, read into frozen values. Every error at once, each with its place."""
