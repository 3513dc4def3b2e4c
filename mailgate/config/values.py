"""The values of a mail desk's configuration, from text: addresses, places to listen, paths, durations, sizes, rates.

Parsers raise `Wrong` with the mend; the kinds made of them gather it.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from email.errors import HeaderParseError  # noqa: F401
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from mailgate.config.findings import Findings, Wrong
from mailgate.config.kinds import Kind, list_of, text_of
from mailgate.config.locate import KeyPath
from mailgate.config.settings import Listen, Networks
from mailgate.duration import parse_duration
from mailgate.mail.message import Mailbox
from mailgate.problems import did_you_mean
from mailgate.rate import Rate, parse_rate
from mailgate.size import parse_size
