"""The only SQL. Units of work are plain synchronous functions of a connection."""
