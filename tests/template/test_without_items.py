"""Without the items a project reads as if there had never been any."""

import re
import sys
from pathlib import Path

import pytest

from tests.template.conftest import Make
from toolbox.errors import ToolboxError
from toolbox.processes import ask
from toolbox.scaffold import entries
from toolbox.scaffold.grammar import read
from toolbox.scaffold.tables import references
from toolbox.template.items import MENTION
from toolbox.template.rules import Rules
from toolbox.template.slicing import Slice

# What speaks of the service's resources, and must speak of no items.
OF_THE_SERVICE = (
    *("api", "migrations", "tests/functional", "tests/api", "noxfile.py", "README.md"),
    "integration_cli/profiles",
)
WORD = re.compile(r"(?<![a-z])items?(?![a-z])|quota", re.IGNORECASE)
# A mapping's, pytest's, which calls tests so, and the table of a profile that a resource gets.
OTHER = re.compile(r"\.items\(\)|item\.|\bitem: pytest\.Item|\(item\)|item_type|\[items\]")


@pytest.fixture(scope="module")
def project(make: Make) -> Path:
    """A project without items."""
    return make(without_items=True)


def lines_of(project: Path) -> "list[tuple[str, str]]":
    files = [
        path
        for part in OF_THE_SERVICE
        for path in [project / part, *(project / part).rglob("*")]
        if path.is_file()
    ]
    return [
        (f"{path.relative_to(project)}:{number}", line)
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
    ]


def test_nothing_speaks_of_them(project: Path) -> None:
    """Who adds something about items to a file that is shared must add a rule for it too."""
    left = [
        f"{place}: {line.strip()}"
        for place, line in lines_of(project)
        if WORD.search(OTHER.sub("", line))
    ]
    assert left == []


def test_is_as_the_linters_want_it(project: Path) -> None:
    """Neither an import that nothing uses nor a line that the formatter would change is left."""
    for command in (["check"], ["format", "--check"]):
        assert ask([sys.executable, "-m", "ruff", *command, "--quiet", "."], cwd=project) == ""


def test_keeps_most_tests(project: Path, template: Path) -> None:
    """Of the tests only those go that need items: more than half stay."""

    def tests_in(folder: Path) -> int:
        files = (folder / "tests" / "functional").glob("test_*.py")
        return sum(path.read_text().count("def test_") for path in files)

    assert tests_in(project) > tests_in(template) / 2


def test_has_a_place_for_the_first_resource(project: Path) -> None:
    """Wherever `nox -s new` enters a resource there is the place, though nothing may be in it."""
    invoice = read("invoice", ["number:str:unique", "amount:decimal"], references())
    entered = entries.edits(project, invoice)
    assert {str(path) for path, text in entered.items() if "invoice" in text} == {
        "api/app.py",
        "api/authorization.py",
        "api/models.py",
        "schemathesis.toml",
        "tests/functional/factories.py",
        "tests/functional/world.py",
    }


class TestRules:
    def test_misfit(self, tmp_path: Path) -> None:
        """A rule that does not fit names its file, and what the tree has not."""
        (tmp_path / "a.md").write_text("one\none\n")
        edit = [{"file": "a.md", "old": "one", "new": "two"}]
        for rules, words in (
            (Rules("some", edit=edit), "some.toml does not fit .* a.md has 2 times"),
            (Rules("some", remove=["b"]), "there is no b"),
            (Rules("some", lines=[{"file": "a.md", "matching": "^x"}]), "no line with"),
            (Rules("some", definitions={"a.md": ["f"]}), "no f"),
            (Rules("some", sections={"a.md": ["## B"]}), "no section"),
        ):
            with pytest.raises(ToolboxError, match=words):
                rules.apply(tmp_path)
        assert (tmp_path / "a.md").read_text() == "one\none\n"


HELPERS = """\
from api.things import gone, there

LAMP = {"name": "lamp"}


def make_item():
    return gone()


def make_user():
    return there()
"""

TESTS = """\
import pytest

from tests.some.helpers import LAMP, make_item, make_user

ONCE = 1


# Only the next one needs it.
def only_for_it():
    return LAMP


@pytest.fixture
def thing():
    return make_item()


class TestBoth:
    def helps(self):
        return only_for_it()

    def test_needs_what_went(self, thing):
        assert self.helps()

    def test_stays(self):
        for name, value in {}.items():
            assert make_user() == ONCE


class TestOne:
    def test_reads(self, client):
        assert client.get("/items")
"""


def test_slicing(tmp_path: Path) -> None:
    """What mentions them goes, what needs that, and what served only that; the rest stays."""
    some = tmp_path / "tests" / "some"
    some.mkdir(parents=True)
    (tmp_path / "api").mkdir()
    (tmp_path / "api" / "things.py").write_text("def there(): ...\n")
    (some / "helpers.py").write_text(HELPERS)
    (some / "test_it.py").write_text(TESTS)
    (some / "test_items_only.py").write_text("def test_it(make_item): ...\n")
    Slice(tmp_path, ["tests"], MENTION).take_out()
    tests, helpers = (some / "test_it.py").read_text(), (some / "helpers.py").read_text()
    for name in ("thing", "test_needs_what_went", "helps", "only_for_it", "TestOne", "# Only"):
        assert name not in tests
    for name in ("ONCE", "class TestBoth", "def test_stays"):
        assert name in tests
    assert "make_item" not in helpers
    assert "LAMP =" not in helpers
    assert "def make_user" in helpers
    assert not (some / "test_items_only.py").exists()
