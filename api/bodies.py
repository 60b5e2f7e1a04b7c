"""Request bodies, strictly: JSON without surprises, known names only, and values of exactly the declared type."""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.http.multipartparser import MultiPartParser as DjangoMultiPartParser
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from foundation.doors.problems import UNKNOWN_FIELD
from inspection import decoded_name


class StrictJSONParser(JSONParser):
    """Reads JSON as RFC 8259 defines it: UTF-8 whatever the header says, no NaN, no repeated name, no lone surrogate."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002 - the library's shape
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 - the library's shape
    ) -> Any:
        """Return the value. Raises ParseError if the body is not such JSON."""
        try:
            text = stream.read().decode("utf-8-sig")
            data = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_repetition)
            if "\\u" in text:
                json.dumps(data, ensure_ascii=False).encode()  # an unpaired surrogate cannot be stored
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %s") % _reason(error)) from error
        return data


def _refuse_constant(name: str) -> None:
    raise ValueError(_("%s is not a JSON number.") % name)


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = dict(pairs)
    if len(names) < len(pairs):
        raise ValueError(_("a name appears twice in one object."))
    return names


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return _("it is nested too deeply.")
    if isinstance(error, UnicodeError):
        return _("it is not UTF-8 text.")
    return str(error)


class _Opening:
    """A stream that remembers how it began."""

    BYTES = 1 << 16

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream
        self.begin = b""

    def read(self, size: int = -1) -> bytes:
        block: bytes = self._stream.read(size)
        self.begin += block[: self.BYTES - len(self.begin)]
        return block

    @property
    def names_a_file_illegibly(self) -> bool:
        """Return whether a part's header gives its file a name in other bytes than UTF-8, which drops the part."""
        return any(
            b"filename" in line and line.decode("utf-8", "replace") != line.decode("utf-8", "ignore")
            for line in self.begin.split(b"\r\n")
            if line.lower().startswith(b"content-disposition")
        )


class _NamingParts(DjangoMultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """Return the last part of the name, decoded first: an encoded name can contain a slash."""
        name: str | None = super().sanitize_file_name(decoded_name(file_name))
        return name


class FilesParser(MultiPartParser):
    """Reads a form with files, whose names can be in the words of a mail's header (RFC 2047)."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Return the fields and files. Raises ParseError if the body is no form, or if a file's name is not UTF-8."""
        request = (parser_context or {})["request"]
        meta = {**request.META, "CONTENT_TYPE": media_type}
        opening = _Opening(stream)
        try:
            data, files = _NamingParts(meta, opening, request.upload_handlers).parse()  # type: ignore[arg-type] # it is only read
        except MultiPartParserError as error:
            raise ParseError(_("The body is not a valid form: %s") % error) from error
        if not files and opening.names_a_file_illegibly:
            raise ParseError(
                _("The name of the file is not in UTF-8. Send it in UTF-8, or as filename*=UTF-8''name.")
            )
        return DataAndFiles(data, files)


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses unknown names, so that a mistyped one is not accepted and then lost."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """Return the values sent. Raises ValidationError that lists everything of the wrong shape."""
        unknown = set(data) - set(self.fields) if isinstance(data, Mapping) else set()
        try:
            values: dict[str, Any] = super().to_internal_value(data)
        except ValidationError as refusal:
            if not isinstance(refusal.detail, dict):
                raise
            raise ValidationError({**refusal.detail, **_unknown(unknown)}) from refusal
        if unknown:
            raise ValidationError(_unknown(unknown))
        return values


def _unknown(names: set[str]) -> dict[str, list[ErrorDetail]]:
    message = _("This field does not exist here, or you cannot set it.")
    return {name: [ErrorDetail(message, code=UNKNOWN_FIELD)] for name in sorted(names)}


class Text(serializers.CharField):
    """A JSON string, kept as typed. It may be empty: what that means is for the rules."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"allow_blank": True, "trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        """Return the string. Refuses numbers, even where they look like identifiers."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.Field[bool, Any, bool, Any]):
    """JSON's true or false, and nothing that resembles them."""

    default_error_messages = {"invalid": gettext_lazy("Must be true or false.")}

    def to_internal_value(self, data: Any) -> bool:
        """Return the flag."""
        if not isinstance(data, bool):
            self.fail("invalid")
        return bool(data)

    def to_representation(self, value: bool) -> bool:
        """Return the flag unchanged."""
        return value


def body_of(request: Request, serializer: type[serializers.BaseSerializer[Any]], **kwargs: Any) -> Any:
    """Return the request's body in the serializer's shape. Raises ValidationError (400) that names every wrong place."""
    return shaped(request.data, serializer, **kwargs)


def shaped(data: Any, serializer: type[serializers.BaseSerializer[Any]], **kwargs: Any) -> Any:
    """Return data in the serializer's shape. Raises ValidationError (400) that names every wrong place."""
    bound = serializer(data=data, **kwargs)
    bound.is_valid(raise_exception=True)
    return bound.validated_data


ANSWERS_ONLY = frozenset({"findings", "withheld"})
"""What the answer to a save says besides the document; it may come back with the rest."""


def without_unchanged(data: Any, document: Mapping[str, Any]) -> Any:
    """Return the body without what stands in the document like this already, so that a document can be sent back as read.

    What cannot be set counts too: the same value changes nothing, and another one is refused as an unknown name.
    """
    if not isinstance(data, dict):
        return data
    read = json.loads(JSONRenderer().render(document))
    return {
        name: value
        for name, value in data.items()
        if name not in ANSWERS_ONLY and (name not in read or read[name] != value)
    }
