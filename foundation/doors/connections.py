"""Ending a connection from inside a WSGI program."""

from collections.abc import Callable, Iterable
from typing import Any

CLOSE = ("Connection", "close")

WSGIApplication = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def telling_the_server_to_close(application: WSGIApplication) -> WSGIApplication:
    """Return the application with `Connection: close` passed to the server in its own way.

    WSGI forbids programs to send this header, so servers drop it or stop: gunicorn's answer has a method instead,
    wsgiref's handler takes the header once it has begun.
    """

    def answering(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [header for header in headers if header != CLOSE]
            server: Any = getattr(start_response, "__self__", None)
            if len(kept) < len(headers) and hasattr(server, "force_close"):
                server.force_close()
            write = start_response(status, kept, *rest)
            if len(kept) < len(headers) and hasattr(server, "http_version"):
                server.headers[CLOSE[0]] = CLOSE[1]
            return write

        return application(environ, start)

    return answering
