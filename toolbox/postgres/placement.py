"""Where on the disk the files of databases go.

A database is a folder of 300 files, and tests make and drop thousands of databases. ext4 takes no
inode again for a minute and more after its file was deleted, and passes such inodes one by one to
find another (`recently_deleted` in Linux's fs/ext4/ialloc.c): so each database took longer to make
than the one before. Where their parent is marked as the top of hierarchies, folders lie far apart
on the disk (chattr(1), attribute T), and few of those inodes are in the way.
"""

import fcntl
import os
import struct
from contextlib import suppress
from pathlib import Path

# Of linux/fs.h, on machines of 64 bits; elsewhere they are refused.
GET_FLAGS = 0x80086601
SET_FLAGS = 0x40086602
IS_TOP = 0x00020000


def spread(folder: Path) -> None:
    """Let the folders that will be made in this one lie apart, where the file system can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            [flags] = struct.unpack("I", fcntl.ioctl(descriptor, GET_FLAGS, bytes(4)))
            fcntl.ioctl(descriptor, SET_FLAGS, struct.pack("I", flags | IS_TOP))
        finally:
            os.close(descriptor)
