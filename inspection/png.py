"""PNG: every chunk is in its place with its checksum, and nothing follows the last."""

import struct
import zlib

from .reading import Data
from .sniffing import PNG_SIGNATURE
from .verdict import Detail, InspectionLimits, unsafe, wrong_type

_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_INDEXED = 3
_PIECE = 64 * 1024


def inspect_png(data: Data, limits: InspectionLimits) -> None:
    """Raise Refused unless the whole file is one well-formed picture of a reasonable size."""
    at = len(PNG_SIGNATURE)
    seen: set[bytes] = set()
    previous = b""
    colour = -1
    for _ in range(limits.max_image_parts):
        if at + 12 > len(data):
            raise wrong_type(Detail.IMAGE_CUT_OFF)
        length, kind = struct.unpack(">L4s", data[at : at + 8])
        body = at + 8
        if not kind.isalpha() or length > 0x7FFFFFFF:
            raise wrong_type(Detail.IMAGE_DAMAGED)
        if body + length + 4 > len(data):
            raise wrong_type(Detail.IMAGE_CUT_OFF)
        _check_order(kind, previous, seen, colour)
        _check_sum(data, at + 4, body + length)
        if kind == b"IHDR":
            colour = _check_header(bytes(data[body : body + length]), limits)
        elif kind in (b"zTXt", b"iTXt", b"iCCP"):
            _check_text(bytes(data[body : body + length]), kind, limits)
        at = body + length + 4
        if kind == b"IEND":
            break
        seen.add(kind)
        previous = kind
    else:
        raise unsafe(Detail.IMAGE_HIDDEN_BULK)
    if b"IDAT" not in seen:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    if bytes(data[at : at + _PIECE]).strip(b"\x00\r\n") or len(data) - at > _PIECE:
        # Some cropping tools leave the part here that was cut away.
        raise unsafe(Detail.TRAILING_DATA)


def _check_order(kind: bytes, previous: bytes, seen: set[bytes], colour: int) -> None:
    first = not previous
    unknown = kind not in _CRITICAL and kind[:1].isupper()
    resumed = kind == b"IDAT" and b"IDAT" in seen and previous != b"IDAT"
    late_palette = kind == b"PLTE" and (b"IDAT" in seen or b"PLTE" in seen)
    no_palette = kind == b"IDAT" and colour == _INDEXED and b"PLTE" not in seen
    if first != (kind == b"IHDR") or unknown or resumed or late_palette or no_palette:
        raise wrong_type(Detail.IMAGE_DAMAGED)


def _check_sum(data: Data, start: int, stop: int) -> None:
    total = 0
    for at in range(start, stop, _PIECE):
        total = zlib.crc32(data[at : min(at + _PIECE, stop)], total)
    if total != struct.unpack(">L", data[stop : stop + 4])[0]:
        raise wrong_type(Detail.IMAGE_DAMAGED)


def _check_header(body: bytes, limits: InspectionLimits) -> int:
    if len(body) != 13:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    width, height, depth, colour, compression, filtering, interlace = struct.unpack(">2L5B", body)
    if not width or not height or depth not in _DEPTHS.get(colour, ()):
        raise wrong_type(Detail.IMAGE_DAMAGED)
    if compression or filtering or interlace > 1:
        raise wrong_type(Detail.IMAGE_DAMAGED)
    if width * height > limits.max_pixels:
        raise unsafe(Detail.IMAGE_TOO_MANY_PIXELS)
    return int(colour)


def _check_text(body: bytes, kind: bytes, limits: InspectionLimits) -> None:
    """Raise Refused if a compressed text or colour profile is too large; viewers unpack it without asking."""
    _, _, rest = body.partition(b"\x00")
    if kind == b"iTXt":
        compressed, rest = rest[:1] == b"\x01", rest[2:]
        _, _, rest = rest.partition(b"\x00")
        _, _, packed = rest.partition(b"\x00")
        if not compressed:
            return
    else:
        packed = rest[1:]
    unpacker = zlib.decompressobj()
    try:
        unpacked = unpacker.decompress(packed, limits.max_image_text_bytes + 1)
    except zlib.error:
        # Viewers skip an unreadable text, and so does this.
        return
    if len(unpacked) > limits.max_image_text_bytes:
        raise unsafe(Detail.IMAGE_HIDDEN_BULK)
