"""What may be a project's name, and where it then stands."""

from pathlib import Path

import pytest

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.processes import ask
from toolbox.template.names import (
    MAX_NAME,
    NAME,
    TAKEN,
    Names,
    check_holder,
    check_name,
    check_title,
    title_of,
)
from toolbox.template.rename import in_order, packages_of, rename, renamed

SHOP = Names("my_shop", "My shop")


class TestName:
    @pytest.mark.parametrize("name", ["shop", "billing_service", "v2_api", "a" * MAX_NAME])
    def test_is_one(self, name: str) -> None:
        """Words of lower-case letters and digits, with single underscores between them."""
        check_name(name)

    @pytest.mark.parametrize(
        ("name", "words"),
        [
            ("Billing-Service", "lower-case letters, .* as billing_service"),
            ("billing service", "as billing_service"),
            ("2fast", "begins with a letter, as fast"),
            ("_shop", "as shop"),
            ("a__b", "single underscores, .* as a_b"),
            ("", "''"),
            ("größe", "lower-case letters"),
            ("a/../b", "as a_b"),
            ("--x", "as x"),
            ("a" * (MAX_NAME + 1), f"has {MAX_NAME + 1} characters"),
            ("class", "the name of something else"),
            ("json", "take another, as json_service"),
            ("api", "the name of something else"),
            ("postgres", "the name of something else"),
            ("pir", "template's own name"),
            ("peace_in_rest", "template's own name"),
        ],
    )
    def test_is_none(self, name: str, words: str) -> None:
        """Any other is refused, with the reason and one that could be taken."""
        with pytest.raises(ToolboxError, match=words):
            check_name(name)

    def test_folders_are_taken(self) -> None:
        """Each package and folder of the tree is a name that a project cannot have."""
        entries = ask(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT)
        top = {Path(name).parts[0].removesuffix(".py") for name in entries.splitlines()}
        assert {name for name in top if NAME.fullmatch(name)} <= TAKEN

    def test_title(self) -> None:
        """Without another, the title is the name in words; one that breaks code is refused."""
        assert title_of("billing_service") == "Billing service"
        check_title("Smith & Sons' API (EU)")
        for title in ('a"b', "a\\b", "a\nb", "", " a", "a{b}", "a" * 41):
            with pytest.raises(ToolboxError, match="cannot be the title"):
                check_title(title)

    def test_holder(self) -> None:
        """The licence names the holder in one line."""
        check_holder("Žižka & Söhne")
        for holder in ("a\nb", " a"):
            with pytest.raises(ToolboxError, match="licence"):
                check_holder(holder)


class TestRename:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ('title="Peace in REST"', 'title="My shop"'),
            ('prefix="peace-in-rest-"', 'prefix="my-shop-"'),
            ("POSTGRES_DB: ${POSTGRES_DB:-pir}", "POSTGRES_DB: ${POSTGRES_DB:-my_shop}"),
            ('AUDIENCE = "pir-api"', 'AUDIENCE = "my-shop-api"'),
            ("pir.example.com", "my-shop.example.com"),
            ("profiles/pir.toml", "profiles/my_shop.toml"),
            ("application_name = 'pir'", "application_name = 'my_shop'"),
            ('PREFIX = "pir_throwaway"', 'PREFIX = "pir_throwaway"'),
            ("aspirin, PIR, spirit", "aspirin, PIR, spirit"),
        ],
    )
    def test_spellings(self, old: str, new: str) -> None:
        """The name is spelled as each place needs it; what only looks like it stays."""
        assert renamed(old, SHOP) == new

    def test_distribution(self) -> None:
        """A distribution has hyphens, in its own name and where it asks for itself."""
        text = 'name = "pir"\n    "pir[telemetry]",\n'
        new = renamed(text, SHOP, as_distribution=True)
        assert new == 'name = "my-shop"\n    "my-shop[telemetry]",\n'

    def test_lock_is_in_order(self) -> None:
        """A lock file is sorted anew, as uv would write it."""
        lock = (ROOT / "uv.lock").read_text()
        assert in_order(lock) == lock
        moved = in_order(renamed(lock, SHOP, as_distribution=True))
        assert packages_of(moved) == packages_of(lock) - {"pir"} | {"my-shop"}
        assert in_order(moved) == moved
        assert len(moved.splitlines()) == len(lock.splitlines())

    def test_files(self, tmp_path: Path) -> None:
        """A file of the name gets the new one; what speaks of the template itself stays."""
        (tmp_path / "pir.toml").write_text("pir")
        (tmp_path / "LICENSE").write_text("The Peace in REST authors")
        (tmp_path / "picture.png").write_bytes(b"\xff pir")
        rename(tmp_path, SHOP)
        assert (tmp_path / "my_shop.toml").read_text() == "my_shop"
        assert (tmp_path / "LICENSE").read_text() == "The Peace in REST authors"
        assert (tmp_path / "picture.png").read_bytes() == b"\xff pir"
