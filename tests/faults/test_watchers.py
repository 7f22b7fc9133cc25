"""A page that the build rewrites is seen by who watches its folder: an editor that shows the old one would save it."""

import ctypes
import os
import struct
import sys

import pytest

from showcase.owned import update

EVENTS = {
    0x40: "went",
    0x80: "came",
    0x200: "deleted",
    0x100: "created",
    0x2: "changed",
    0x4: "changed",
    0x8: "changed",
}


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_after_two_files_change_places_the_page_is_told_as_changed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("old")
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(queue, os.fsencode(tmp_path), sum(EVENTS)) >= 0
    update(page, lambda mine: b"new")
    heard, data = [], os.read(queue, 1 << 16)
    while data:
        _, mask, _, length = struct.unpack("iIII", data[:16])
        name, data = data[16 : 16 + length].rstrip(b"\0").decode(), data[16 + length :]
        heard += [EVENTS[mask]] if name == page.name else []
    os.close(queue)
    # That it came and went at once is dropped by watchers that sum up.
    assert heard[-1] == "changed" and page.read_text() == "new"
