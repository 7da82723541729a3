"""ZIP files from strangers: what DOCX, ODT and EPUB are, opened within bounds."""

from __future__ import annotations

import io
import lzma
import struct
import zipfile
import zlib
from pathlib import PurePosixPath

from inkstand_sdk.errors import InputError

MOST_MEMBERS = 20_000
LARGEST = 512 * 2**20
"""Bytes that an archive may unfold to, and that one member may."""
_SUSPICIOUS = 64 * 2**20
_DENSEST = 100
_BLOCK = 2**20
_ENCRYPTED = 0x1


class Archive:
    """The members of a ZIP file, each read once it is asked for and never onto the disk.

    Raises:
        InputError: it is damaged, has a password, or unfolds to more than a manuscript can be.

    """

    def __init__(self, data: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (
            zipfile.BadZipFile,
            struct.error,
            OSError,
            ValueError,
            NotImplementedError,
        ) as error:
            raise _damaged(name, str(error)) from error
        self._size = len(data)
        self._left = LARGEST
        self.members = {info.filename: info for info in self._zip.infolist() if _is_file(info)}
        self._see_within_bounds()

    def _see_within_bounds(self) -> None:
        infos = self._zip.infolist()
        declared = sum(info.file_size for info in infos)
        if len(infos) > MOST_MEMBERS:
            raise _bomb(self.name, f"it has {len(infos):,} members")
        if declared > LARGEST:
            raise _bomb(self.name, f"it says that it unfolds to {declared // 2**20:,} MB")
        if declared > _SUSPICIOUS and declared > _DENSEST * self._size:
            raise _bomb(self.name, f"it unfolds to {declared // max(1, self._size)} times its size")
        for info in infos:
            if info.flag_bits & _ENCRYPTED:
                raise InputError(
                    f"{self.name} is protected by a password.",
                    "Its contents are encrypted.",
                    "Open it in the program that made it, save it without one, and try again.",
                )
            parts = PurePosixPath(info.filename.replace("\\", "/"))
            if parts.is_absolute() or ".." in parts.parts or "\0" in info.filename:
                raise InputError(
                    f"{self.name} is not read: it holds a file named {info.filename[:80]!r}.",
                    "Such a name leads out of the archive; no writing program makes one.",
                    "Save the text anew in the program that it is for.",
                )

    def read(self, member: str) -> bytes:
        """The bytes of a member.

        Raises:
            InputError: it is not there, is damaged, or larger than it says.

        """
        info = self.members.get(member)
        if info is None:
            raise _damaged(self.name, f"its part {member} is missing")
        pieces, size = [], 0
        try:
            with self._zip.open(info) as file:
                while piece := file.read(_BLOCK):
                    size += len(piece)
                    if size > self._left:
                        raise _bomb(self.name, f"{member} unfolds without end")
                    pieces.append(piece)
        except (
            zipfile.BadZipFile,
            zlib.error,
            lzma.LZMAError,
            EOFError,
            OSError,
            RuntimeError,
            NotImplementedError,
            ValueError,
            struct.error,
        ) as error:
            raise _damaged(self.name, f"{member}: {error}") from error
        self._left -= size
        return b"".join(pieces)

    def find(self, member: str) -> bytes | None:
        """The bytes of a member; None if there is none of that name."""
        return self.read(member) if member in self.members else None


def packed(members: dict[str, bytes]) -> bytes:
    """A ZIP file of these members, uncompressed, `mimetype` first as EPUB and ODT want it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(members, key=lambda each: each != "mimetype"):
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), members[name])
    return buffer.getvalue()


def _is_file(info: zipfile.ZipInfo) -> bool:
    return not info.is_dir()


def _damaged(name: str, reason: str) -> InputError:
    return InputError(
        f"{name} is damaged: {reason}.",
        "It was cut off while it was copied or saved, or is no file of this kind.",
        "Save it anew in the program that made it, or take an older copy.",
    )


def _bomb(name: str, reason: str) -> InputError:
    return InputError(
        f"{name} is not read: {reason}.",
        "A manuscript is never that large; such files are made to fill a computer's memory.",
        "If it is one, save its text alone, without pictures, and import that.",
    )
