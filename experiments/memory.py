"""Freed memory stays with the process instead of going back to the system, to be asked for again a moment later."""

import ctypes

# Parameters of mallopt(3), from malloc.h.
TRIM_THRESHOLD, MMAP_MAX = -1, -4
NEVER = -1


def keep_freed_memory() -> bool:
    """Networks free and allocate the same large blocks at every step, and glibc hands blocks of that size back, so that
    the system clears every page anew. Returns whether this C library could be told otherwise (glibc can)."""
    try:
        set_option = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return bool(set_option(MMAP_MAX, 0) and set_option(TRIM_THRESHOLD, NEVER))
