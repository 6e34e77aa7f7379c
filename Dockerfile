# An image for each audience, each with its own dependencies from uv.lock and nothing else:
#
#   docker build --target app .           the service
#   docker build --target migrations .    Alembic, with the models it compares
#   docker build --target tests .         the tests and the integration CLI
#
# What builds them (uv, caches) stays behind; what runs is the plain Python image, a virtual
# environment and our code, owned by root and run by a user who may write nothing but /tmp.

ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
ARG UV=0.13.*
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PYTHON_DOWNLOADS=never UV_NO_DEFAULT_GROUPS=1
ENV PIP_CACHE_DIR=/cache/pip UV_CACHE_DIR=/cache/uv
RUN --mount=type=cache,target=/cache/pip pip install --root-user-action=ignore "uv==${UV}"
WORKDIR /srv
COPY pyproject.toml uv.lock ./

FROM build AS app-environment
RUN --mount=type=cache,target=/cache/uv uv sync --locked

FROM build AS migrations-environment
RUN --mount=type=cache,target=/cache/uv uv sync --locked --group migrations

FROM build AS tests-environment
RUN --mount=type=cache,target=/cache/uv uv sync --locked --group tests

FROM python:${PYTHON}-slim AS base
RUN useradd --system --uid 10001 --no-create-home --home-dir /tmp --shell /usr/sbin/nologin pir
ENV PATH=/srv/.venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /srv
# By its number, which an orchestrator can tell from root's.
USER 10001

FROM base AS app
COPY --from=app-environment /srv/.venv .venv
COPY api api
EXPOSE 8000
# Ready, and not only alive: what waits for this image may use it.
HEALTHCHECK --interval=2s --timeout=3s --start-period=30s --retries=5 \
    CMD ["python", "-m", "api.health.probe", "http://127.0.0.1:8000/health/ready"]
ENTRYPOINT ["python", "-m", "api"]
CMD ["--host", "0.0.0.0", "--port", "8000"]

FROM base AS migrations
COPY --from=migrations-environment /srv/.venv .venv
COPY alembic.ini ./
COPY api api
COPY migrations migrations
CMD ["alembic", "upgrade", "head"]

FROM base AS tests
COPY --from=tests-environment /srv/.venv .venv
COPY pyproject.toml alembic.ini docker-compose.yml README.md noxfile.py ./
COPY api api
COPY migrations migrations
COPY integration_cli integration_cli
COPY toolbox toolbox
COPY tests tests
CMD ["pytest", "tests/functional", "-p", "no:cacheprovider", "--numprocesses=auto"]
