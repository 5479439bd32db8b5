"""Which files are taken, told by what is in them and not by their name. Pure but for reading the file that is given.

PDF, Office documents without macros, e-mail and images. A name that says something else than the content is refused.
"""

import codecs
import lzma
import re
import unicodedata
import zipfile
import zlib
from email.parser import BytesHeaderParser
from typing import BinaryIO

import olefile

from council.errors import refuse

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024  # an Office document is a ZIP file; what it unpacks to is counted, not believed
MOST_PARTS = 5000
MOST_HEADERS = 256 * 1024  # of an e-mail, which may carry many lines of the servers it passed

OFFICE = "application/vnd.openxmlformats-officedocument."
# Ending of the name → the content it must have, as a media type.
TAKEN = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}wordprocessingml.document",
    "xlsx": f"{OFFICE}spreadsheetml.sheet",
    "pptx": f"{OFFICE}presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "eml": "message/rfc822",
    "msg": "application/vnd.ms-outlook",
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "tif": "image/tiff",
    "tiff": "image/tiff",
}
NAMES = "PDF, Word, Excel, PowerPoint, e-mail (eml or msg) or an image (png, jpg, gif, tif)"
RUNS = {
    "exe",
    "com",
    "bat",
    "cmd",
    "scr",
    "pif",
    "msi",
    "js",
    "jse",
    "vbs",
    "vbe",
    "wsf",
    "wsh",
    "ps1",
    "sh",
    "php",
    "py",
    "jar",
    "lnk",
    "htm",
    "html",
    "svg",
    "xml",
    "hta",
    "zip",
    "docm",
    "xlsm",
    "pptm",
}
SIGNATURES = [
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tif"),
    (b"MM\x00*", "tif"),
]
LOCKED = "The file has a password. Save it without one, then choose it again."
OLE_START = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OLE_STREAMS = [
    ("__properties_version1.0", "msg"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
]
ZIP_FOLDERS = [("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")]
# Slashes as they arrive when somebody sends a path (council.uploads), signs of Windows paths, and what no name has.
NOT_IN_A_NAME = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f∕∖]')


def content_type_of(name: str, size: int, file: BinaryIO) -> str:
    """The media type of a file that may be kept. Raises RuleViolation, in words, for every other one."""
    ending = _ending_of(name)
    if size == 0:
        refuse("file_empty", "The file is empty. Check it, then choose it again.", "file")
    if size > MOST_BYTES:
        refuse("file_too_large", "The file is larger than 10 MB. Save it smaller, or in parts.", "file")
    found = _found(file)
    if found is None or TAKEN[found] != TAKEN[ending]:
        what = f"it holds {found}" if found else "it holds something else"
        refuse(
            "file_not_what_it_says",
            f"The name ends in .{ending}, but {what}. Save it anew in that format, or as PDF.",
            "file",
        )
    return TAKEN[ending]


def _ending_of(name: str) -> str:
    unseen = any(
        unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp") for sign in name
    )  # such as one that turns the name round
    if unseen or NOT_IN_A_NAME.search(name) or name.startswith(".") or len(name) > 150 or name != name.strip():
        refuse(
            "file_name",
            "The file's name holds a path, or a sign that names do not have, or is longer than 150 signs. Rename it, then choose it again.",
            "file",
        )
    first, *endings = name.casefold().split(".")
    if not endings or not first:
        refuse("file_kind", f"The file's name has no ending that says what it is. It may be {NAMES}.", "file")
    if endings[-1] not in TAKEN:
        refuse("file_kind", f"Files that end in .{endings[-1]} are not taken. Save it as {NAMES}.", "file")
    if hidden := [one for one in endings[:-1] if one.strip() in RUNS]:  # a PDF of a document is often called .docx.pdf
        refuse(
            "file_two_endings",
            f"The file's name has two endings, .{hidden[-1]} and .{endings[-1]}. Rename it, then choose it again.",
            "file",
        )
    return endings[-1]


def _found(file: BinaryIO) -> str | None:
    file.seek(0)
    start = file.read(MOST_HEADERS)
    file.seek(0)
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            return kind
    if start.startswith(b"PK\x03\x04"):
        return _in_zip(file)
    if start.startswith(OLE_START):
        return _in_ole(file)
    return _mail(start) or _late_pdf(start)


def _late_pdf(start: bytes) -> str | None:
    """A PDF with something before it, as upload forms and byte order marks leave: programs look for its mark in the first 1,024 bytes."""
    before, mark, _ = start[:1024].partition(b"%PDF-")
    is_text = not re.search(rb"[\x00-\x08\x0e-\x1f]", before)
    return "pdf" if mark and is_text else None


def _in_zip(file: BinaryIO) -> str | None:
    """An Office document, read through to its end so that a bomb is stopped while it unpacks."""
    try:
        with zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            names = [part.filename.replace("\\", "/") for part in parts]  # as some programs of Windows part them
            if len(parts) > MOST_PARTS:
                refuse("file_bomb", "The file holds too many parts. Save it as PDF.", "file")
            if any(part.flag_bits & 1 for part in parts):
                refuse("file_locked", LOCKED, "file")
            if any(name.casefold().endswith(("vbaproject.bin", ".exe", ".js", ".vbs")) for name in names):
                refuse("file_macros", "The file holds macros or programs. Save it without them, or as PDF.", "file")
            if "[Content_Types].xml" not in names:
                return None
            with packed.open(parts[names.index("[Content_Types].xml")]) as kinds:
                if b"macroenabled" in kinds.read(1 << 20).lower():
                    refuse("file_macros", "The file holds macros or programs. Save it without them, or as PDF.", "file")
            unpacked = 0
            for part in parts:
                with packed.open(part) as opened:
                    while chunk := opened.read(1 << 16):
                        unpacked += len(chunk)
                        if unpacked > MOST_UNPACKED:
                            refuse("file_bomb", "The file unpacks to more than 100 MB. Save it as PDF.", "file")
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, ValueError, RuntimeError):
        refuse("file_broken", "The file is damaged and cannot be read. Save it again, then choose it.", "file")
    return next((kind for folder, kind in ZIP_FOLDERS if any(name.startswith(folder) for name in names)), None)


def _in_ole(file: BinaryIO) -> str | None:
    try:
        with olefile.OleFileIO(file.read()) as packed:
            streams = {path[0] for path in packed.listdir(streams=True, storages=True)}
    except Exception:
        # Whatever a damaged file makes the reader raise, the person gets a sentence.
        refuse("file_broken", "The file is damaged and cannot be read. Save it again, then choose it.", "file")
    if "EncryptedPackage" in streams:
        refuse("file_locked", LOCKED, "file")
    if streams & {"Macros", "_VBA_PROJECT_CUR", "VBA"}:
        refuse("file_macros", "The file holds macros or programs. Save it without them, or as PDF.", "file")
    return next((kind for stream, kind in OLE_STREAMS if stream in streams), None)


def _mail(start: bytes) -> str | None:
    """An e-mail as it is saved: headers with a sender and a date, of text; its parts may be of anything. Some programs put a byte order mark or
    an empty line first."""
    head = re.split(rb"\r?\n\r?\n", start.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n"), maxsplit=1)[0]
    if b"\x00" in head:
        return None
    headers = BytesHeaderParser().parsebytes(head + b"\n\n")
    return "eml" if headers["From"] and headers["Date"] else None
