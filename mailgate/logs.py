"""What the daemon tells its operator: one event, one line (R55). key=value on a terminal, JSON otherwise.

Nothing that a stranger wrote can make a line of its own or steer a terminal (A20, D23). No texts and no subjects are
told, and an address stands as a hash, always the same for the same address; `log.bodies` lifts both. Logging never
fails and never raises: a full disk or a closed pipe costs the line, not the mail.

The libraries' own logging comes through here too, warnings and worse only: aiosmtpd tells every command and address at
INFO, SQLAlchemy every value.
"""

import contextlib
import hashlib
import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from math import isfinite
from typing import Any, Protocol, TextIO

import structlog

LONGEST_VALUE = 2_000  # characters
LONGEST_TRACEBACK = 8_000
PRIVATE = frozenset(
    ("subject", "body", "text", "new_text", "quoted_text", "html", "raw", "content", "password", "secret")
)

_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:=@]{1,256}@[^\s<>()\[\]\"',;:=@]{1,255}")
_PLAIN = re.compile(r"[^\s\"=\\]+")
_LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
_OURS = "mailgate"


class Settings(Protocol):
    """[log] of the configuration: "auto", "text" or "json"; the least level told; whether texts may stand there."""

    @property
    def format(self) -> str: ...

    @property
    def level(self) -> str: ...

    @property
    def bodies(self) -> bool: ...


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Send all logging of this process to `stream` (stderr). An event below the level costs one call and no work."""
    out = stream or sys.stderr
    as_text = settings.format == "text" or (settings.format == "auto" and out.isatty())
    level, form, line = _LEVELS[settings.level], _Form(as_text, settings.bodies), _Line(out)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, form],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_: line,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_Bridge(form, line)]
    root.setLevel(max(level, logging.WARNING))
    logging.getLogger(_OURS).setLevel(level)
    logging.raiseExceptions = False


class _Line:
    """Writes lines, whatever the level; a stream that cannot take one loses it."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def msg(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._out.write(f"{text}\n")
            self._out.flush()

    debug = info = warning = warn = error = critical = fatal = exception = log = msg


class _Form:
    """An event as one line: the last of structlog's processors, and what the libraries' records go through."""

    def __init__(self, as_text: bool, bodies: bool) -> None:
        self._write = _text if as_text else _json
        self._bodies = bodies

    def __call__(self, logger: Any, level: str, event: MutableMapping[str, Any]) -> str:
        what = event.pop("event", "")
        trouble = event.pop("exc_info", None)
        return self.line(level, what, event, trouble)

    def line(self, level: str, what: object, details: Mapping[str, Any], trouble: object = None) -> str:
        ts = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        told = {"ts": ts, "level": level, "event": self._value(what)}
        for key, value in details.items():
            if self._bodies or key not in PRIVATE:
                told[key] = self._value(value)
        if trouble:
            told["exception"] = self._text_value(_traceback(trouble), LONGEST_TRACEBACK)
        return self._write(told)

    def _value(self, value: object) -> Any:
        if value is None or isinstance(value, (bool, int)):
            return value
        if isinstance(value, float):
            return value if isfinite(value) else str(value)  # JSON knows no NaN
        if isinstance(value, (list, tuple, set, frozenset)):
            return [self._value(each) for each in list(value)[:100]]
        return self._text_value(value, LONGEST_VALUE)

    def _text_value(self, value: object, longest: int) -> str:
        try:
            text = value if isinstance(value, str) else str(value)
        except Exception:  # a thing that cannot say what it is must not cost the event
            return f"({type(value).__name__})"
        if len(text) > longest:
            text = f"{text[:longest]}... ({len(text)} characters)"
        return _ADDRESS.sub(_hashed, text) if "@" in text and not self._bodies else text


class _Bridge(logging.Handler):
    """The standard library's records, in our form."""

    def __init__(self, form: _Form, line: _Line) -> None:
        super().__init__()
        self._form, self._line = form, line

    def emit(self, record: logging.LogRecord) -> None:
        try:
            said: object = record.getMessage()
        except Exception:  # a record whose words and values do not fit each other
            said = record.msg
        self._line.msg(self._form.line(record.levelname.lower(), said, {"logger": record.name}, record.exc_info))


def _json(told: Mapping[str, Any]) -> str:
    """In ASCII: no control and no direction mark is left; DEL is the one that JSON would let through."""
    return json.dumps(told, separators=(",", ":"), default=str).replace("\x7f", "\\u007f")


def _text(told: Mapping[str, Any]) -> str:
    pairs = (f"{key}={_shown(value)}" for key, value in told.items() if key not in ("ts", "level", "event"))
    line = " ".join((told["ts"], f"{told['level']:<7}", str(told["event"]), *pairs))
    return line if line.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in line)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_shown, value))
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _hashed(found: re.Match[str]) -> str:
    return _hash(found[0].lower())


@lru_cache(maxsize=4096)
def _hash(address: str) -> str:
    return f"#{hashlib.sha256(address.encode(errors='replace')).hexdigest()[:12]}"


def _traceback(trouble: object) -> str:
    if isinstance(trouble, BaseException):
        return "".join(traceback.format_exception(trouble))
    if isinstance(trouble, tuple) and len(trouble) == 3 and isinstance(trouble[1], BaseException):
        return "".join(traceback.format_exception(trouble[1]))
    current = sys.exc_info()[1]
    return "".join(traceback.format_exception(current)) if current else ""
