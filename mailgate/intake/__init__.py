"""The doors by which mail comes in; each ends in spool.accept."""
