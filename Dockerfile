# Two stages: what builds stays behind. The product runs as a user without rights, on a file system that it need not write to:
# what it keeps is in the volume /data, passing things in /tmp.
FROM debian:bookworm-slim AS build
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv gettext \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY requirements.lock ./
RUN python3 -m venv .venv \
 && .venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock
COPY manage.py ./
COPY lms lms
COPY courses courses
COPY content content
COPY certificates certificates
COPY locale locale
# Catalogues compiled, static files collected and compressed; the key is of this step only.
RUN for file in locale/*/LC_MESSAGES/django.po; do msgfmt -o "${file%.po}.mo" "$file"; done \
 && mkdir built && SECRET_KEY=build VAR_DIR=/app/built .venv/bin/python -W ignore manage.py collectstatic --noinput -v0 \
 && .venv/bin/python -m whitenoise.compress --quiet /app/built/static \
 && rm -f built/*.sqlite3* \
 && .venv/bin/python -m compileall -q lms courses content certificates

FROM debian:bookworm-slim
RUN apt-get update \
 && apt-get install -y --no-install-recommends \
      python3 libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 postgresql-client \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin learning \
 && mkdir -p /data /ledgers /srv/static && chown learning:learning /data /ledgers /srv/static
WORKDIR /app
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 \
    VAR_DIR=/data STATIC_ROOT=/app/built/static LOG_FORMAT=json
USER learning
VOLUME /data /ledgers
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
  CMD ["python3", "-c", "import socket; socket.create_connection(('127.0.0.1', 8000), 3)"]
CMD ["gunicorn", "lms.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--threads", "8", "--worker-tmp-dir", "/tmp", \
     "--graceful-timeout", "30", "--keep-alive", "30", "--log-level", "warning"]
