"""What a document tells its reader to type, and what it says that the terminal then shows.

Each line of an `sh` block is a command, unless a backslash continues it. A `diff` block is a change
that the reader makes. A block of another language that follows an `sh` block, with nothing between,
is what its last command prints.
"""

import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, replace

from toolbox.errors import ToolboxError

FENCED = re.compile(r"^ *```(\w*)[^\n]*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
OTHER_NAMES_OF_SH = {"bash", "shell", "zsh", "console"}

# Quoted text is no comment, whatever is in it.
COMMENT = re.compile(r"""('[^']*'|"[^"]*")|(?:^|\s+)#.*""")

# Commands that go on until Ctrl-C, alone or as the last of several.
SERVES = re.compile(
    r"(?:.*&&\s*)?(?:\S*nox -s (?:dev|serve)|python3? -m (?:toolbox (?:dev|serve)|api))(?: [^&]*)?"
)
ADDRESS = re.compile(r"http://(?:127\.0\.0\.1|localhost):\d+")


@dataclass(frozen=True)
class Command:
    """What a reader types.

    Attributes:
        line: where it stands in the document, counted from 1.
        text: what is typed, without comment.
        expected: what it prints, where the document shows that.
        stdin: what it can read.
    """

    line: int
    text: str
    expected: str | None = None
    stdin: str = ""

    @property
    def serves(self) -> bool:
        """Whether it goes on until Ctrl-C."""
        return SERVES.fullmatch(self.text) is not None

    @property
    def needs_docker(self) -> bool:
        """Whether it is Docker's."""
        return self.text.startswith("docker ")

    @property
    def needs_app(self) -> bool:
        """Whether it talks to an app on this machine."""
        return ADDRESS.search(self.text) is not None

    def at(self, url: str) -> "Command":
        """Return it as one would type it for an app with this URL, and what it then prints."""
        expected = self.expected and ADDRESS.sub(url, self.expected)
        return replace(self, text=ADDRESS.sub(url, self.text), expected=expected)


Block = tuple[Command, ...]


def parse(document: str) -> list[Block]:
    """Return the commands of each block of the document, in their order.

    Raises:
        ToolboxError: a block of commands is not called `sh`, and would not be run.
    """
    blocks: list[Block] = []
    end, language = 0, ""  # of the block before
    for fence in FENCED.finditer(document):
        line = document.count("\n", 0, fence.start(2)) + 1
        is_output = language == "sh" and not document[end : fence.start()].strip()
        end, language = fence.end(), fence[1]
        body = textwrap.dedent(fence[2])
        if language in OTHER_NAMES_OF_SH:
            raise ToolboxError(
                f"Line {line - 1}: call the block `sh`, and not `{language}`: only then is it run."
            )
        if language == "sh":
            blocks.append(tuple(_commands(body, line)))
        elif language == "diff":
            blocks.append((Command(line, "git apply --recount", stdin=body),))
        elif is_output and blocks[-1]:
            *others, last = blocks[-1]
            blocks[-1] = (*others, replace(last, expected=body))
    return blocks


def _commands(body: str, line: int) -> Iterator[Command]:
    begun = ""
    for number, words in enumerate(body.splitlines(), line):
        begun += words
        if begun.endswith("\\"):
            begun = begun[:-1]
            continue
        if text := COMMENT.sub(lambda found: found[1] or "", begun).strip():
            yield Command(number, text)
        begun = ""


def matches(expected: str, real: str) -> bool:
    """Tell whether the output is as written: `…` stands for anything in a line, or for any lines.

    Spaces at the ends of lines, and empty lines at both ends, do not count.
    """
    pattern = "".join(_pattern(line) for line in _lines(expected))
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in _lines(real))) is not None


def _pattern(line: str) -> str:
    if line == "…":
        return r"(?:[^\n]*\n)*?"
    return r"[^\n]*".join(re.escape(part) for part in line.split("…")) + "\n"


def _lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.strip("\n").splitlines()]
