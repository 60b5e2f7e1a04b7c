"""JPEG: a chain of segments from start to end marker, followed only by data that cameras are known to add."""

import re
import struct

from .reading import Data
from .sniffing import holds_markup
from .verdict import Detail, InspectionLimits, unsafe, wrong_type

_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_STANDALONE = frozenset({0x01, *range(0xD0, 0xD8)})
# Baseline, extended and progressive; hardly any viewer opens the other encodings.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
_OTHER_FRAMES = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
# In the encoded picture, FF 00 is a plain FF, FF D0-D7 are restarts and FF FF is filler.
_NEXT_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_FILLING = re.compile(rb"\xff+")
_PADDING = re.compile(rb"[\x00\r\n ]+")
_MAX_PICTURES = 16
_PIECE = 64 * 1024


def inspect_jpeg(data: Data, limits: InspectionLimits) -> None:
    """Raise Refused unless the file is a complete picture of a reasonable size with nothing foreign after it."""
    at = _walk(data, 0, limits)
    for _ in range(_MAX_PICTURES):
        at = _skip_padding(data, at)
        if data[at : at + 3] != b"\xff\xd8\xff":
            break
        # Phones append whole pictures to the first one: previews and brightness maps.
        at = _walk(data, at, limits)
    if at < len(data) and not _is_camera_trailer(data, at):
        raise unsafe(Detail.TRAILING_DATA)


def _walk(data: Data, start: int, limits: InspectionLimits) -> int:
    at, framed, scans = start + 2, False, 0
    for _ in range(limits.max_image_parts):
        marker, at = _marker(data, at)
        if marker == _END:
            if not scans:
                raise wrong_type(Detail.IMAGE_DAMAGED)
            return at
        if marker in _STANDALONE:
            continue
        if marker in (0x00, _START):
            raise wrong_type(Detail.IMAGE_DAMAGED)
        if at + 2 > len(data):
            raise wrong_type(Detail.IMAGE_CUT_OFF)
        (length,) = struct.unpack(">H", data[at : at + 2])
        if length < 2:
            raise wrong_type(Detail.IMAGE_DAMAGED)
        if at + length > len(data):
            raise wrong_type(Detail.IMAGE_CUT_OFF)
        if marker in _OTHER_FRAMES:
            raise wrong_type(Detail.IMAGE_UNSUPPORTED)
        if marker in _FRAMES:
            _check_frame(bytes(data[at + 2 : at + length]), limits)
            framed = True
        at += length
        if marker == _SCAN:
            scans += 1
            if not framed:
                raise wrong_type(Detail.IMAGE_DAMAGED)
            if scans > limits.max_image_scans:
                # Each scan is a pass over all pixels, so a small file can keep a viewer busy for minutes.
                raise unsafe(Detail.IMAGE_HIDDEN_BULK)
            found = _NEXT_MARKER.search(data, at)
            if found is None:
                raise wrong_type(Detail.IMAGE_CUT_OFF)
            at = found.start()
    raise unsafe(Detail.IMAGE_HIDDEN_BULK)


def _marker(data: Data, at: int) -> tuple[int, int]:
    if at >= len(data):
        raise wrong_type(Detail.IMAGE_CUT_OFF)
    if data[at] != 0xFF:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    filling = _FILLING.match(data, at)
    at = filling.end() if filling else at
    if at >= len(data):
        raise wrong_type(Detail.IMAGE_CUT_OFF)
    return data[at], at + 1


def _check_frame(body: bytes, limits: InspectionLimits) -> None:
    if len(body) < 6:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    _, height, width, components = struct.unpack(">BHHB", body[:6])
    if not width or not height or components not in (1, 3, 4) or len(body) != 6 + 3 * components:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    if width * height > limits.max_pixels:
        raise unsafe(Detail.IMAGE_TOO_MANY_PIXELS)


def _skip_padding(data: Data, at: int) -> int:
    padding = _PADDING.match(data, at)
    return padding.end() if padding else at


def _is_camera_trailer(data: Data, at: int) -> bool:
    """Return whether a motion photo's video or one maker's own block follows, without a page or document in it."""
    # The zeros that begin the video's length have already been skipped as padding.
    film = b"ftyp" in data[at : at + 8]
    maker_block = bytes(data[max(at, len(data) - 4) :]) == b"SEFT"
    if not film and not maker_block:
        return False
    if data.find(b"%PDF-", at) != -1:
        return False
    return not any(holds_markup(bytes(data[i : i + _PIECE + 64])) for i in range(at, len(data), _PIECE))
