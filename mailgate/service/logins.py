"""Who may submit mail by SMTP AUTH: agents with a `password_hash`, by their name or one of their addresses.

A password costs a quarter of a second of one core, so it is checked on threads of its own, two at a time: a flood of
logins waits for itself and for nothing else. An unknown name costs the same, so that nobody learns who is an agent.
"""

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from mailgate.config.password_hash import PasswordHash, parse_password_hash
from mailgate.config.settings import Config
from mailgate.mail.address import normalise

AT_ONCE = 2


class _Register:
    """The logins that one configuration gives."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.hashes = {name: parse_password_hash(secret.text) for name, secret in config.password_hashes.items()}
        self.agent_of = _users(config)
        # What the password of nobody is compared with: the dearest hash, so that its time tells nothing either.
        self.stand_in = max(self.hashes.values(), key=lambda each: each.work, default=None)


class AgentLogins:
    """The logins of a desk, by the configuration that is in use when somebody asks."""

    def __init__(self, current: Callable[[], Config]) -> None:
        self._current = current
        self._last = _Register(current())
        self._threads = ThreadPoolExecutor(AT_ONCE, "login")

    def anybody(self) -> bool:
        """Whether there is anybody who can log in."""
        return bool(self._register().hashes)

    async def check(self, user: str, password: str) -> str | None:
        """The agent's name, or None; both after the same time."""
        register = self._register()
        name = register.agent_of.get(normalise(user))
        known: PasswordHash | None = register.stand_in if name is None else register.hashes[name]
        if known is None:
            return None
        matches = await asyncio.get_running_loop().run_in_executor(self._threads, known.matches, password)
        return name if matches else None

    def _register(self) -> _Register:
        config = self._current()
        if config is not self._last.config:
            self._last = _Register(config)
        return self._last


def _users(config: Config) -> Mapping[str, str]:
    agents = (config.agents[name] for name in config.password_hashes)
    return {normalise(user): agent.name for agent in agents for user in (agent.name, agent.address, *agent.also)}
