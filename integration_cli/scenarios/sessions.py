"""Log-ins: a refresh token that is spent once, a log-out that all hear of, callers kept apart."""

from dataclasses import replace

from integration_cli.capabilities import Capability
from integration_cli.client import Client
from integration_cli.crew import Member
from integration_cli.history import History
from integration_cli.operation import Operation, Request
from integration_cli.release import Racers
from integration_cli.scenarios.crowd import of_the_caller
from integration_cli.scenarios.stage import Stage, Window

RACERS = 6
RENEWING = 4  # users, each
LOG_INS = 2  # times: so that of four workers each has two that meet in it


async def refreshing(stage: Stage) -> None:
    """One refresh token is exchanged on several connections at once, and once more afterwards."""
    for window in stage.windows("refreshing", 8):
        signed_in = await sign_in_again(stage, stage.member(window.number), window)
        if signed_in is None:
            continue
        member, answer = signed_in
        token = refresh_token_of(stage, answer)
        if token is None:
            continue
        async with stage.racers(member, "refresh", RACERS) as racers:
            await racers.spread(stage.workers)
            request = stage.api.refresh(token).of(window.race)
            if window.number % 2:
                await stage.send(racers.connections[0], request)
            await racers.race([request] * RACERS, window.gaps(RACERS))
            await stage.send(racers.connections[-1], request)


async def renewals(stage: Stage) -> None:
    """Users renew their tokens at the same instant, and ask with the new ones who they are."""
    members = [*stage.members][:RENEWING] * LOG_INS
    before = Window("renewals#before", 0, is_fresh=False, gap=0.0)
    signed_in = [await sign_in_again(stage, member, before) for member in members]
    known = [refresh_token_of(stage, one[1]) for one in signed_in if one]
    tokens = [token for token in known if token]
    if len(tokens) < len(members):
        return
    async with stage.racers_of(members, "renew") as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("renewals", 15):
            requests = [stage.api.refresh(token).of(window.race) for token in tokens]
            answers = await racers.race(requests, window.gaps(len(members)))
            renewed = [refresh_token_of(stage, one) for one in answers]
            tokens = [token for token in renewed if token]
            if len(tokens) < len(members):
                return
            for connection, one in zip(racers.connections, answers, strict=True):
                connection.token = str(one.answer.get(stage.target.profile.login.token))
            await racers.each(of_the_caller(stage).of(window.race))


async def revoking(stage: Stage) -> None:
    """A token that all connections have just used is revoked, and used again at that answer."""
    for window in stage.windows("revoking", 10):
        signed_in = await sign_in_again(stage, stage.member(window.number), window)
        if signed_in is None:
            continue
        member, answer = signed_in
        async with stage.racers(member, "revoke", RACERS) as racers:
            await racers.spread(stage.workers)
            await racers.each(of_the_caller(stage).of(window.race))
            refresh_token = refresh_token_of(stage, answer)
            by_refresh = window.number % 2 and refresh_token
            revoke = stage.api.revoke(
                refresh_token if by_refresh and refresh_token else member.token
            )
            uses = [of_the_caller(stage).of(window.race)] * (RACERS - 1)
            await racers.after(revoke.of(window.race), uses)
            if refresh_token and stage.has(Capability.REFRESH):
                late = stage.api.refresh(refresh_token).of(window.race)
                await stage.send(racers.connections[1], late)
            await racers.each(of_the_caller(stage).of(window.race))


async def callers(stage: Stage) -> None:
    """All users ask at the same instant who they are, what is theirs, and create something."""
    members = [*stage.members] * 2
    async with stage.racers_of(members, "caller") as racers:
        await racers.spread(stage.workers)
        for window in stage.windows("callers", 40):
            requests = [
                _asked(stage, window, number).of(window.race) for number in range(len(members))
            ]
            named = [_with_id(stage, window, one, number) for number, one in enumerate(requests)]
            await racers.race(named, window.gaps(len(members)))


def _asked(stage: Stage, window: Window, number: int) -> Request:
    kinds = [use(stage, window, number)]
    if stage.has(Capability.ME):
        kinds.append(stage.api.read_me())
    if stage.has(Capability.LIST):
        kinds.append(stage.api.list_items(size=5))
    return kinds[(window.number + number) % len(kinds)]


def _with_id(stage: Stage, window: Window, request: Request, number: int) -> Request:
    header = stage.target.profile.headers.request_id
    if header is None:
        return request
    identity = f"{stage.run_id}-{window.race.replace('#', '-')}-{number}"
    return replace(request, headers={**request.headers, header: identity})


async def strangers(stage: Stage) -> None:
    """A user asks for what is another's."""
    owner, other = stage.member(0), stage.member(1)
    if owner == other:
        return
    async with stage.racers_of([owner, other, other], "stranger") as racers:
        for window in stage.windows("strangers", 8):
            made = await stage.make(racers.connections[0], window.race)
            for item in [made[0]] if made else []:
                read = stage.api.read_item(item.id).of(window.race)
                await racers.each(read)


async def deletion_of_a_user(stage: Stage) -> None:
    """A user is deleted while its other connections are at work; then those go on."""
    for window in stage.windows("deletion-of-a-user", 5):
        member = await stage.newcomer(f"leaver-{window.number}")
        if member is None:
            continue
        async with stage.racers(member, "leaver", RACERS) as racers:
            await racers.spread(stage.workers)
            item_id = await _belonging(stage, racers, window)
            uses = [use(stage, window, number) for number in range(RACERS - 1)]
            requests = [stage.api.delete_me(), *uses]
            turned = requests[window.number :] + requests[: window.number]
            await racers.race([one.of(window.race) for one in turned], window.gaps(RACERS))
            again = stage.api.sign_in(member.account.email, member.account.password)
            for late in (use(stage, window, "late"), again):
                await stage.send(racers.connections[0], late.of(window.race))
            if item_id is not None:
                await _look_for_orphan(stage, racers, window, item_id)


async def _belonging(stage: Stage, racers: Racers, window: Window) -> str | None:
    """The id of an item that goes with its owner; None where the app has or makes none."""
    if not stage.has(Capability.ITEMS):
        return None
    made = await stage.make(racers.connections[0], window.race)
    return made[0].id if made else None


def use(stage: Stage, window: Window, part: object) -> Request:
    """Something that only a user who is there may do, best of all make something."""
    if stage.has(Capability.ITEMS):
        return stage.api.create_item(stage.new(window.race, f" {part}"))
    return of_the_caller(stage)


async def _look_for_orphan(stage: Stage, racers: Racers, window: Window, item_id: str) -> None:
    read = stage.api.read_item(item_id).of(window.race)
    await racers.each(read)
    other = stage.connection(stage.member(0), "looks-for-orphans")
    await stage.send(other, read)
    other.close()


async def sign_in_again(
    stage: Stage, member: Member, window: Window
) -> tuple[Member, Operation] | None:
    """The same user with a log-in of its own; None when the app does not let it."""
    login = f"{member.name}/{window.race}"
    async with Client(stage.target.site, login, member.name, History()) as client:
        account = member.account
        answer = await client.send(stage.api.sign_in(account.email, account.password))
    stage.history.record(answer)
    token = answer.answer.get(stage.target.profile.login.token)
    if not answer.acknowledged or not isinstance(token, str):
        return None
    return Member(member.name, account, token, login), answer


def refresh_token_of(stage: Stage, answer: Operation) -> str | None:
    """The refresh token in the answer to a log-in; None where the app gives none."""
    name = stage.target.profile.login.refresh_token
    token = answer.answer.get(name) if name else None
    return token if isinstance(token, str) else None
