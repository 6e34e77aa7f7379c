"""Pages for people: the API's documentation, and what each kind of problem means.

Swagger UI is our own copy: it works offline, and trusts no CDN.
"""

import inspect
from collections.abc import Iterator

from fastapi import FastAPI, HTTPException, Request
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles

from api.errors import ApiError


def add_docs(app: FastAPI) -> None:
    """Serve the page at /docs with what it needs below it, and /problems."""

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        root = request.scope.get("root_path", "").rstrip("/")
        assets = f"{root}/docs/assets"
        return get_swagger_ui_html(
            openapi_url=f"{root}{app.openapi_url}",
            title=app.title,
            swagger_js_url=f"{assets}/swagger-ui-bundle.js",
            swagger_css_url=f"{assets}/swagger-ui.css",
            swagger_favicon_url=f"{assets}/favicon-32x32.png",
            swagger_ui_parameters={"persistAuthorization": True, "displayRequestDuration": True},
        )

    files = StaticFiles(packages=[("fastapi_swagger", "resources")])
    app.mount("/docs/assets", files, name="docs-assets")

    @app.get("/problems/{slug}", include_in_schema=False)
    async def explain_problem(slug: str) -> PlainTextResponse:
        """Explain a kind of problem: where the `type` of a problem document leads."""
        kind = next((kind for kind in _kinds(ApiError) if kind.slug() == slug), None)
        if kind is None:
            raise HTTPException(404, "There is no such kind of problem.")
        explanation = inspect.cleandoc(kind.__doc__ or "")
        return PlainTextResponse(f"{kind.title} ({kind.status})\n\n{explanation}\n")


def _kinds(kind: type[ApiError]) -> Iterator[type[ApiError]]:
    for below in kind.__subclasses__():
        yield below
        yield from _kinds(below)
