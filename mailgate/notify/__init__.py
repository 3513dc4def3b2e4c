"""Composing mail from templates. Pure after load."""
