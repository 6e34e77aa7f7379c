"""The limit on guessing passwords: it holds for each account, and tells nobody which there are."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from httpx2 import AsyncClient, Response
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from api.app import State
from api.auth.models import LoginAttempts
from api.passwords import Passwords
from api.users.models import User
from tests.functional.factories import PASSWORD, make_user

LIMIT = 3
WINDOW = timedelta(minutes=5)
WRONG = "a guess"
NOBODY = "nobody@example.com"


@pytest.fixture
def state(state: State) -> State:
    """The state, with a limit that is soon reached."""
    few = {"login_attempts": LIMIT, "login_attempts_window": WINDOW}
    state["settings"] = state["settings"].model_copy(update=few)
    return state


async def guess(client: AsyncClient, email: str, password: str = WRONG) -> Response:
    return await client.post("/auth/token", data={"username": email, "password": password})


async def statuses(client: AsyncClient, email: str, number: int = LIMIT) -> list[int]:
    return [(await guess(client, email)).status_code for _ in range(number)]


class TestLimit:
    async def test_even_the_right_password(self, client: AsyncClient, user: User) -> None:
        """After so many failures no password is good, and one learns when to try again."""
        assert await statuses(client, user.email) == [401] * LIMIT
        answer = await guess(client, user.email, PASSWORD)
        assert (answer.status_code, answer.json()["type"]) == (429, "/problems/too-many-attempts")
        assert 0 < int(answer.headers["Retry-After"]) <= WINDOW.total_seconds()

    async def test_other_accounts(
        self, client: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Others log in all the while."""
        other = await make_user(session)
        await statuses(client, user.email, LIMIT + 1)
        assert (await guess(client, other.email, PASSWORD)).status_code == 200

    async def test_log_ins_that_last(self, me: AsyncClient, user: User) -> None:
        """Who is logged in stays so: nobody can lock it out by guessing."""
        await statuses(me, user.email, LIMIT + 1)
        assert (await me.get("/users/me")).status_code == 200

    async def test_nobodys_account(self, client: AsyncClient, user: User) -> None:
        """An account that does not exist is limited just the same, and so is no address at all."""
        client.headers["X-Request-ID"] = "one"  # which an answer repeats
        answers = [
            [await guess(client, email) for _ in range(LIMIT + 1)]
            for email in (user.email, NOBODY, "not an address")
        ]
        texts = [
            [
                answer.text.replace(answer.headers.get("Retry-After", "?") + " seconds", "")
                for answer in of_one
            ]
            for of_one in answers
        ]
        assert texts[0] == texts[1] == texts[2]
        assert [answer.status_code for answer in answers[0]] == [401] * LIMIT + [429]

    async def test_other_spellings(self, client: AsyncClient, user: User) -> None:
        """An address in capitals is the same account."""
        assert await statuses(client, user.email) == [401] * LIMIT
        assert (await guess(client, user.email.upper(), PASSWORD)).status_code == 429

    async def test_success_forgives(self, client: AsyncClient, user: User) -> None:
        """Who logs in may fail as often again."""
        for _ in range(2):
            assert await statuses(client, user.email, LIMIT - 1) == [401] * (LIMIT - 1)
            assert (await guess(client, user.email, PASSWORD)).status_code == 200


class TestWindow:
    async def test_passes(self, client: AsyncClient, user: User, session: AsyncSession) -> None:
        """When the window is over, one may try as often again."""
        await statuses(client, user.email, LIMIT + 5)
        await session.execute(update(LoginAttempts).values(resets_at=func.now()))
        await session.commit()
        assert await statuses(client, user.email, LIMIT + 1) == [401] * LIMIT + [429]

    async def test_is_not_prolonged(
        self, client: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Attempts that are turned away do not move its end: nobody is locked out for good."""
        await statuses(client, user.email, 1)
        in_a_minute = update(LoginAttempts).values(resets_at=func.now() + timedelta(minutes=1))
        ends = await session.scalar(in_a_minute.returning(LoginAttempts.resets_at))
        await session.commit()
        await statuses(client, user.email, LIMIT + 3)
        assert await session.scalar(select(LoginAttempts.resets_at)) == ends


class TestTable:
    async def test_names_nobody(
        self, client: AsyncClient, user: User, session: AsyncSession
    ) -> None:
        """Who reads the table learns nobody's address."""
        for email in (user.email, NOBODY, "not an address"):
            await guess(client, email)
        rows = (await session.execute(select(LoginAttempts.__table__))).all()
        assert len(rows) == 3
        assert {len(row.account) for row in rows} == {32}
        stored = repr(rows)
        assert not [part for part in ("user", "nobody", "address", "example") if part in stored]

    async def test_is_purged(self, client: AsyncClient, user: User, session: AsyncSession) -> None:
        """A log-in takes some rows away whose time is over, whosever they were."""
        await guess(client, NOBODY)
        await session.execute(update(LoginAttempts).values(resets_at=func.now() - WINDOW))
        await session.commit()
        await guess(client, "somebody@example.com")
        assert (await guess(client, user.email, PASSWORD)).status_code == 200
        assert await session.scalar(select(func.count()).select_from(LoginAttempts)) == 1


@pytest.mark.real_commits
class TestAtOnce:
    @pytest.mark.parametrize("turns", [1, 16])
    async def test_no_more_guesses(
        self,
        client: AsyncClient,
        state: State,
        user: User,
        monkeypatch: pytest.MonkeyPatch,
        turns: int,
    ) -> None:
        """Of many guesses at the same time no more are looked at than of one after the other."""
        passwords: Passwords = state["passwords"]
        monkeypatch.setattr(passwords, "_turns", asyncio.Semaphore(turns))
        answers = await asyncio.gather(*(guess(client, user.email) for _ in range(40)))
        counted = Counter(answer.status_code for answer in answers)
        # A busy machine turns some away (503), whose guesses were looked at or not.
        assert counted.keys() <= {401, 429, 503}
        assert counted[401] <= LIMIT <= counted[401] + counted[503]

    @pytest.mark.parametrize("turns", [1, LIMIT])
    async def test_right_ones(
        self,
        client: AsyncClient,
        state: State,
        user: User,
        monkeypatch: pytest.MonkeyPatch,
        turns: int,
    ) -> None:
        """Many log-ins with the right password at the same time are no failures."""
        monkeypatch.setattr(state["passwords"], "_turns", asyncio.Semaphore(turns))
        answers = await asyncio.gather(*(guess(client, user.email, PASSWORD) for _ in range(12)))
        assert {answer.status_code for answer in answers} == {200}
        assert len({answer.json()["refresh_token"] for answer in answers}) == 12
