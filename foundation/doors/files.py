"""Serving stored files to browsers: one function and one set of headers for every door (domain.md part 7)."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse

from foundation.kernel.errors import NotFound

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


def serve_file(file: FieldFile, *, name: str, content_type: str) -> FileResponse:
    """Return the file as an attachment that browsers neither run, sniff nor keep. The caller checks the access first.

    Raises NotFound if the file is missing from storage.
    """
    try:
        content = file.open("rb")
    except FileNotFoundError as error:
        raise NotFound from error
    return FileResponse(
        content, as_attachment=True, filename=name, content_type=content_type, headers=HEADERS
    )
