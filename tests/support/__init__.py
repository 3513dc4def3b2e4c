"""What tests stand on: real PostgreSQL, a running daemon, an SMTP sender and a sink, the oracle."""
