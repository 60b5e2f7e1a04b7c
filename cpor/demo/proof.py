"""A one-page PDF for demo claims, so that their proof opens in any viewer."""

import io
from collections.abc import Sequence


def statement_of_work(lines: Sequence[str]) -> io.BytesIO:
    """Return a PDF 1.4 document with one line of Helvetica per entry."""
    text = "".join(f"({_escaped(line)}) Tj 0 -22 Td\n" for line in lines)
    content = f"BT /F1 12 Tf 72 760 Td\n{text}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 6 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Font << /F1 5 0 R >> >>",
    ]
    document = io.BytesIO()
    document.write(b"%PDF-1.4\n")
    offsets = []
    for number, body in enumerate(objects, start=1):
        offsets.append(document.tell())
        document.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = document.tell()
    document.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    for offset in offsets:
        document.write(b"%010d 00000 n \n" % offset)
    document.write(
        b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    )
    document.seek(0)
    return document


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
