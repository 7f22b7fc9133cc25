"""A page's bytes as text, as the build reads it whatever editor wrote it."""

from experiments.errors import InputError


def decoded(content: bytes, place: object = "") -> str:
    """Raises InputError, which begins with `place`, for what is not UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        where = f"{place}: " if place else ""
        raise InputError(f"{where}not UTF-8 at byte {error.start}; save it as UTF-8") from error


def plain_lines(text: str) -> str:
    """Without a byte-order mark, every line ended by a line feed alone."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
