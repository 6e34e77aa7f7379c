"""What no app can make sense of, and what it must serve at once after."""

from dataclasses import replace

from integration_cli.capabilities import Capability
from integration_cli.operation import Kind, Request
from integration_cli.profile import declared
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.stage import Stage, Window

NONSENSE: tuple[tuple[str, bytes], ...] = (
    ("application/json", b"{"),
    ("application/json", b'{"\\u0000": "\\u0000"}'),
    ("application/json", b"[" * 200),
    ("application/json", b"\xff\xfe"),
    ("application/json", b"1" * 400),
    ("text/plain", b"no JSON"),
)


async def errors(stage: Stage) -> None:
    """What must be refused, and on the same connection at once something that must not."""
    connection = stage.connection(stage.member(3), "errs")
    made = await stage.make(connection, "errs#row") if stage.has(Capability.ITEMS) else None
    right = stage.api.read_item(made[0].id) if made else of_the_caller(stage)
    for window in stage.windows("errors", 3):
        wrong = _nonsense(stage)
        if stage.has(Capability.ITEMS):
            wrong = _wrong_of_items(stage, window, made[0].id if made else "0") + wrong
        for request in wrong:
            await stage.send(connection, request.of(window.race))
            await stage.send(connection, right)
    connection.close()


def _nonsense(stage: Stage) -> list[Request]:
    profile = stage.target.profile
    make = profile.items.create if profile.items else profile.accounts.create
    create = Request(Kind.MALFORMED, make.method, make.path)
    return [
        Request(Kind.MALFORMED, "POST", profile.health.live.path),
        Request(Kind.MALFORMED, "GET", "/no/such/path"),
        *(replace(create, raw=raw, headers={"Content-Type": media}) for media, raw in NONSENSE),
    ]


def _wrong_of_items(stage: Stage, window: Window, item_id: str) -> list[Request]:
    api, items = stage.api, declared(stage.target.profile.items)
    create = api.create_item(stage.new(window.race))
    nul = stage.new(window.race, "\0")
    taken = f"{stage.run_id} errs#row"
    wrong = [
        replace(create, body={}),
        replace(create, body={items.fields.nonce: {"not": "a text"}}),
        replace(create, body={**(create.body or {}), **items.invalid}),
        api.create_item(nul),
        api.create_item(replace(stage.new(window.race), unique=taken)),
        api.read_item("no-such-item"),
        api.read_item("00000000-0000-7000-8000-000000000000"),
        api.read_item("0" * 300),
        api.read_item("%00"),
    ]
    if stage.has(Capability.UPDATE):
        wrong.append(
            api.update_item(item_id, stage.change("errs#row", window.race)).with_headers(
                If_Match='"no such version"'
            )
        )
        wrong.append(api.update_item("no-such-item", stage.change("errs#row", window.race)))
    if stage.has(Capability.LIST):
        wrong.append(api.list_items(size=5, position="no-such-position"))
    return wrong
