"""Which changes of a configuration wait for a restart: what the daemon was built with, and no reload can swap."""

from mailgate.config.settings import Config


def reloadable(old: Config, new: Config) -> tuple[str, ...]:
    """The sections that differ and need a restart, by name ("in", "database"); () where a reload takes everything."""
    before, after = _fixed(old), _fixed(new)
    return tuple(name for name, value in before.items() if value != after[name])


def _fixed(config: Config) -> dict[str, object]:
    """What belongs to the running daemon; all the rest is of the set that is swapped between two mails."""
    return {
        "in": (config.doors, config.mailboxes),
        "database": config.database_url,
        "keys": config.keys_file,
        "limits": config.limits,
        "log": config.log,
    }
