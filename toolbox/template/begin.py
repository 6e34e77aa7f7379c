"""Beginning a project: a clone of the template becomes it, in one commit or in none at all."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.commits import export
from toolbox.errors import ToolboxError
from toolbox.template.history import write_first_revision
from toolbox.template.make import make
from toolbox.template.names import check_holder, check_name, check_title, title_of
from toolbox.template.rename import LOCK, packages_of
from toolbox.update import trees
from toolbox.update.record import FILE, Record
from toolbox.update.source import Template
from toolbox.update.trees import git

# What the remote of a clone is called from then on, so that nobody pushes there by habit.
TEMPLATE = "template"


@dataclass(frozen=True)
class Wish:
    """What somebody asked for; what is None follows from the rest."""

    name: str
    title: str | None = None
    holder: str = ""
    source: str | None = None
    without_items: bool = False
    fresh_history: bool = False


def recorded(root: Path, wish: Wish) -> Record:
    """Return the record that a wish comes to, in a clone of the template.

    Raises:
        ToolboxError: the wish cannot be fulfilled, or the clone is a project already.
    """
    if (root / FILE).exists():
        raise ToolboxError(
            f"This is the project {Record.read(root).name} already: its name is given once. "
            "What is new in the template brings: nox -s update"
        )
    title = title_of(wish.name) if wish.title is None else wish.title
    check_name(wish.name)
    check_title(title)
    check_holder(wish.holder)
    distribution = wish.name.replace("_", "-")
    if distribution in packages_of((root / LOCK).read_text(encoding="utf-8")):
        raise ToolboxError(
            f"{distribution} is a package that this project depends on: take another name, as "
            f"{wish.name}_service."
        )
    return Record(
        source=_source(root, wish),
        commit=git(root, "rev-parse", "HEAD"),
        name=wish.name,
        title=title,
        holder=wish.holder,
        year=datetime.now(UTC).year,
        items=not wish.without_items,
        # Revisions that made and changed items would be a history of what never was there.
        fresh_history=wish.fresh_history or wish.without_items,
    )


def _origin(root: Path) -> str | None:
    remotes = git(root, "remote").splitlines()
    return git(root, "remote", "get-url", "origin") if "origin" in remotes else None


def _source(root: Path, wish: Wish) -> str:
    origin = _origin(root)
    if not (source := wish.source or origin):
        raise ToolboxError(
            "This clone has no remote `origin`, so nobody knows where the template's next version "
            "comes from: name its repository with --template URL."
        )
    if source == origin and TEMPLATE in git(root, "remote").splitlines():
        raise ToolboxError(
            f"There is a remote {TEMPLATE} already, which `origin` is to be called: give it "
            f"another name with: git remote rename {TEMPLATE} NAME"
        )
    return source


def traced(root: Path, record: Record) -> Record:
    """Return the record with the template's own commit, from which updates begin.

    A clone has it. What GitHub makes with "Use this template" has the same files in a commit of its
    own, and the template is then named by its address.

    Raises:
        ToolboxError: the template cannot be reached, or never had these files.
    """
    if record.source == _origin(root):
        return record
    with Template.fetched(record.source) as template:
        commit = template.commit_of(git(root, "rev-parse", f"{record.commit}^{{tree}}"))
    if commit is None:
        raise ToolboxError(
            f"No commit of the template at {record.source} has the files that are committed here, "
            "so that no update could be told from what was changed here: begin with a fresh clone "
            "of it, and bring the changes afterwards."
        )
    return replace(record, commit=commit)


def require_branch(root: Path) -> None:
    """Make sure that there is a branch for the commit, which nobody would find again without.

    Raises:
        ToolboxError: none is checked out, as after `git checkout TAG`.
    """
    if not git(root, "branch", "--show-current"):
        raise ToolboxError(
            "No branch is checked out (HEAD is detached), so nothing would lead to the commit: "
            "make a branch with: git switch --create NAME"
        )


def prepared(root: Path, record: Record, *, with_revision: bool) -> str:
    """Return the tree of the project, as git keeps it; nothing of the clone changes.

    Raises:
        ToolboxError: it cannot be made.
    """
    with TemporaryDirectory(prefix="project-") as name:
        folder = Path(name)
        export(root, "HEAD", folder)
        make(folder, record)
        if record.fresh_history and with_revision:
            write_first_revision(folder)
        return trees.store(root, folder)


def begin(root: Path, record: Record, tree: str, *, fresh_git: bool) -> str:
    """Let the clone be the project, in one commit, and return the command that undoes it.

    Raises:
        ToolboxError: git does not know who commits.
    """
    before = git(root, "rev-parse", "HEAD")
    message = f"Begin {record.title}\n\nMade from {record.source}\nat {record.commit}."
    parents = [] if fresh_git else [before]
    made = trees.commit_tree(root, tree, message, *parents)
    git(root, "reset", "--quiet", "--keep", made)
    undo = f"git reset --hard {before[:12]}"
    if record.source != _origin(root):
        return undo
    git(root, "remote", "rename", "origin", TEMPLATE)
    return f"{undo} && git remote rename {TEMPLATE} origin"
