"""Trees of files, between folders and git; a user's branches, index and files stay as they are."""

import os
from pathlib import Path
from tempfile import TemporaryDirectory

from toolbox.errors import ToolboxError
from toolbox.processes import ask

# Whoever made the project is the author of what they commit; of what is made in between, the tool.
TOOL = {
    "GIT_AUTHOR_NAME": "template",
    "GIT_AUTHOR_EMAIL": "template@localhost",
    "GIT_COMMITTER_NAME": "template",
    "GIT_COMMITTER_EMAIL": "template@localhost",
}


def git(folder: Path, *arguments: str, **environment: str) -> str:
    """Run git in a folder and return what it printed, with these variables in its environment.

    Raises:
        ToolboxError: git refuses, in its words.
    """
    # Its words are read by us too, and an editor would wait for somebody.
    spoken = {"LC_ALL": "C", "GIT_EDITOR": "true"}
    try:
        return ask(["git", *arguments], {**os.environ, **spoken, **environment}, folder).rstrip(
            "\n"
        )
    except FileNotFoundError:
        raise ToolboxError("This needs git, which is not on the PATH: install it.") from None


def require_clean(root: Path) -> None:
    """Make sure that all that is here is committed, so that git can undo what follows.

    Raises:
        ToolboxError: something is not, or this is no repository of its own.
    """
    if not (root / ".git").exists():
        raise ToolboxError(
            f"{root} is no git repository of its own, and nothing else could give back what "
            "changes: get it by `git clone`, or make it one with: "
            "git init && git add --all && git commit"
        )
    if changed := git(root, "status", "--porcelain").splitlines():
        shown = "\n".join(f"  {line}" for line in changed[:10])
        more = f"\n  and {len(changed) - 10} more" if len(changed) > 10 else ""
        raise ToolboxError(
            f"There are changes that are not committed, and git could not give them back:\n"
            f"{shown}{more}\nCommit them, or put them aside with: git stash --include-untracked"
        )


def store(repository: Path, folder: Path) -> str:
    """Keep a folder's files in a repository's objects, and return the tree's id.

    What the folder's own .gitignore names is left out.
    """
    with TemporaryDirectory(prefix="index-") as name:
        place = {
            "GIT_DIR": git(repository, "rev-parse", "--absolute-git-dir"),
            "GIT_WORK_TREE": str(folder.resolve()),
            "GIT_INDEX_FILE": str(Path(name) / "index"),
        }
        git(folder, "add", "--all", ".", **place)
        return git(folder, "write-tree", **place)


def commit_tree(repository: Path, tree: str, message: str, *parents: str, **who: str) -> str:
    """Make a commit that no branch has, and return its id; `who` names its author to git."""
    before = [word for parent in parents for word in ("-p", parent)]
    return git(repository, "commit-tree", tree, *before, "-m", message, **who)
