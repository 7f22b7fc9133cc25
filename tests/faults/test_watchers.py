"""A page that the build rewrites is seen by who watches its folder: an editor that shows the old one would save it."""

import ctypes
import os
import struct
import sys
import threading

import pytest

from showcase.owned import update

WENT, CAME, CHANGED = 0x40 | 0x200, 0x80 | 0x100, 0x2 | 0x4 | 0x8


@pytest.mark.skipif(sys.platform != "linux", reason="inotify is Linux's")
def test_after_two_files_change_places_the_page_is_told_as_changed(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("old")
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.inotify_init1(os.O_NONBLOCK)
    assert libc.inotify_add_watch(queue, os.fsencode(tmp_path), WENT | CAME | CHANGED) >= 0
    update(page, lambda mine: b"new")
    heard, data = [], os.read(queue, 1 << 16)
    while data:
        _, mask, _, length = struct.unpack("iIII", data[:16])
        name, data = data[16 : 16 + length].rstrip(b"\0").decode(), data[16 + length :]
        heard += [mask] if name == page.name else []
    os.close(queue)
    # To a watcher that looks at once the last one counts.
    assert heard[-1] & CHANGED and page.read_text() == "new"
    # One that is late sums up, as the editor's does: what came and went was never there, whatever else it did.
    came = went = False
    for mask in heard:
        if mask & CAME:
            came, went = came or not went, False
        went = went or bool(mask & WENT)
    assert heard and not (came and went)


@pytest.mark.parametrize("written", [True, False])
def test_a_save_is_kept_though_the_next_one_moves_the_page_aside_right_then(tmp_path, monkeypatch, written):
    """An editor moves the old file aside: its first save falls into the exchange, the second was begun with
    our page, which does not have the first, and takes the file away at the moment of the next exchange."""
    from showcase import owned

    page = tmp_path / "page.md"
    page.write_text("One. Two.\n")
    exchange, calls = owned._exchange, []

    def disturbed(side, path):
        calls.append(path.read_text())
        if len(calls) == 1:
            path.write_text("One. Two. His first.\n")
        elif len(calls) == 2:
            mine = path.read_text()
            path.unlink()
            if written:
                threading.Timer(0.02, path.write_text, [mine.replace("Two.", "Two. His second.")]).start()
            raise FileNotFoundError(path)
        return exchange(side, path)

    monkeypatch.setattr(owned, "_exchange", disturbed)
    update(page, lambda mine: mine.replace(b"One.", b"Uno."))
    said = page.read_text()
    assert len(calls) >= 2 and "Uno." in said and said.count("His first.") == 1
    assert said.count("His second.") == written and [path.name for path in tmp_path.iterdir()] == ["page.md"]
