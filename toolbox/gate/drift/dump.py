"""The second engine: what pg_dump writes of a database, an object a block, without its accidents.

pg_dump was written by others, for another purpose: where only one of the two engines sees a
difference, somebody forgot something.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from toolbox.errors import ToolboxError
from toolbox.postgres.binaries import program

Block = tuple[str, str, str]  # type, schema, name: as in pg_dump's comments
Blocks = dict[Block, str]

HEADER = re.compile(
    r"^--\n-- Name: (?P<name>.*); Type: (?P<type>.*); Schema: (?P<schema>.*); Owner:.*\n--\n",
    re.MULTILINE,
)
# Before these blocks pg_dump sets, where it changes, in which tablespace and how the next are made.
SETTING = re.compile(r"^SET default_(tablespace|table_access_method) = (.*);\n", re.MULTILINE)
SETTINGS_OF = {
    "TABLE": ("tablespace", "table_access_method"),
    "MATERIALIZED VIEW": ("tablespace", "table_access_method"),
    "INDEX": ("tablespace",),
    "CONSTRAINT": ("tablespace",),
}
# How they are written into a block, so that they are compared too.
SETTINGS = re.compile(r"^(?:tablespace|table_access_method): .*$", re.MULTILINE)
# With each run another token, against what a dump's data could do to psql.
TOKEN = re.compile(r"^\\(un)?restrict .*\n", re.MULTILINE)
# It is written where it is not the one that Postgres would choose: after a rename, say.
NAME_OF_NOT_NULL = re.compile(r'CONSTRAINT (?:"(?:[^"]|"")+"|[^\s"]+) NOT NULL')
OPTIONS = re.compile(r"WITH \(([^()]*)\)")
# Blocks whose lines may come in any order.
UNORDERED = frozenset({"ACL", "DEFAULT ACL", "FOREIGN TABLE", "TABLE"})
THIS_DATABASE = "this_database"


def dump(url: str, pg_dump: Path) -> Blocks:
    """Return what pg_dump writes of a database's schema, by object.

    Raises:
        ToolboxError: pg_dump refuses.
    """
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    user = f"{parts.username}@" if parts.username else ""
    done = subprocess.run(
        [pg_dump, "--schema-only", "--create", parts._replace(netloc=f"{user}{host}").geturl()],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PGPASSWORD": parts.password or "", "PGTZ": "UTC"},
    )
    if done.returncode != 0:
        raise ToolboxError(f"pg_dump refuses: {done.stderr.strip()}")
    return dict(_blocks(done.stdout.replace(parts.path.removeprefix("/"), THIS_DATABASE)))


def _blocks(text: str) -> Iterator[tuple[Block, str]]:
    text = TOKEN.sub("", text)
    settings: dict[str, str] = {}
    headers = [*HEADER.finditer(text)]
    ends = [header.start() for header in headers[1:]] + [text.rfind("\n--\n-- PostgreSQL")]
    _take_settings(text[: headers[0].start()] if headers else "", settings)
    for header, end in zip(headers, ends, strict=True):
        body = text[header.end() : end]
        kind = header["type"]
        used = [f"{name}: {settings.get(name)}" for name in SETTINGS_OF.get(kind, ())]
        body = "\n".join([_take_settings(body, settings), *used]).strip()
        yield (kind, header["schema"], header["name"]), body


def _take_settings(body: str, settings: dict[str, str]) -> str:
    """Take out the settings for what follows a block."""
    settings.update(SETTING.findall(body))
    return SETTING.sub("", body)


def normal(block: Block, text: str) -> str:
    """Return a block's text so that it differs only where the object does.

    Options, grants and published columns have no order, nor have a table's columns: ADD COLUMN
    cannot choose it.
    """
    if block[0] == "PUBLICATION TABLE":
        return " ".join(sorted(re.findall(r"[^\s,()]+", text)))
    lines = [OPTIONS.sub(_sorted, line) for line in text.splitlines() if line.strip()]
    if block[0] in {"TABLE", "FOREIGN TABLE"}:
        lines = [NAME_OF_NOT_NULL.sub("NOT NULL", line).rstrip(",") for line in lines]
    return "\n".join(sorted(lines) if block[0] in UNORDERED else lines)


def _sorted(options: re.Match[str]) -> str:
    return f"WITH ({', '.join(sorted(options[1].split(', ')))})"


def find_pg_dump(url: str) -> Path | None:
    """Return a pg_dump that can dump this server: its own version or a later one; None if none."""
    with psycopg.connect(url) as connection:
        major = connection.info.server_version // 10000
    named = shutil.which("pg_dump")
    for path in [program("pg_dump"), *([Path(named)] if named else [])]:
        if path.exists() and _major(path) >= major:
            return path
    return None


def _major(pg_dump: Path) -> int:
    done = subprocess.run([pg_dump, "--version"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+)(?:\.|devel|beta|rc)", done.stdout)
    return int(found[1]) if found else 0


def with_names(blocks: Blocks, names: Mapping[str, str]) -> Blocks:
    """Return blocks with other names for what Postgres named by its history."""
    if not names:
        return blocks
    either = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    pattern = re.compile(rf"(?<![\w\"])(?:{either})(?![\w\"])")

    def rename(text: str) -> str:
        return pattern.sub(lambda match: names[match[0]], text)

    return {
        (kind, schema, rename(name)): rename(text) for (kind, schema, name), text in blocks.items()
    }
