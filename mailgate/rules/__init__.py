"""The administrator's language: read, checked, evaluated, explained. Pure but for reading its files."""
