"""Following THE active set, on both databases: other nodes' sets, sets without use, and what stays a node's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from mailgate.clock import SystemClock
from mailgate.config.read import parse
from mailgate.config.reload import reloadable
from mailgate.ids import SystemIds
from mailgate.service.opening import Desk, open_desk
from mailgate.service.reload import Reload, with_own
from mailgate.store import sets
from mailgate.store.reports import outbox_list, outbox_show
from tests.service.conftest import CONFIG, ROOT

RULE = "rules: [{{name: one, when: ticket.created, do: [{{priority: {}}}]}}]\n"


@pytest.fixture
def desk(migrated_url: str, tmp_path: Path) -> Iterator[Desk]:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "10.yaml").write_text(RULE.format("high"))
    text = CONFIG.format(url=migrated_url, root=ROOT, rules=rules)
    opened = open_desk(parse(text, tmp_path / "config.toml", {}), SystemClock(), SystemIds(), ROOT / "templates")
    yield opened
    opened.close()


class Swaps:
    """Counts them."""

    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> None:
        self.count += 1


def follower(desk: Desk, swaps: Swaps | None = None) -> Reload:
    return Reload(desk, SystemClock(), SystemIds(), None, swaps or Swaps())


async def publish_from_elsewhere(desk: Desk, name: str, text: str) -> str:
    """Another node, or the command line, makes a set with another file THE active one."""
    texts = {**desk.active.files, name: text}
    await desk.store.write(lambda c: sets.activate(c, texts, SystemClock().now()))
    return sets.hash_of(texts)


@pytest.mark.asyncio
async def test_a_set_that_another_node_made_active_is_taken(desk: Desk) -> None:
    swaps = Swaps()
    reload, before = follower(desk, swaps), desk.active
    await reload.follow()
    assert (desk.active, swaps.count) == (before, 0)
    wanted = await publish_from_elsewhere(desk, "rules/10.yaml", RULE.format("low"))
    await reload.follow()
    assert (desk.active.hash, swaps.count) == (wanted, 1)
    assert desk.active.policy.rules.hash == wanted
    assert desk.active.templates is before.templates


@pytest.mark.asyncio
async def test_a_set_that_cannot_be_used_here_keeps_the_old_one_and_is_tried_again_when_asked(desk: Desk) -> None:
    reload, before = follower(desk), desk.active
    await publish_from_elsewhere(desk, "rules/10.yaml", "rules: [nonsense]\n")
    await reload.follow()
    await reload.follow()
    assert desk.active is before
    answer = await reload.answer({})
    assert answer["hash"] == before.hash
    assert "10.yaml:1:" in answer["error"]
    wanted = await publish_from_elsewhere(desk, "rules/10.yaml", RULE.format("low"))
    assert await reload.answer({}) == {"hash": wanted, "restart": [], "error": None}


@pytest.mark.asyncio
async def test_sections_of_the_nodes_own_stay_and_are_named(desk: Desk) -> None:
    text = desk.active.files["config.toml"].replace("127.0.0.1:0", "127.0.0.1:2525")
    more = '[agents.omar]\nname = "Omar"\nemail = "omar@staff.example"\n'
    await publish_from_elsewhere(desk, "config.toml", f"{text}\n{more}")
    reload = follower(desk)
    answer = await reload.answer({})
    assert answer["restart"] == ["in"]
    assert desk.active.config.doors == desk.config.doors
    assert desk.active.policy.agents["omar"].number == 2
    assert (await reload.answer({}))["restart"] == ["in"]


def test_a_start_takes_what_is_on_disk(desk: Desk, migrated_url: str, tmp_path: Path) -> None:
    first = desk.active.hash
    (tmp_path / "rules" / "10.yaml").write_text(RULE.format("low"))
    desk.close()
    again = open_desk(desk.config, SystemClock(), SystemIds(), ROOT / "templates")
    try:
        assert again.store.read_now(sets.active) == again.active.hash != first
        assert again.store.read_now(lambda c: sets.files_of(c, first)) == desk.active.files
    finally:
        again.close()


@pytest.mark.asyncio
async def test_a_hang_up_reads_the_files_again(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(desk.config.text)
    (tmp_path / "rules" / "10.yaml").write_text(RULE.format("low"))
    reload, before = follower(desk), desk.active.hash
    reload.hang_up()
    assert reload._hung_up is not None
    await reload._hung_up
    assert desk.active.hash != before
    assert desk.store.read_now(sets.active) == desk.active.hash


FAILING = """
tests:
  - name: it is high
    mail: {from: ana@acme.example, subject: Help}
    expect: {ticket: {priority: high}}
"""


@pytest.mark.asyncio
async def test_a_hang_up_takes_nothing_whose_tests_fail(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(desk.config.text.replace("[rules]", "[rules]\nrequire_tests = true"))
    (tmp_path / "rules" / "10.test.yaml").write_text(FAILING)
    (tmp_path / "rules" / "10.yaml").write_text(RULE.format("low"))
    reload, before = follower(desk), desk.active

    async def hang_up() -> None:
        reload.hang_up()
        assert reload._hung_up is not None
        await reload._hung_up

    def refused() -> tuple[str, ...]:
        return reload.refusal.causes if reload.refusal else ()

    await hang_up()
    await hang_up()
    assert desk.active is before
    assert ['the test "it is high" fails' in cause for cause in refused()] == [True]
    assert desk.store.read_now(sets.active) == before.hash
    [told] = desk.store.read_now(outbox_list)
    assert (told["to"], told["template"]) == ("ops@staff.example", "reload_failed")
    shown = desk.store.read_now(lambda c: outbox_show(c, told["id"]))
    assert shown is not None
    assert b'the test "it is high" fails' in shown[1]

    (tmp_path / "rules" / "10.yaml").write_text(RULE.format("high") + "# mended\n")
    await hang_up()
    assert refused() == ()
    assert desk.active.hash == desk.store.read_now(sets.active) != before.hash


def test_what_a_node_keeps_is_what_needs_a_restart(tmp_path: Path) -> None:
    """The two lists, of config.reload and of service.reload, are one."""

    def config(text: str) -> str:
        return CONFIG.format(url=f"sqlite:///{tmp_path / 'x.db'}", root=ROOT, rules=tmp_path) + text

    own = parse(config(""), tmp_path / "config.toml", {})
    changed = config('[limits]\nmessage = "1MB"\n[log]\nlevel = "debug"\n').replace("127.0.0.1:0", "127.0.0.1:2525")
    new = parse(changed.replace('"keys"', '"other"').replace("x.db", "y.db"), tmp_path / "config.toml", {})
    assert set(reloadable(own, new)) == {"in", "database", "keys", "limits", "log"}
    assert reloadable(own, with_own(own, new)) == ()
