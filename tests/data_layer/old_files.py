"""Files of programs that the tests do not have, written byte by byte as their formats describe them."""

import io
import struct
import zipfile

SECTOR, FREE, END, FAT = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole2(**streams):
    """A compound file, as Office wrote before 2007 and keeps what it encrypts in ([MS-CFB], version 3)."""
    chains, table, content = {}, [FAT, END, END], b""
    for name, data in streams.items():
        padded = data.ljust(-(-max(len(data), 4096) // SECTOR) * SECTOR, b"\0")
        start, count = len(table), len(padded) // SECTOR
        table += [*range(start + 1, start + count), END]
        chains[name] = (start, len(padded))
        content += padded
    table[1] = 2  # the directory has two sectors
    assert len(table) <= SECTOR // 4
    names = ["Root Entry", *streams]
    entries = [_entry(name, at, len(names), *chains.get(name, (END, 0))) for at, name in enumerate(names)]
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + struct.pack("<HHHHH6xIIIIIIIII", 62, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, END, 0, END, 0)
    )
    fat = struct.pack("<128I", *table, *[FREE] * (128 - len(table)))
    return header + struct.pack("<109I", 0, *[FREE] * 108) + fat + b"".join(entries).ljust(2 * SECTOR, b"\0") + content


def _entry(name, at, count, start, size):
    """One directory entry; the streams hang on each other's right."""
    child = 1 if at == 0 and count > 1 else FREE
    right = at + 1 if 0 < at < count - 1 else FREE
    label = name.encode("utf-16-le")
    kind = 5 if at == 0 else 2
    return label.ljust(64, b"\0") + struct.pack(
        "<HBBIII36xIQ", len(label) + 2, kind, 1, FREE, right, child, start, size
    )


def encrypted():
    """A workbook with a password: its content is a stream that only the password opens."""
    return ole2(EncryptionInfo=bytes(4096), EncryptedPackage=bytes(range(256)) * 20)


def xls(name, rows):
    """A workbook of Excel 97 ([MS-XLS]) with one sheet."""
    cells = [_xls_cell(at, column, cell) for at, row in enumerate(rows) for column, cell in enumerate(row)]
    size = _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
    sheet = (
        _record(0x0809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0x600)) + size + b"".join(cells) + _record(10, b"")
    )
    start = _record(0x0809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0x600))
    offset = len(start) + 4 + 8 + len(name) + 4
    bound = _record(0x0085, struct.pack("<IBBBB", offset, 0, 0, len(name), 0) + name.encode())
    return ole2(Workbook=start + bound + _record(10, b"") + sheet)


def _xls_cell(row, column, cell):
    if isinstance(cell, str):
        return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(cell), 0) + cell.encode("latin-1"))
    return _record(0x0203, struct.pack("<HHHd", row, column, 0, cell))


def _record(kind, data):
    return struct.pack("<HH", kind, len(data)) + data


def xlsb(name, rows):
    """A binary workbook of Excel 2007 ([MS-XLSB]) with one sheet."""
    book = _part(0x9C, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(name)) + _part(0x90) + _part(0x9D, bytes(26))
    size = _part(0x94, struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1))
    sheet = _part(0x81) + size + _part(0x91) + b"".join(_xlsb_row(at, row) for at, row in enumerate(rows)) + _part(0x92)
    relation = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
        '"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
        "</Relationships>"
    )
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    parts = {"[Content_Types].xml": types, "xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": relation}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as made:
        for path, part in (parts | {"xl/worksheets/sheet1.bin": sheet}).items():
            made.writestr(path, part)
    return content.getvalue()


def _xlsb_row(at, row):
    cells = [
        _part(6, struct.pack("<II", column, 0) + _wide(cell))
        if isinstance(cell, str)
        else _part(5, struct.pack("<IId", column, 0, cell))
        for column, cell in enumerate(row)
    ]
    return _part(0, struct.pack("<I", at) + bytes(13)) + b"".join(cells)


def _wide(text):
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _part(kind, data=b""):
    number = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(data)
    while True:
        size += bytes([length & 0x7F | (0x80 if length >= 0x80 else 0)])
        length >>= 7
        if not length:
            return number + size + data
