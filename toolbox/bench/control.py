"""The control: an application that does nothing, to see how much the load generator can do."""

from starlette.types import ASGIApp, Receive, Scope, Send

BODY = b"ok"
HEAD = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-length", str(len(BODY)).encode())],
}


def create_app() -> ASGIApp:
    """Make the application."""
    return answer


async def answer(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer "ok", whatever is asked."""
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    await send(HEAD)
    await send({"type": "http.response.body", "body": BODY})
