"""`new`: a resource as its author would write it, whole or not at all."""

import ast
import re
import shutil
from pathlib import Path

import pytest

from tests.toolbox.checkouts import Checkout
from toolbox.checkout import DATA, ROOT
from toolbox.errors import ToolboxError
from toolbox.scaffold import build, changes, entries, render
from toolbox.scaffold.build import COPIED, COPIED_FILES
from toolbox.scaffold.changes import Change, bring_over
from toolbox.scaffold.grammar import read
from toolbox.scaffold.places import Source
from toolbox.scaffold.tables import references
from toolbox.scaffold.wrap import wrapped

INVOICE = ("invoice", "number:str:unique", "amount:decimal", "due:date", "customer:fk=users")
WRITTEN = Path(__file__).with_name("written") / "invoice.txt"
NEW_FILE = re.compile(r"^--- /dev/null\n\+\+\+ b/(.+)\n@@ .* @@\n((?:\+.*\n)*)", re.MULTILINE)


@pytest.fixture
def whole(checkout: Checkout) -> Checkout:
    """A copy of this checkout with all that a resource is entered in."""
    for name in COPIED:
        shutil.copytree(ROOT / name, checkout.root / name, dirs_exist_ok=True)
    for name in COPIED_FILES:
        shutil.copy(ROOT / name, checkout.root / name)
    return checkout


def contents(folder: Path) -> dict[Path, bytes]:
    return {
        path: path.read_bytes() for path in folder.rglob("*") if path.suffix not in {"", ".pyc"}
    }


def new_files(diff: str) -> str:
    """What a diff has in new files, each under its path; but for the revision, whose id is new."""
    found = {
        path: re.sub("^\\+", "", lines, flags=re.MULTILINE)
        for path, lines in NEW_FILE.findall(diff)
    }
    return "\n".join(
        f"==> {path} <==\n{text}" for path, text in found.items() if "migrations" not in path
    )


class TestDryRun:
    def test_what_is_written(self, whole: Checkout) -> None:
        """A resource is written as written/invoice.txt has it, and in a dry run not at all."""
        before = contents(whole.root)
        done = whole.toolbox("new", *INVOICE, "--dry-run")
        assert (done.returncode, done.stderr) == (0, "")
        assert contents(whole.root) == before
        assert '+    op.create_table(\n+        "invoices",' in done.stdout
        assert "  + migrations/versions/" in done.stdout
        written = DATA / "invoice.txt"
        written.parent.mkdir(exist_ok=True)
        written.write_text(new_files(done.stdout))
        assert written.read_text() == WRITTEN.read_text(), f"If it is meant: cp {written} {WRITTEN}"


class TestRefusals:
    def test_models_without_a_revision(self, whole: Checkout) -> None:
        """What the models say beyond the revisions would get into that of the resource."""
        whole.edit("api/columns.py", "server_default=func.now(), sort_order=1", "sort_order=1")
        before = contents(whole.root)
        done = whole.toolbox("new", *INVOICE)
        assert done.returncode == 1
        assert "nox -s revision" in done.stderr
        assert contents(whole.root) == before

    @pytest.mark.parametrize("name", ["user", "login", "setting", "doc", "metric"])
    def test_is_there(self, name: str) -> None:
        """Nothing is overwritten: neither a table, nor a path, nor any other module."""
        several = {"metric": "metrics", "doc": "docs"}.get(name)
        with pytest.raises(ToolboxError, match="is there already"):
            build.write(read(name, ["number:str"], {}, several))

    def test_refusal_is_there(self) -> None:
        """Two kinds of refusal of one name would share what a problem's type leads to."""
        resource = read("user", ["number:str"], {}, "sorts_of_user")
        with pytest.raises(ToolboxError, match="A refusal UserNotFound is there already"):
            build.write(resource)

    def test_place_is_lost(self, tmp_path: Path) -> None:
        """Where a file lacks the place for a resource, the place is named."""
        for path in ("app", "models", "authorization"):
            shutil.copytree(ROOT / "api", tmp_path / "api", dirs_exist_ok=True)
            (tmp_path / f"api/{path}.py").write_text("import os\n")
            with pytest.raises(ToolboxError, match=rf"api/{path}\.py lacks"):
                entries.edits(tmp_path, read("invoice", ["number:str"], {}))


class TestLint:
    """Whatever the names and the fields are, what is written passes lint."""

    @pytest.mark.parametrize(
        ("name", "fields"),
        [
            ("flag", "raised:bool"),
            ("tag", "label:str:unique"),
            ("day_off", "day:date:unique:optional reason:enum=ill,away:optional:index"),
            (
                "purchase_order_confirmation",
                "number_of_supplier:str:unique access_token:uuid:unique purchaser:fk=users",
            ),
        ],
    )
    def test_passes(self, tmp_path: Path, name: str, fields: str) -> None:
        """Long names are broken to lines, and what a field does not need is not there."""
        resource = read(name, fields.split(), references())
        files = {**render.files(resource), **entries.edits(ROOT, resource)}
        for path, text in files.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        for package in ("api", "tests", "tests/functional"):
            (tmp_path / package / "__init__.py").touch()
        build.tidy(tmp_path, [path for path in files if path.suffix == ".py"])


