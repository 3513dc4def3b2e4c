"""`database.url`: which databases there are, and that no password stands in it."""

from urllib.parse import urlsplit

from mailgate.config.findings import NEVER_WRITTEN, Findings, Wrong, shown
from mailgate.config.kinds import EnvironmentText, Kind, text_of
from mailgate.config.locate import KeyPath

SQLITE = "sqlite:///"
POSTGRESQL = "postgresql+psycopg://"
_FORMS = 'write "sqlite:///mailgate.db" (beside this file), "sqlite:////var/lib/mailgate/mailgate.db" or "postgresql+psycopg://mailgate@/mailgate"'
_OTHER_WAYS = (
    "set the whole URL by MAILGATE_DATABASE__URL, or leave the password to ~/.pgpass or to peer authentication"
)


def _check(url: str) -> str:
    if not url.isprintable():
        raise Wrong(f"{shown(url)} is not the URL of a database", _FORMS)
    if url.startswith(SQLITE):
        if url[len(SQLITE) :] in ("", ":memory:") or "?" in url:
            raise Wrong("a SQLite database needs a file and takes no options", _FORMS)
        return url
    if not url.startswith(POSTGRESQL):
        raise Wrong(f"{shown(url.partition('://')[0])} is not a database that mailgate knows", _FORMS)
    parts = urlsplit(url)
    if len(parts.path) < 2:
        raise Wrong("the URL names no database", _FORMS)
    return url


_TEXT = text_of("URL of a database", _check, SQLITE + "mailgate.db")


def _read(value: object, at: KeyPath, findings: Findings) -> str:
    url = str(_TEXT.read(value, at, findings))
    if _holds_password(url) and not isinstance(value, EnvironmentText):
        findings.value(at, f"a password {NEVER_WRITTEN}", _OTHER_WAYS)
    if url.startswith(SQLITE):
        return SQLITE + str(findings.base / url[len(SQLITE) :])
    return url


DATABASE_URL = Kind(_TEXT.name, _read, textual=True)


def _holds_password(url: str) -> bool:
    """Whether a password stands between the slashes and the @, or among the options."""
    parts = urlsplit(url)
    return ":" in parts.netloc.rpartition("@")[0] or "password=" in parts.query.lower()
