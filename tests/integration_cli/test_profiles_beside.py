"""What a profile says beyond users and items: ids that bodies need, marks in digits, samples."""

from pathlib import Path

import pytest

from integration_cli.endpoints import Api, Change, written
from integration_cli.profile import Profile
from integration_cli.profile_file import UnknownProfile, load_profile
from integration_cli.sample_data import _told_apart
from integration_cli.site import Site
from integration_cli.target import AppUrl
from tests.integration_cli.story import PROFILE
from toolbox.checkout import ROOT

NOTES = (ROOT / "tests/integration_cli/other_app/profile.toml").read_text()
ORDERS = """
[items.given.customer_id]
request = "GET /users/me"

[items.given.cart_id]
request = "POST /carts"
body = { title = "{mark}", size = 3 }

[items.samples]
total = ["1.50", "2.50"]
"""


@pytest.fixture
def orders(tmp_path: Path) -> Profile:
    """A profile of orders, which refer to a customer and a cart, and are marked in their total."""
    text = NOTES.replace("invalid = { stars = -1 }", 'body = { customer_id = "{customer_id}" }')
    text = text.replace('nonce = "text"', 'nonce = "total"\nmark = "1#########.##"')
    text = text.replace('counter = "stars"\n', "").replace(
        "[items.fields]", f"{ORDERS}[items.fields]"
    )
    text = text.replace("[bulk]", '[bulk]\nitems = "notes"')
    path = tmp_path / "orders.toml"
    path.write_text(text)
    return load_profile(path)


class TestGiven:
    def test_is_asked_for(self, orders: Profile) -> None:
        """Each user asks for what its bodies need, or makes it under a name of its own."""
        requests = [Api(orders).prepare(one, "user-1 ab") for one in orders.given.values()]
        assert [(one.method, one.path, one.body) for one in requests] == [
            ("GET", "/users/me", None),
            ("POST", "/carts", {"title": "user-1 ab", "size": 3}),
        ]

    def test_is_filled_in(self, orders: Profile) -> None:
        """A body that is sent has the user's own id, at any depth; a record has the name."""
        site = Site(AppUrl.parse("http://127.0.0.1:1"), orders, {"ada": {"customer_id": "7"}})
        request = site.api.create_items([Change(nonce="x", unique="y")])
        [sent] = (site.filled(request, "ada").body or {})["notes"]
        assert sent["customer_id"] == "7"
        assert site.filled(request, "bob") == request
        assert "{customer_id}" in str(request.body)


class TestMark:
    def test_is_digits(self) -> None:
        """A mark in a decimal is the same for the same text, another for another, and fits."""
        marks = {written(f"write {number}", "1#########.##") for number in range(1000)}
        assert len(marks) == 1000
        assert {len(mark) for mark in marks} == {13}
        assert all(mark.replace(".", "", 1).isdecimal() for mark in marks)
        assert written("write 1", "1#########.##") in marks

    def test_is_in_the_nonce(self, orders: Profile) -> None:
        """The member has it, and what a profile says nothing of stays text."""
        assert Api(orders).members(Change(nonce="x"))["total"] == written("x", "1#########.##")
        assert Api(PROFILE).members(Change(nonce="x")) == {"description": "x"}


class TestSamples:
    def test_vary(self, orders: Profile) -> None:
        """Samples have the values that the profile lists, in turn, and are told apart by names."""
        items = [Change(nonce="used", unique=f"desk {number}", counter=1) for number in range(3)]
        found = _told_apart(orders, items)
        assert [*found] == ["desk 0", "desk 1", "desk 2"]
        assert [Api(orders).members(one)["total"] for one in found.values()] == [
            "1.50",
            "2.50",
            "1.50",
        ]


class TestBeside:
    def test_is_loaded(self, tmp_path: Path) -> None:
        """A profile may name others in its folder, of what else the users have."""
        (tmp_path / "more.toml").write_text(NOTES.replace('"Notes"', '"more"'))
        (tmp_path / "first.toml").write_text(f'beside = ["more.toml"]\n{NOTES}')
        [beside] = load_profile(tmp_path / "first.toml").beside
        assert beside.name == "more"

    def test_is_not_there(self, tmp_path: Path) -> None:
        """One that is not there is named."""
        (tmp_path / "first.toml").write_text(f'beside = ["more.toml"]\n{NOTES}')
        with pytest.raises(UnknownProfile, match=r"more\.toml"):
            load_profile(tmp_path / "first.toml")
