"""Somebody else's service: notes of authors, on SQLite, written as tutorials write it.

It has nothing in common with ours but that users own things: other paths, other members, integers
as ids, a log-in in JSON, PUT in place of PATCH, pages by offset, no bulk and no idempotency keys.
"""

import hashlib
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Header, HTTPException, Request, Response
from pydantic import BaseModel, Field

TABLES = """
CREATE TABLE authors (
    number INTEGER PRIMARY KEY AUTOINCREMENT, login TEXT UNIQUE NOT NULL, secret TEXT NOT NULL
);
CREATE TABLE keys (
    key TEXT PRIMARY KEY, author INTEGER NOT NULL REFERENCES authors ON DELETE CASCADE
);
CREATE TABLE notes (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    author INTEGER NOT NULL REFERENCES authors ON DELETE CASCADE,
    title TEXT NOT NULL, text TEXT NOT NULL, stars INTEGER NOT NULL, revision INTEGER NOT NULL,
    UNIQUE (author, title)
);
"""


class NewAuthor(BaseModel):
    login: str
    secret: str


class NoteBody(BaseModel):
    title: str
    text: str
    stars: int = Field(ge=0, le=1_000_000)


Row = dict[str, Any]


router = APIRouter()


def transaction(request: Request) -> Iterator[sqlite3.Connection]:
    """A connection of one's own, and one writer at a time."""
    file = request.app.state.file
    connection = sqlite3.connect(file, timeout=20, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = OFF")
    try:
        connection.execute("BEGIN IMMEDIATE")
        yield connection
        connection.execute("COMMIT")
    finally:
        connection.close()  # which rolls back what is not committed


Db = Annotated[sqlite3.Connection, Depends(transaction, scope="function")]


def who(db: Db, authorization: Annotated[str, Header()]) -> int:
    key = authorization.removeprefix("Bearer ")
    found = db.execute("SELECT author FROM keys WHERE key = ?", [key]).fetchone()
    if found is None:
        raise HTTPException(401, "no such key")
    return int(found["author"])


Author = Annotated[int, Depends(who, scope="function")]


@router.get("/ping")
def ping() -> str:
    return "pong"


@router.post("/authors", status_code=201)
def sign_up(db: Db, new: NewAuthor) -> Row:
    insert = "INSERT INTO authors (login, secret) VALUES (?, ?)"
    try:
        made = db.execute(insert, [new.login, _hash(new.secret)])
    except sqlite3.IntegrityError:
        raise HTTPException(409, "the login is taken") from None
    return {"number": made.lastrowid, "login": new.login}


@router.post("/sessions")
def log_in(db: Db, known: NewAuthor) -> Row:
    query = "SELECT number FROM authors WHERE login = ? AND secret = ?"
    found = db.execute(query, [known.login, _hash(known.secret)]).fetchone()
    if found is None:
        raise HTTPException(401, "wrong login or secret")
    key = secrets.token_hex(16)
    db.execute("INSERT INTO keys VALUES (?, ?)", [key, found["number"]])
    return {"key": key}


@router.get("/self")
def read_self(db: Db, author: Author) -> Row:
    query = "SELECT number, login FROM authors WHERE number = ?"
    return dict(db.execute(query, [author]).fetchone())


@router.delete("/self")
def leave(db: Db, author: Author) -> Row:
    db.execute("DELETE FROM authors WHERE number = ?", [author])
    return {"gone": True}


@router.post("/notes", status_code=201)
def write(db: Db, author: Author, note: NoteBody, response: Response) -> Row:
    insert = (
        "INSERT INTO notes (author, title, text, stars, revision) "
        "VALUES (?, ?, ?, ?, 1) RETURNING *"
    )
    try:
        made = db.execute(insert, [author, note.title, note.text, note.stars]).fetchone()
    except sqlite3.IntegrityError:
        raise HTTPException(409, "the title is taken") from None
    return _tagged(response, made)


@router.get("/notes")
def list_notes(db: Db, author: Author, offset: int = 0, count: int = 50) -> list[Row]:
    query = "SELECT * FROM notes WHERE author = ? ORDER BY number LIMIT ? OFFSET ?"
    return [dict(one) for one in db.execute(query, [author, count, offset])]


@router.get("/notes/{number}")
def read(db: Db, author: Author, number: int, response: Response) -> Row:
    return _tagged(response, _find(db, author, number))


@router.put("/notes/{number}")
def rewrite(  # as FastAPI has it
    db: Db,
    author: Author,
    number: int,
    note: NoteBody,
    response: Response,
    if_match: Annotated[str | None, Header()] = None,
) -> Row:
    found = _find(db, author, number)
    if if_match and if_match != _tag(found):
        raise HTTPException(412, "another revision")
    update = (
        "UPDATE notes SET title = ?, text = ?, stars = ?, revision = revision + 1 "
        "WHERE number = ? RETURNING *"
    )
    try:
        changed = db.execute(update, [note.title, note.text, note.stars, number]).fetchone()
    except sqlite3.IntegrityError:
        raise HTTPException(409, "the title is taken") from None
    return _tagged(response, changed)


@router.delete("/notes/{number}")
def remove(db: Db, author: Author, number: int) -> Row:
    _find(db, author, number)
    db.execute("DELETE FROM notes WHERE number = ?", [number])
    return {"gone": True}


def create_app(file: Path) -> FastAPI:
    """The service on a database in this file, which is made."""
    with sqlite3.connect(file) as made:
        made.executescript(TABLES)
        made.execute("PRAGMA journal_mode = WAL")
    made.close()
    app = FastAPI()
    app.state.file = file
    app.include_router(router)
    return app


def _find(db: sqlite3.Connection, author: int, number: int) -> sqlite3.Row:
    query = "SELECT * FROM notes WHERE number = ? AND author = ?"
    found: sqlite3.Row | None = db.execute(query, [number, author]).fetchone()
    if found is None:
        raise HTTPException(404, "no such note")
    return found


def _hash(secret: str) -> str:
    return hashlib.scrypt(secret.encode(), salt=b"notes", n=2**10, r=8, p=1).hex()


def _tag(note: sqlite3.Row) -> str:
    return f'"{note["revision"]}"'


def _tagged(response: Response, note: sqlite3.Row) -> Row:
    response.headers["ETag"] = _tag(note)
    return dict(note)
