"""What git knows of the revisions: those that the main branch has, and what is in their files."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

MAIN_BRANCHES = ("origin/main", "main", "origin/master", "master")


@dataclass(frozen=True)
class Unknown:
    """Why git cannot say what the main branch has, in a sentence."""

    reason: str


@dataclass(frozen=True)
class Base:
    """The commit at which this branch left the main one.

    Args:
        root: the folder of the repository.
        commit: its hash.
        reference: the main branch, as it was found.
    """

    root: Path
    commit: str
    reference: str


def base(folder: Path, against: str | None = None) -> Base | Unknown:
    """Return where this branch left the main one.

    Args:
        folder: a folder in the repository.
        against: the main branch or any commit; by default the one that a pull request on GitHub
            goes to, or else the first that exists of MAIN_BRANCHES.
    """
    try:
        root = _git(folder, "rev-parse", "--show-toplevel")
    except FileNotFoundError:
        return Unknown("there is no git")
    if root is None:
        return Unknown(f"{folder} is in no git repository")
    reference = _reference(folder, against)
    if reference is None:
        tried = against or ", ".join(MAIN_BRANCHES)
        return Unknown(f"git knows no branch or commit {tried}; name one with --against")
    commit = _git(folder, "merge-base", "HEAD", reference)
    if not commit:
        shallow = _git(folder, "rev-parse", "--is-shallow-repository") == "true"
        hint = "; the clone is shallow: fetch it wholly (fetch-depth: 0)" if shallow else ""
        return Unknown(f"HEAD and {reference} have no commit in common{hint}")
    return Base(Path(root), commit, reference)


def _reference(folder: Path, against: str | None) -> str | None:
    of_pull_request = os.environ.get("GITHUB_BASE_REF")
    named = [f"origin/{of_pull_request}", of_pull_request] if of_pull_request else []
    for each in [against] if against else [*named, *MAIN_BRANCHES]:
        if each and _git(folder, "rev-parse", "--verify", "--quiet", f"{each}^{{commit}}"):
            return each
    return None


def files(at: Base, folder: Path) -> dict[Path, bytes]:
    """Return the Python files that a folder had at a commit, by their paths of today."""
    within = folder.resolve().relative_to(at.root.resolve()).as_posix()
    listed = _git(at.root, "ls-tree", "-r", "-z", "--name-only", at.commit, "--", f"{within}/")
    names = [name for name in (listed or "").split("\0") if name.endswith(".py")]
    if not names:
        return {}
    asked = "".join(f"{at.commit}:{name}\n" for name in names)
    done = subprocess.run(
        ["git", "cat-file", "--batch"],  # noqa: S607 - the one that the user has
        cwd=at.root,
        input=asked.encode(),
        capture_output=True,
        check=True,
    )
    return dict(zip((at.root / name for name in names), _blobs(done.stdout), strict=True))


def _blobs(output: bytes) -> list[bytes]:
    """Parse what `git cat-file --batch` prints: a line with the size, the content, a newline."""
    found = []
    while output:
        head, _, output = output.partition(b"\n")
        size = int(head.rsplit(b" ", 1)[1])
        found.append(output[:size])
        output = output[size + 1 :]
    return found


def _git(folder: Path, *arguments: str) -> str | None:
    done = subprocess.run(
        ["git", *arguments],  # noqa: S607
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip("\n") if done.returncode == 0 else None
