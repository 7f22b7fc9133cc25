"""WAD files: named lumps behind a directory, which is all that Doom's engines read."""

import struct
from collections.abc import Iterable
from pathlib import Path

from experiments.errors import InputError

KINDS = (b"IWAD", b"PWAD")
AFTER_A_MAP = ("TEXTMAP", "THINGS")  # the first lump behind a map's name, in the text and in the older formats


def wad(lumps: Iterable[tuple[str, bytes]]) -> bytes:
    """The bytes of a PWAD with these lumps; names have at most 8 characters."""
    body, directory, place = [], [], 12
    for name, content in lumps:
        directory.append(struct.pack("<ii8s", place, len(content), name.encode("ascii")))
        body.append(content)
        place += len(content)
    return b"".join([b"PWAD", struct.pack("<ii", len(directory), place), *body, *directory])


def read_lumps(path: Path) -> list[tuple[str, bytes]]:
    """All lumps of a WAD in order. Raises InputError for a file that is none, or is cut short."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    if content[:4] not in KINDS or len(content) < 12:
        raise InputError(f"{path}: no WAD (it begins neither with IWAD nor with PWAD)")
    count, place = struct.unpack_from("<ii", content, 4)
    if count < 0 or place < 12 or place + 16 * count > len(content):
        raise InputError(f"{path}: broken WAD: its directory lies beyond the end of the file")
    lumps = []
    for number in range(count):
        start, length, packed = struct.unpack_from("<ii8s", content, place + 16 * number)
        name = packed.split(b"\0")[0].decode("ascii", "replace")
        if length and not (start >= 0 and length >= 0 and start + length <= len(content)):
            raise InputError(f"{path}: broken WAD: {name} lies beyond the end of the file")
        lumps.append((name, content[start : start + length]))
    return lumps


def maps_in(path: Path) -> dict[str, dict[str, bytes]]:
    """The maps of a WAD by name, each with its lumps. Raises InputError for a file that is none, or has none."""
    lumps = read_lumps(path)
    heads = [k for k in range(len(lumps) - 1) if lumps[k + 1][0] in AFTER_A_MAP]
    if not heads:
        raise InputError(f"{path}: a WAD without a map")
    ends = [*heads[1:], len(lumps)]
    return {lumps[k][0]: dict(lumps[k + 1 : end]) for k, end in zip(heads, ends, strict=True)}
