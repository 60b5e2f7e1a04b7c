"""Settings of the web server, for `make run` and production; environment variables can change the numbers."""

import os
from typing import Any

from gunicorn.glogging import Logger

PRODUCTION = os.environ.get("CPOR_MODE") == "production"
BEHIND_PROXY = os.environ.get("BEHIND_TLS_PROXY", "").strip().lower() in (
    "true",
    "on",
    "ok",
    "y",
    "yes",
    "1",
    "t",
)


class OneShape(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Writes the server's own lines as the product writes its lines: in production as JSON, one object a line."""

    def access(self, resp: Any, req: Any, asked: dict[str, Any], request_time: Any) -> None:  # noqa: ARG002 - gunicorn's shape
        """Write who asked for which path, without the query, which may hold what people typed."""
        if not self.cfg.accesslog:
            return
        headers = {name.lower(): value for name, value in resp.headers}
        status = str(resp.status).split(None, 1)[0]
        milliseconds = int(request_time.total_seconds() * 1000)
        self.access_log.info(
            "%s %s %s",
            asked["REQUEST_METHOD"],
            asked["PATH_INFO"],
            status,
            extra={
                "method": asked["REQUEST_METHOD"],
                "path": asked["PATH_INFO"],
                "status": int(status),
                "bytes": resp.sent,
                "milliseconds": milliseconds,
                "address": _address(asked),
                "request_id": headers.get("x-request-id", "-"),
            },
        )


def _address(asked: dict[str, Any]) -> str:
    """Return the client's address: behind our proxy the last one in its header, which the client cannot set."""
    forwarded = str(asked.get("HTTP_X_FORWARDED_FOR", "")) if BEHIND_PROXY else ""
    return forwarded.rsplit(",", 1)[-1].strip() or str(asked.get("REMOTE_ADDR", "-"))


bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or 1)
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 60
graceful_timeout = 8  # below the ten seconds after which the supervisor and Docker kill
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeat files, not data
accesslog = "-" if PRODUCTION else None  # keeps the terminal readable
logger_class = OneShape
if PRODUCTION:
    logconfig_dict = {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": "pythonjsonlogger.json.JsonFormatter",
                "format": "%(asctime)s %(levelname)s %(name)s %(request_id)s %(message)s",
                "rename_fields": {"asctime": "at", "levelname": "level", "name": "logger"},
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        "root": {"handlers": ["console"], "level": "INFO"},
        "loggers": {
            name: {"handlers": ["console"], "level": "INFO", "propagate": False}
            for name in ("gunicorn.error", "gunicorn.access")
        },
    }
control_socket_disable = True  # unused
