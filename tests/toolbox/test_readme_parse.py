"""What is read from a document: commands, changes, and what they print."""

import pytest

from toolbox.errors import ToolboxError
from toolbox.readme.parse import Command, matches, parse


def sh(*lines: str, then: str = "") -> str:
    return "\n".join(["Words.", "", "```sh", *lines, "```", then])


def block(language: str, text: str) -> str:
    return f"\n```{language}\n{text}\n```\n"


class TestParse:
    def test_each_line_is_a_command(self) -> None:
        """A line is a command, with its number; a comment or an empty line is none."""
        assert parse(sh("nox", "", "# later", "nox -s db   # the database")) == [
            (Command(4, "nox"), Command(7, "nox -s db"))
        ]

    def test_hash_that_is_no_comment(self) -> None:
        """What is quoted, or stands within a word, is no comment."""
        line = "echo '# one' \"# two\" three#four"
        assert parse(sh(f"{line} # five")) == [(Command(4, line),)]

    def test_continued_line(self) -> None:
        """A backslash at the end continues a command."""
        (commands,) = parse(sh("echo one \\", "  two", "nox"))
        assert [command.text for command in commands] == ["echo one   two", "nox"]

    def test_output(self) -> None:
        """The block that follows at once is what the last command prints."""
        (commands,) = parse(sh("true", "echo one", then=block("text", "one")))
        assert [command.expected for command in commands] == [None, "one\n"]

    @pytest.mark.parametrize("between", ["Then:\n", "```python\n1\n```\nOr:\n"])
    def test_block_after_words_is_no_output(self, between: str) -> None:
        """What follows prose, or another block, is nobody's output."""
        (commands,) = parse(sh("echo one", then=between + block("text", "one")))
        assert commands[0].expected is None or between.startswith("```")

    def test_two_blocks_of_commands(self) -> None:
        """An sh block is never the output of one."""
        assert [len(commands) for commands in parse(sh("nox", then=sh("nox")[6:]))] == [1, 1]

    def test_change(self) -> None:
        """A diff is applied."""
        patch = "--- a/file\n+++ b/file\n@@ -1 +1 @@\n-one\n+two"
        (commands,) = parse(block("diff", patch))
        assert commands == (Command(3, "git apply --recount", stdin=f"{patch}\n"),)

    def test_indented(self) -> None:
        """A block within a list is one too."""
        assert parse("1. Words.\n\n   ```sh\n   nox\n   ```\n") == [(Command(4, "nox"),)]

    @pytest.mark.parametrize("language", ["bash", "shell", "console"])
    def test_other_names_of_sh(self, language: str) -> None:
        """Commands that would silently not be run are refused."""
        with pytest.raises(ToolboxError, match="Line 2: call the block `sh`"):
            parse(block(language, "nox"))


class TestCommand:
    @pytest.mark.parametrize(
        ("text", "serves"),
        [
            ("nox -s dev", True),
            ("nox -s dev -- --port 9000", True),
            ("python3 -m pip install nox && nox -s serve", True),
            ("python -m toolbox dev", True),
            ("python -m api --workers 4", True),
            ("nox -s dev && echo done", False),
            ("nox -s development", False),
            ("nox -s db", False),
            ("nox", False),
        ],
    )
    def test_serves(self, text: str, *, serves: bool) -> None:
        """What serves is known by its last command."""
        assert Command(1, text).serves == serves

    def test_app(self) -> None:
        """An address of this machine says that an app is needed, and may be another's port."""
        command = Command(1, "curl http://127.0.0.1:8000/docs")
        assert command.needs_app
        assert command.at("http://127.0.0.1:8001").text == "curl http://127.0.0.1:8001/docs"
        assert not Command(1, "load --app-url http://app:8000").needs_app


@pytest.mark.parametrize(
    ("expected", "real", "same"),
    [
        ("one\n", "\none  \n\n", True),
        ("one", "one\ntwo", False),
        ("one", "", False),
        ("one …, two …", "one 1, two 2", True),
        ("one … two", "one\ntwo", False),
        ("…\ntwo\n…", "two", True),
        ("…\ntwo\n…", "zero\none\ntwo\nthree", True),
        ("…\ntwo", "two\nthree", False),
        ("a.c", "abc", False),
    ],
)
def test_matches(expected: str, real: str, *, same: bool) -> None:
    """An ellipsis stands for anything in its line, and alone for any lines; all else is literal."""
    assert matches(expected, real) == same
