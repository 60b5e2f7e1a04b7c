"""How a request's body arrives: in chunks, in the length that was promised, or not at all (RFC 9112, part 6).

WSGI servers hand over chunked bodies without a length, and Django then reads none: the request would be accepted and its
body lost. This layer wraps the application, gives such bodies their length, and notices bodies that end too early.
"""

from collections.abc import Callable, Iterable
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.conf import settings

IN_MEMORY = 1_000_000
BLOCK = 64 * 1024
WITHOUT_LENGTH = "cpor.body_without_length"
"""Set in the environment of a request whose body comes in chunks that the server cannot read."""


Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def body_limit(content_type: str) -> int:
    """Return how many bytes a body may have: REQUEST_MAX_BYTES with files, otherwise DATA_UPLOAD_MAX_MEMORY_SIZE."""
    has_files = content_type.partition(";")[0].strip().lower() == "multipart/form-data"
    limit: int = settings.REQUEST_MAX_BYTES if has_files else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return limit


class PromisedBody:
    """A body with a known length; raises OSError where it ends before that."""

    def __init__(self, stream: IO[bytes], length: int) -> None:
        self._stream = stream
        self.left = length

    def read(self, size: int | None = None) -> bytes:
        """Return `size` bytes, or all that are left."""
        wanted, blocks = self._wanted(size), []
        while wanted:
            blocks.append(self._take(self._stream.read(wanted)))
            wanted -= len(blocks[-1])
        return b"".join(blocks)

    def readline(self, size: int | None = None) -> bytes:
        """Return one line of up to `size` bytes."""
        wanted = self._wanted(size)
        return self._take(self._stream.readline(wanted)) if wanted else b""

    def _wanted(self, size: int | None) -> int:
        return self.left if size is None or size < 0 else min(size, self.left)

    def _take(self, data: bytes) -> bytes:
        if not data:
            raise OSError("the request's body ended before its announced length")
        self.left -= len(data)
        return data


def with_whole_bodies(application: Application) -> Application:
    """Return the application behind this layer. A refusal that leaves a body unread closes the connection."""

    def call(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            _give_length(environ)
        body = PromisedBody(environ["wsgi.input"], _length(environ))
        environ["wsgi.input"] = body

        def start(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if body.left and status >= "400":
                headers = [*headers, ("Connection", "close")]
                _close_after(start_response)
            return start_response(status, headers, *more)

        return application(environ, start)

    return call


def _give_length(environ: Environ) -> None:
    """Read a body that comes in chunks, up to one byte more than is accepted, and announce its length."""
    if not environ.get("wsgi.input_terminated"):
        environ[WITHOUT_LENGTH] = True
        return
    stream, left = environ["wsgi.input"], body_limit(environ.get("CONTENT_TYPE", "")) + 1
    # Closed with the request, when nothing refers to it any more.
    whole = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
    while left and (block := stream.read(min(BLOCK, left))):
        whole.write(block)
        left -= len(block)
    environ["CONTENT_LENGTH"] = str(whole.tell())
    del environ["HTTP_TRANSFER_ENCODING"]
    whole.seek(0)
    environ["wsgi.input"] = whole


def _length(environ: Environ) -> int:
    declared = environ.get("CONTENT_LENGTH") or "0"
    return int(declared) if declared.isdigit() else 0


def _close_after(start_response: StartResponse) -> None:
    """Tell gunicorn, which drops the application's own Connection header, to close the connection."""
    response = getattr(start_response, "__self__", None)
    if (force_close := getattr(response, "force_close", None)) is not None:
        force_close()
