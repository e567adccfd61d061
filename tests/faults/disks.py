"""Small disks that can be filled to the last byte: memory file systems where the machine lets us mount them."""

import errno
import os
import shutil
import subprocess
from pathlib import Path

BALLAST = "ballast"
PAGE = 4096  # bytes: what memory file systems hand out at least


class Disk:
    """A folder on a file system of `size` bytes of its own; a plain folder, `small` False, where that cannot be."""

    def __init__(self, path: Path, size: int) -> None:
        path.mkdir(parents=True)
        self.path = path
        options = f"size={size},mode=0755"
        mount = shutil.which("mount")
        self.small = mount is not None and not _run(mount, "-t", "tmpfs", "-o", options, "regiohelix", str(path))

    def fill(self) -> None:
        """Take every free byte; harmless when it is full already."""
        with (self.path / BALLAST).open("ab") as file:
            step = 1 << 30
            while step >= PAGE:
                try:
                    os.posix_fallocate(file.fileno(), file.seek(0, os.SEEK_END), step)
                except OSError as error:
                    if error.errno != errno.ENOSPC:
                        raise
                    step //= 2

    def free(self) -> None:
        """Give the bytes back; harmless when none were taken."""
        (self.path / BALLAST).unlink(missing_ok=True)

    def close(self) -> None:
        """Unmount."""
        if self.small:
            _run("umount", "-l", str(self.path))


def _run(program: str, *arguments: str) -> int:
    done = subprocess.run([program, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return done.returncode
