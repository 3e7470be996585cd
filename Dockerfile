# In a closed network: --build-arg BASE=… names a copy of this image (with your own authority's certificate, if the index has one
# of its), --build-arg INDEX=… an index of Python packages.
ARG BASE=python:3.13-slim-trixie
FROM $BASE AS build
ARG INDEX=
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /srv/tiendo
RUN python -m venv /venv
COPY requirements.prod.lock ./
RUN PIP_INDEX_URL="$INDEX" && if [ -n "$INDEX" ]; then export PIP_INDEX_URL; else unset PIP_INDEX_URL; fi \
    && /venv/bin/pip install --require-hashes --only-binary=:all: -r requirements.prod.lock
COPY pyproject.toml README.md LICENSE ./
COPY app app
COPY push push
COPY migrations migrations
# Editable, so that the code lies in one place, next to its migrations, as it does in a clone.
RUN /venv/bin/pip install --no-deps --no-build-isolation -e . && /venv/bin/python -m compileall -q app migrations

FROM $BASE
ARG VERSION=0.1.0
ARG REVISION=
LABEL org.opencontainers.image.title="Tiến Độ" \
      org.opencontainers.image.description="How far every province is with a reform, at any moment and beyond doubt." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin tiendo
COPY --from=build /venv /venv
COPY --from=build /srv/tiendo /srv/tiendo
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /srv/tiendo
# By number, so that an orchestrator can see that it is not root.
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
CMD ["tiendo", "serve", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