class TestTables:
    def test_with_an_owner(self) -> None:
        """A field refers to users, and to what has an owner; to no table of the service's own."""
        assert "users" in references()
        assert not {"logins", "refresh_tokens", "idempotency_keys"} & set(references())


class TestBringOver:
    @pytest.fixture
    def root(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(changes, "ROOT", tmp_path)
        (tmp_path / "a.py").write_text("old")
        (tmp_path / "b").write_text("a file, and no folder")
        return tmp_path

    def test_all(self, root: Path) -> None:
        """All files are written, and folders made for them."""
        bring_over([Change(Path("a.py"), "old", "new"), Change(Path("c/d.py"), None, "made")])
        assert ((root / "a.py").read_text(), (root / "c/d.py").read_text()) == ("new", "made")

    def test_or_none(self, root: Path) -> None:
        """When one cannot be written, the others are as they were, and no folder is left."""
        before = contents(root)
        impossible = Change(Path("b/e.py"), None, "in a file")
        with pytest.raises(ToolboxError, match="nothing was written"):
            bring_over(
                [
                    Change(Path("a.py"), "old", "new"),
                    Change(Path("c/d.py"), None, "made"),
                    impossible,
                ]
            )
        assert contents(root) == before
        assert not (root / "c").exists()

    def test_changed_meanwhile(self, root: Path) -> None:
        """What somebody wrote while the resource was built is not overwritten."""
        with pytest.raises(ToolboxError, match=r"a\.py has changed meanwhile"):
            bring_over([Change(Path("c.py"), None, "made"), Change(Path("a.py"), "older", "new")])
        assert not (root / "c.py").exists()


class TestPlaces:
    @pytest.mark.parametrize(
        "before",
        [
            "X = {}\n",
            'X = {"a": 1}\n',
            'X = {"a": 1,}\n',
            'X: dict[str, int] = {\n    "a": 1,  # with a comment, and a comma\n}\n',
            'X = {\n    "a": 1  # with a comment, and a comma\n}\n',
            '# ä, ö and 🪔 are longer in bytes\nY = "🪔"; X = {"a": 1}\n',
        ],
    )
    def test_dictionary(self, before: str) -> None:
        """An entry comes last, whatever way the others are written."""
        after = Source("x.py", before).entered("X", '    "b": 2,').text
        names: dict[str, dict[str, int]] = {}
        exec(after, names)  # noqa: S102 - what this test wrote itself
        assert [*names["X"]][-1] == "b"
        assert len(names["X"]) == before.count('"a"') + 1

    def test_loop(self) -> None:
        """A router comes first."""
        source = "def make():\n    for router in (items, users):\n        pass\n"
        assert (
            "in (invoices, items, users)"
            in Source("x.py", source).looped("router", "invoices").text
        )

    def test_import_and_function(self) -> None:
        """An import follows the others, and a function the last of its kind; all else stays."""
        source = "import os\n\nasync def make_a():\n    pass\n\ndef other():\n    pass\n"
        made = Source("x.py", source).after_last(lambda name: name.startswith("make_"), "NEW = 1\n")
        kinds = [type(node) for node in ast.parse(made.imported("import re").text).body]
        assert kinds == [ast.Import, ast.Import, ast.AsyncFunctionDef, ast.Assign, ast.FunctionDef]

    def test_two_loops(self) -> None:
        """Where it is not clear which place is meant, nothing is guessed."""
        source = "for router in (a, b):\n    pass\n" * 2
        with pytest.raises(ToolboxError, match="lacks one loop"):
            Source("x.py", source).looped("router", "c")

    def test_file_with_a_fault(self) -> None:
        """A file that is no Python is named with its line."""
        with pytest.raises(ToolboxError, match=r"x\.py, line 2"):
            Source("x.py", "import os\ndef\n").entered("X", "")


class TestWrapped:
    def test_prose(self) -> None:
        """Comments and docstrings that a long name made too long are broken; code is left alone."""
        words = "words " * 20
        source = f'def f():\n    """{words}end."""\n    # {words}\n    x = "{words}"\n'
        lines = wrapped(source).splitlines()
        assert [line for line in lines if len(line) > 100] == [f'    x = "{words}"']
        assert all(line.startswith("    ") for line in lines[1:])
        assert sum(line.startswith("    # ") for line in lines) == 2

    def test_closing_quotes(self) -> None:
        """A docstring that is too long by its quotes alone is broken, too."""
        source = f'def f():\n    """{"x" * 50} {"y" * 39}."""\n'
        assert wrapped(source).splitlines()[1:] == [
            f'    """{"x" * 50}',
            f"    {'y' * 39}.",
            '    """',
        ]

    def test_comment_of_several_lines(self) -> None:
        """A comment that goes on in the next line is filled up as one."""
        source = f"# {'word ' * 19}word\n# and more\nx = 1\n# another\n"
        assert wrapped(source).splitlines() == [
            f"# {'word ' * 19}".rstrip(),
            "# word and more",
            "x = 1",
            "# another",
        ]

    def test_what_is_raised(self) -> None:
        """What goes on under the name of an exception is indented."""
        source = f'def f():\n    """Do.\n\n    Raises:\n        Failure: {"why " * 30}\n    """\n'
        assert "\n            why" in wrapped(source)
