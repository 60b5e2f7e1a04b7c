# One image for web, worker, beat and migrations; docker-compose.yml sets the program of each container.
FROM python:3.11-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /app
COPY requirements.lock .
RUN pip install --require-hashes -r requirements.lock

COPY . .
# Static files are collected in production mode, because only there their names contain hashes. No server is needed.
RUN CPOR_MODE=production CPOR_DATA_DIR=/tmp/build \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(48))')" \
    DATABASE_URL=postgres://build/build REDIS_URL=redis://build EMAIL_URL=smtp://build \
    ALLOWED_HOSTS=build SITE_URL=https://build DESK_EMAIL=build@build \
    python manage.py collectstatic --noinput

RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin cpor \
    && install --directory --owner cpor --mode 0700 /data
USER cpor
VOLUME /data
EXPOSE 8000
CMD ["gunicorn", "cpor.wsgi:application"]
