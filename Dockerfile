# The service with every slice of this repository, as an ordinary user, without tools.
FROM python:3.12-slim AS build
ENV UV_PYTHON_DOWNLOADS=never UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy
RUN pip install --no-cache-dir "uv>=0.7"
WORKDIR /app
COPY pyproject.toml uv.lock README.md LICENSE ./
COPY src src
COPY adapters adapters
COPY projections projections
RUN uv sync --locked --no-dev --all-packages --no-editable --no-cache

FROM python:3.12-slim
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin feesvc
COPY --from=build /app/.venv /app/.venv
ENV PATH="/app/.venv/bin:$PATH" PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER 10001
WORKDIR /app
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["feesvc"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
