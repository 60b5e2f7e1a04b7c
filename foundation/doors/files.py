"""Serving a stored file to a browser: one function, one set of headers for every door (domain.md part 7)."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from foundation.kernel.errors import NotFound

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


def serve_file(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Return the file as an attachment that no browser runs, sniffs or keeps. The caller has checked the access.

    Raises NotFound if the bytes are not there.
    """
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    return FileResponse(
        content, as_attachment=True, filename=name, content_type=content_type, headers=HEADERS
    )
