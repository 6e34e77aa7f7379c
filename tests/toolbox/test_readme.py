"""The README's commands are run, and what is not as written fails."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from toolbox.checkout import ROOT
from toolbox.errors import ToolboxError
from toolbox.readme import clone, shell
from toolbox.readme.clone import Place, environment, fresh
from toolbox.readme.parse import parse
from toolbox.readme.rehearsal import Rehearsal, rehearse

# Stands for Nox, in a repository without sessions: whatever it is asked, it serves.
SERVER = f"""\
#!{sys.executable}
import http.server, signal, sys
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *_):
        pass
if "--stubborn" in sys.argv:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ready) as server:
    print(f"API http://127.0.0.1:{{server.server_port}}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        sys.exit(130)
"""

# Stands for Docker: notes what it is asked, and for which project.
DOCKER = """\
#!/bin/sh
echo "$COMPOSE_PROJECT_NAME $APP_PORT $*" >> "$NOTES"
"""


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that come before this machine's, with one called nox."""
    folder = tmp_path / "programs"
    folder.mkdir()
    add(folder / "nox", SERVER)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def add(program: Path, text: str) -> None:
    program.write_text(text)
    program.chmod(0o755)


@pytest.fixture
def place(tmp_path: Path, programs: Path) -> Place:
    """An empty folder, and a newcomer's environment."""
    folder = tmp_path / "clone"
    folder.mkdir()
    return Place(folder, environment(ROOT, programs))


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A git repository with a README whose second command fails."""
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "README.md").write_text(document("echo one", "false"))
    (folder / "old").write_text("old")
    (folder / ".gitignore").write_text("ignored\n")
    git = ["git", "-c", "user.name=Ann", "-c", "user.email=ann@example.com"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "-m", "One"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return folder


def document(*commands: str, output: str = "") -> str:
    shown = f"```text\n{output}\n```\n" if output else ""
    return "\n".join(["```sh", *commands, "```", shown])


def rehearsed(place: Place, text: str) -> int:
    """Return how many of a document's commands are not as written."""
    rehearsal = Rehearsal(place, place.folder.with_name("reports"))
    rehearsal.go_through(parse(text))
    return rehearsal.counts["failed"]


class TestCommands:
    def test_as_written(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """A command that succeeds has a line, with its seconds."""
        assert rehearsed(place, document("touch here", "ls", output="here")) == 0
        assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["ok", "ok"]

    def test_exit_code(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """One that fails is shown with its exit code and what it printed; the next are run."""
        assert rehearsed(place, document("echo words; exit 4", "touch here")) == 1
        said = capsys.readouterr().out
        assert "echo words; exit 4 # line 2\n    exit code 4" in said
        assert "    words" in said
        assert (place.folder / "here").exists()
        assert place.folder.with_name("reports").joinpath("line-2.log").read_text() == "words\n"

    def test_other_output(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """One that prints something else is shown with what is written and what it printed."""
        assert rehearsed(place, document("echo one", output="two")) == 1
        said = capsys.readouterr().out
        assert "it was to print:\n        two" in said
        assert "        one" in said

    def test_never_ends(self, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
        """One that does not end is ended, and has failed."""
        monkeypatch.setattr(shell, "LIMIT", 0.2)
        assert rehearsed(place, document("sleep 60")) == 1

    def test_reads_nothing(self, place: Place) -> None:
        """One that asks its user something has nobody to answer."""
        assert rehearsed(place, document("cat")) == 0

    def test_leaves_processes(
        self,
        place: Place,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """One that leaves processes behind has failed, and they are ended."""
        monkeypatch.setattr(shell, "LEFT_LIMIT", 0.2)
        assert rehearsed(place, document("sleep 61.5 &")) == 1
        assert "left processes behind: sleep 61.5" in capsys.readouterr().out
        assert not running("sleep 61.5")

    def test_change(self, place: Place) -> None:
        """A diff is applied, and fails where it does not fit."""
        (place.folder / "file").write_text("one\n")
        patch = "```diff\n--- a/file\n+++ b/file\n@@ -1 +1 @@\n-one\n+two\n```\n"
        assert rehearsed(place, patch) == 0
        assert (place.folder / "file").read_text() == "two\n"
        assert rehearsed(place, patch) == 1


class TestServers:
    def test_until_ready(self, place: Place) -> None:
        """One that serves is interrupted once it is ready."""
        assert rehearsed(place, document("true && nox -s dev")) == 0

    def test_ignores_ctrl_c(
        self,
        place: Place,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """One that does not end after Ctrl-C has failed, and is ended."""
        monkeypatch.setattr(shell, "CTRL_C_LIMIT", 0.5)
        assert rehearsed(place, document("nox -s dev -- --stubborn")) == 1
        assert "it ran on for 0.5 seconds after Ctrl-C" in capsys.readouterr().out
        assert not running(str(place.folder.with_name("programs")))

    def test_never_ready(self, place: Place, capsys: pytest.CaptureFixture[str]) -> None:
        """One that ends before it serves has failed."""
        assert rehearsed(place, document("false && nox -s dev")) == 1
        assert "it did not serve: exit code 1" in capsys.readouterr().out

    def test_app_for_a_block(self, place: Place) -> None:
        """Where a command talks to an app on this machine there is one, on a port that is free."""
        fetch = 'import urllib.request as r; print(r.urlopen("http://127.0.0.1:8000").read())'
        text = document(f"{sys.executable} -c '{fetch}'", output="b'hello'")
        assert rehearsed(place, text) == 0

    def test_no_app_for_a_block(
        self, place: Place, programs: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Where the app does not start the block has failed."""
        add(programs / "nox", "#!/bin/sh\nexit 5\n")
        assert rehearsed(place, document("echo http://127.0.0.1:8000")) == 1
        assert "nox -s dev # for what follows line 2" in capsys.readouterr().out


class TestDocker:
    def test_without_an_engine(
        self,
        place: Place,
        programs: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        """Without an engine Docker's commands are skipped, which is said with the reason."""
        monkeypatch.setenv("PATH", str(programs))
        assert rehearsed(place, document("docker compose up", "echo one")) == 0
        said = capsys.readouterr().out.splitlines()
        assert said[0].split(maxsplit=1) == [
            "skipped",
            "docker compose up # no Docker engine answers",
        ]
        assert said[1].startswith("ok")

    @pytest.mark.parametrize("then", ["true", "false"])
    def test_with_an_engine(
        self, place: Place, programs: Path, then: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With one they are run as a project of their own, which is removed however it goes."""
        notes = place.folder / "notes"
        add(programs / "docker", DOCKER)
        monkeypatch.setenv("NOTES", str(notes))
        mine = Place(place.folder, {**place.environment, "NOTES": str(notes)})
        assert rehearsed(mine, document("docker compose up", then)) == (then == "false")
        project = f"{place.environment['COMPOSE_PROJECT_NAME']} 0"
        _, up, down = notes.read_text().splitlines()
        assert up == f"{project} compose up"
        assert down.startswith(f"{project} compose --profile tests down")
        assert "--volumes" in down


class TestClone:
    def test_is_what_is_here(self, source: Path) -> None:
        """The clone has what is changed and new, and not what is deleted or ignored."""
        (source / "old").unlink()
        (source / "README.md").write_text("changed")
        (source / "new").write_text("new")
        (source / "ignored").write_text("ignored")
        with fresh(source) as place:
            names = {path.name for path in place.folder.iterdir()}
            assert names == {".git", ".gitignore", "README.md", "new"}
            assert (place.folder / "README.md").read_text() == "changed"
            assert rehearsed(place, document("python3 -m pip --version")) == 0
            whose = document("python3 -c 'import sys; print(sys.prefix)'", output="…/python")
            assert rehearsed(place, whose) == 0
        assert not place.folder.parent.exists()

    def test_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A newcomer's shell names no database, no session and no setting of the service."""
        foreign = {"DATABASE_URL", "CI", "NOX_CURRENT_SESSION", "TOOLBOX_POSTGRES", "TOKEN_SECRET"}
        for name in foreign:
            monkeypatch.setenv(name, "1")
        monkeypatch.setenv("PATH", f"{ROOT / '.venv' / 'bin'}{os.pathsep}/usr/bin")
        made = environment(ROOT, Path("/new"))
        assert foreign & set(made) == set()
        assert made["PATH"] == f"/new{os.pathsep}/usr/bin"
        assert made["HOME"] == os.environ["HOME"]

    def test_no_repository(self, tmp_path: Path) -> None:
        """Where there is no repository, git's words say so."""
        with pytest.raises(ToolboxError, match="git clone"), fresh(tmp_path / "nothing"):
            pass


class TestRehearse:
    def test_fails(
        self, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """The whole of it fails if one command does, after all of them."""
        monkeypatch.setattr(clone, "make_python", lambda _: None)
        with pytest.raises(ToolboxError, match="do not agree"):
            rehearse(source)
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[0] for line in lines[:2]] == ["ok", "failed"]
        assert lines[-1] == "1 ok, 1 failed, 0 skipped"

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_interrupted(self, source: Path, tmp_path: Path, number: signal.Signals) -> None:
        """When it is interrupted nothing is left, neither processes nor files."""
        seconds = f"62.{number}"
        (source / "README.md").write_text(document(f"sleep {seconds}"))
        with subprocess.Popen(
            [sys.executable, "-c", INTERRUPTIBLE, str(source)],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(tmp_path)},
            stderr=subprocess.DEVNULL,
        ) as process:
            wait_for(f"sleep {seconds}")
            process.send_signal(number)
            assert process.wait(20) != 0
        assert not running(f"sleep {seconds}")
        assert not list(tmp_path.glob("pir-readme-*"))


INTERRUPTIBLE = """\
import sys
from pathlib import Path
from toolbox.processes import end_like_ctrl_c
from toolbox.readme import clone
from toolbox.readme.rehearsal import rehearse
clone.make_python = lambda place: None
end_like_ctrl_c()
rehearse(Path(sys.argv[1]))
"""


def running(words: str) -> list[int]:
    found = psutil.process_iter(["cmdline"])
    return [one.pid for one in found if words in " ".join(one.info["cmdline"] or [])]


def wait_for(words: str) -> None:
    deadline = time.monotonic() + 20
    while not running(words):
        assert time.monotonic() < deadline
        time.sleep(0.05)
