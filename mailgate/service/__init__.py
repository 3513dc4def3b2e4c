"""The imperative shell: the daemon and the loops that run in it."""
