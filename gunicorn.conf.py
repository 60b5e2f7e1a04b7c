"""Settings of the web server, for `make run` and production; environment variables can change the numbers."""

import os

bind = f"{os.environ.get('BIND') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
workers = int(os.environ.get("WEB_WORKERS") or 1)
threads = int(os.environ.get("WEB_THREADS") or 4)
timeout = 60
graceful_timeout = 8  # below the ten seconds after which the supervisor and Docker kill
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 - heartbeat files, not data
accesslog = "-" if os.environ.get("CPOR_MODE") == "production" else None  # keeps the terminal readable
access_log_format = '%(h)s "%(r)s" %(s)s %(b)s %(M)sms [%({x-request-id}o)s]'
control_socket_disable = True  # unused
