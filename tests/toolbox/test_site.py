"""The site of the documentation is of what there is, and a fault in a page is found."""

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import Column, ForeignKey, MetaData, Table, Text

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.site.build import build
from toolbox.site.packages import Line, draw_packages, imports
from toolbox.site.pictures import PICTURES, check_pictures, write_pictures
from toolbox.site.reference.api import api_page
from toolbox.site.reference.sessions import sessions_page
from toolbox.site.reference.settings import settings_page
from toolbox.site.stage import COLLECTIONS, MARGIN, stage
from toolbox.site.tables import draw_tables

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the least pages that a site has, and no faults."""
    root = tmp_path / "checkout"
    for name in ("architecture", "concurrency", "deploy", "how-fast", "scaling"):
        write(root / "docs" / f"{name}.md", f"# {name}\n\n## Below\n")
    for name in COLLECTIONS:
        write(root / "docs" / name / "README.md", f"# {name}\n")
        write(root / "docs" / name / "one.md", "# one\n\nIt is one.\n")
    for name in ("conf.py", "site.css"):
        write(root / "docs" / name, (ROOT / "docs" / name).read_text())
    write(root / "docs" / "images" / "a.svg", "<svg xmlns='http://www.w3.org/2000/svg'/>")
    write(root / "api" / "settings.py", "")
    write(root / "README.md", "# Start\n")
    return root


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class TestBuild:
    def test_of_good_pages(self, checkout: Path) -> None:
        """Links to pages, parts of them, pictures and code are good, from README.md and docs/."""
        links = (
            "[d]({0}deploy.md#below) ![a]({0}images/a.svg) "
            "[s]({1}api/settings.py) [r]({0}rules/one.md)"
        )
        write(checkout / "README.md", "# Start\n\n" + links.format("docs/", ""))
        write(checkout / "docs" / "scaling.md", "# S\n\n" + links.format("", "../"))
        write(checkout / "docs" / "rules" / "one.md", "# one\n\n" + links.format("../", "../../"))
        front = build(checkout, checkout / ".data")
        assert 'href="deploy.html#below"' in front.read_text()

    def test_of_faults(self, checkout: Path, capfd: pytest.CaptureFixture[str]) -> None:
        """A link that leads nowhere ends the build, which names each page that has one."""
        faults = {
            "README.md": "[x](docs/nowhere.md)",
            "docs/deploy.md": "[x](#nothing)",
            "docs/scaling.md": "[x](../README.md#nothing)",
            "docs/architecture.md": "![x](nowhere.png)",
            "docs/concurrency.md": "[x](../api/nowhere.py)",
            "docs/how-fast.md": "```{nonsense}\n```",
            "docs/rules/one.md": "[x](two.md)",
            "docs/stray/page.md": "Nothing leads here.",
        }
        for page, fault in faults.items():
            write(checkout / page, f"# One\n\n{fault}\n")
        with pytest.raises(ToolboxError, match="mend the page"):
            build(checkout, checkout / ".data")
        told = capfd.readouterr().err
        missed = [page for page in faults if _staged(page) not in told]
        assert missed == []

    def test_new_page(self, checkout: Path) -> None:
        """A page that is new in docs/ is on the site, with nothing else to be done."""
        write(checkout / "docs" / "brew-tea.md", "# Brew tea\n")
        assert 'href="brew-tea.html"' in build(checkout, checkout / ".data").read_text()

    def test_order(self, checkout: Path) -> None:
        """The margin has its headings in their order, and below each only pages that there are."""
        front = build(checkout, checkout / ".data").read_text()
        margin = front[front.index("sidebar-tree") :]
        shown = re.findall(r'caption-text">([^<]+)<|toctree-l1"><a[^>]*href="([^"#]+)"', margin)
        order = [heading or page for heading, page in shown]
        headings = [name for name in MARGIN if name != "The daily round"]
        assert [name for name in order if name in MARGIN] == headings
        how_to = order.index("How to")
        assert order[how_to + 1 : how_to + 4] == ["deploy.html", "scaling.html", "Reference"]


def _staged(page: str) -> str:
    return f"site-pages/{page.replace('README', 'index').removeprefix('docs/')}:"


class TestMargin:
    PAGES = frozenset(page.stem for page in (ROOT / "docs").glob("*.md"))

    def test_has_every_page(self) -> None:
        """Each page of docs/ has its place under a heading, and is under no second one."""
        named = [name for names in MARGIN.values() for name in names]
        assert self.PAGES - set(named) == set()
        assert {name for name in named if named.count(name) > 1} == set()

    def test_readme_leads_to_every_page(self) -> None:
        """Who reads the repository and not the site finds the same pages from README.md."""
        linked = re.findall(r"\]\(docs/([\w/-]+)\.md", (ROOT / "README.md").read_text())
        collections = {f"{name}/README" for name in COLLECTIONS}
        assert {*self.PAGES, *collections} - set(linked) == set()


class TestStage:
    def test_leaves_code_alone(self, checkout: Path, tmp_path: Path) -> None:
        """What looks like a link in a block of code stays as it is."""
        code = "```python\nnames[0](api/settings.py)\n```\n"
        write(checkout / "docs" / "deploy.md", f"# Deploy\n\n{code}")
        stage(checkout, tmp_path / "pages")
        assert code in (tmp_path / "pages" / "deploy.md").read_text()


class TestPictures:
    def test_tables(self) -> None:
        """Each table has a box with its columns, each foreign key an arrow, also to itself."""
        metadata = MetaData()
        Table("people", metadata, Column("id", Text, primary_key=True))
        things = Table("things", metadata, Column("owner", ForeignKey("people.id"), nullable=False))
        things.append_column(Column("id", Text, primary_key=True))
        things.append_column(Column("inside", ForeignKey("things.id")))
        drawn = read(draw_tables(metadata))
        texts = [text.text for text in drawn.iter(f"{SVG}text")]
        first, second = ["people", "id", "text PK"], ["things", "owner", "text FK"]
        assert texts == [*first, *second, "id", "text PK", "inside", "text? FK"]
        assert len(_arrows(drawn)) == 2

    def test_tables_in_a_circle(self) -> None:
        """Tables that refer to each other can be drawn."""
        metadata = MetaData()
        for name, other in (("a", "b"), ("b", "a")):
            key = ForeignKey(f"{other}.id", use_alter=True, name=f"fk_{name}")
            Table(name, metadata, Column("id", Text, primary_key=True), Column("other", key))
        assert len(_arrows(read(draw_tables(metadata)))) == 2

    def test_packages(self, tmp_path: Path) -> None:
        """An import of one package by another is found wherever it stands, and is an arrow more."""
        for name in ("api", "toolbox", "integration_cli", "migrations"):
            write(tmp_path / name / "inside" / "__init__.py", "")
        before = read(draw_packages(tmp_path))
        write(tmp_path / "api" / "inside" / "a.py", "def f() -> None:\n    import toolbox.gate\n")
        write(tmp_path / "toolbox" / "b.py", "from toolbox import c\nfrom . import api\n")
        assert imports(tmp_path) == [Line("api", "toolbox", "imports", is_import=True)]
        after = read(draw_packages(tmp_path))
        assert len(_arrows(after)) == len(_arrows(before)) + 1

    def test_stale(self, tmp_path: Path) -> None:
        """A picture that shows what is no more is refused, with the command that mends it."""
        for name in ("docs/images", "api/items"):
            (tmp_path / name).mkdir(parents=True)
        assert set(write_pictures(tmp_path)) == set(PICTURES)
        check_pictures(tmp_path)
        assert write_pictures(tmp_path) == []
        write(tmp_path / "api" / "items" / "__init__.py", "")
        with pytest.raises(
            ToolboxError, match=r"packages\.svg no longer shows.*nox -s docs -- --fix"
        ):
            check_pictures(tmp_path)


def read(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)  # noqa: S314 - we drew it


def _arrows(drawn: ElementTree.Element) -> list[ElementTree.Element]:
    return [path for path in drawn.iter(f"{SVG}path") if "marker-end" in path.attrib]


class TestReference:
    def test_settings(self) -> None:
        """Each setting has a row, with its default as one would write it."""
        page = settings_page()
        assert "| `DATABASE_URL` | *needed* |" in page
        assert '| `TRUSTED_HOSTS` | `["localhost","127.0.0.1","[::1]"]` |' in page
        assert "| `ACCESS_TOKEN_LIFETIME` | `PT15M` |" in page
        assert "| `DATABASE_POOLER` | `false` |" in page

    def test_sessions(self) -> None:
        """Each session is there, with its command's options and subcommands."""
        page = sessions_page()
        assert "## dev\n" in page
        assert "| `--port INTEGER` |" in page
        assert "### `nox -s db -- snapshot`" in page
        assert "| `--replace` | Take the place of one of this name. |" in page

    def test_api(self) -> None:
        """Each route is there with its answers, and each body with its members."""
        page = api_page()
        assert "### `PATCH /items/{item_id}`" in page
        assert "| 412 |" in page
        assert "### NewItem" in page
        assert "| `name` | string (1 to 200) *needed* |" in page
