"""Sentences for the user whose file is refused: what is wrong, and what to do (rule F2)."""

from collections.abc import Mapping
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .verdict import Detail

DETAIL_TEXTS: Mapping[Detail, Promise] = MappingProxyType(
    {
        Detail.EMPTY: _("This file is empty. Check that it was saved completely, then upload it again."),
        Detail.TOO_LARGE: _(
            "This file is larger than 25 MB. Make its pictures smaller, or split it into several files."
        ),
        Detail.EXTENSION_MISSING: _(
            "The file's name has no extension, such as .pdf. Add the right extension, then upload the file again."
        ),
        Detail.EXTENSION_NOT_ALLOWED: _(
            "Files of this type are not accepted. Save the proof as PDF, PNG, JPEG, DOCX, XLSX or PPTX."
        ),
        Detail.EXTENSION_OLD_OFFICE: _(
            "This is an Office file in an old format. Open it and save it as DOCX, XLSX, PPTX or PDF."
        ),
        Detail.EXTENSION_MACROS: _(
            "This type of Office file can contain macros. Save it as DOCX, XLSX or PPTX, or as PDF."
        ),
        Detail.EXTENSION_MISMATCH: _(
            "The file's type does not match its extension. Save it again from the program it was made with."
        ),
        Detail.CONTENT_UNKNOWN: _(
            "The file's content does not match its extension. "
            "Save it again as PDF, PNG, JPEG, DOCX, XLSX or PPTX."
        ),
        Detail.HTML_IN_DISGUISE: _(
            "This file is really a web page. Open it in a browser, print it as PDF and upload that."
        ),
        Detail.OFFICE_LOCKED_OR_OLD: _(
            "This Office file has a password or an old format. "
            "Save it without a password as DOCX, XLSX or PPTX."
        ),
        Detail.HTML_INSIDE: _(
            "This file begins with parts of a web page. Print it as PDF and upload the new file."
        ),
        Detail.ARCHIVE_INSIDE: _(
            "This file hides a zip archive. Print the document as PDF and upload the new file."
        ),
        Detail.TRAILING_DATA: _(
            "There is data after the end of this file; some cropping tools leave cut-off parts there. "
            "Open it, save a copy and upload the copy."
        ),
        Detail.PDF_DAMAGED: _(
            "This PDF is damaged. Save it again from the program it was made with, or print it as PDF."
        ),
        Detail.PDF_CUT_OFF: _("The end of this PDF is missing. Download or save it again, then upload it."),
        Detail.PDF_ENCRYPTED: _(
            "This PDF is locked, with a password or with restrictions. Upload a copy saved without them."
        ),
        Detail.PDF_SCRIPT: _(
            "This PDF contains a script, as some fillable forms do. Print it as PDF and upload the new file."
        ),
        Detail.PDF_LAUNCH: _("This PDF tries to start a program. Print it as PDF and upload the new file."),
        Detail.PDF_EMBEDDED_FILE: _(
            "This PDF has other files attached inside. "
            "Upload each one as a separate proof, and this document printed as PDF."
        ),
        Detail.PDF_ACTIVE_FORM: _(
            "This PDF is an interactive form that sends or loads data. "
            "Print it as PDF and upload the new file."
        ),
        Detail.PDF_MEDIA: _(
            "This PDF contains sound, video or other media. Print it as PDF and upload the new file."
        ),
        Detail.PDF_OPENS_SOMETHING: _(
            "This PDF opens something else when it is read. Print it as PDF and upload the new file."
        ),
        Detail.PDF_UNREADABLE: _(
            "Parts of this PDF cannot be checked for safety. Print it as PDF and upload the new file."
        ),
        Detail.PDF_TOO_COMPLEX: _(
            "This PDF is too complex to be checked for safety. Print it as PDF, or split it, and upload that."
        ),
        Detail.IMAGE_DAMAGED: _(
            "This picture is damaged. Open it, save a copy as PNG or JPEG and upload the copy."
        ),
        Detail.IMAGE_CUT_OFF: _(
            "The end of this picture is missing. Download or save it again, then upload it."
        ),
        Detail.IMAGE_UNSUPPORTED: _(
            "This kind of JPEG does not open everywhere. Save it as an ordinary JPEG or as PNG."
        ),
        Detail.IMAGE_TOO_MANY_PIXELS: _(
            "This picture has too many pixels. Save it at a smaller size or a lower resolution."
        ),
        Detail.IMAGE_HIDDEN_BULK: _(
            "This picture carries far more data than it shows. Open it, save a copy and upload the copy."
        ),
        Detail.ZIP_DAMAGED: _(
            "This Office file is damaged. Open it, save a copy and upload the copy, or save it as PDF."
        ),
        Detail.ZIP_COMPRESSION: _(
            "This Office file is packed in an unusual way. "
            "Open it in Office, save a copy and upload the copy."
        ),
        Detail.ZIP_ENCRYPTED: _(
            "Parts of this Office file have a password. Save it without a password and upload that."
        ),
        Detail.ZIP_BOMB: _(
            "This Office file unpacks to an unsafe size. Save the relevant part as PDF and upload that."
        ),
        Detail.ZIP_TOO_MANY_ENTRIES: _(
            "This Office file has too many parts. Save it as PDF, or split it, and upload that."
        ),
        Detail.ZIP_BAD_NAME: _(
            "This Office file has parts with unsafe names. Open it, save a copy and upload the copy."
        ),
        Detail.ZIP_DUPLICATE_NAME: _(
            "This Office file has the same part twice. Open it, save a copy and upload the copy."
        ),
        Detail.ZIP_HIDDEN_DATA: _(
            "This Office file has hidden data between its parts. Open it, save a copy and upload the copy."
        ),
        Detail.ZIP_NESTED: _(
            "This Office file has an archive inside. Remove it, or save the document as PDF."
        ),
        Detail.OFFICE_PARTS_MISSING: _(
            "This is not a complete Word, Excel or PowerPoint file. "
            "Save it again from the program it was made with."
        ),
        Detail.OFFICE_MACROS: _(
            "This Office file contains macros. Save it as DOCX, XLSX or PPTX without macros, or as PDF."
        ),
        Detail.OFFICE_ACTIVEX: _(
            "This Office file contains ActiveX controls. Save it as PDF and upload that."
        ),
        Detail.OFFICE_EMBEDDED_OBJECT: _(
            "This Office file has another file embedded. "
            "Upload that file as a separate proof, and this document as PDF."
        ),
        Detail.OFFICE_EXTERNAL_TEMPLATE: _(
            "This document loads its template from another computer. Save it as PDF and upload that."
        ),
        Detail.OFFICE_EXTERNAL_CONTENT: _(
            "This Office file loads content from elsewhere, such as linked pictures or workbooks. "
            "Break the links, or save it as PDF."
        ),
        Detail.OFFICE_UNSAFE_LINK: _(
            "A link in this Office file starts a program or a script. "
            "Remove the link, or save the file as PDF."
        ),
        Detail.OFFICE_DDE: _(
            "A field in this Office file starts another program. Remove the field, or save the file as PDF."
        ),
        Detail.OFFICE_PROGRAM_INSIDE: _(
            "This Office file has a program or a web page inside. Save it as PDF and upload that."
        ),
        Detail.XML_DAMAGED: _(
            "This Office file is damaged. Open it, save a copy and upload the copy, or save it as PDF."
        ),
        Detail.XML_DTD: _(
            "This Office file contains declarations that Office never writes. Save it as PDF and upload that."
        ),
    }
)
