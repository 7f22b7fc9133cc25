"""Figures in another language: what a drawing writes goes through `experiments/NAME/labels.LANG.yaml`.

The file has two parts. `same` lists what reads alike in both languages: names, symbols. `labels` maps what a drawing
writes in English to what stands there instead; a `{}` in both stands for what varies, itself translated where it is
words, and `{0}`, `{1}` … put it in another order. Drawings are written in English and know nothing of this, but for
those that draw letters themselves, with Pillow: they ask `spoken` and `font`.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib.resources import files
from pathlib import Path

import yaml

from experiments.errors import InputError

FAMILY = "Noto Sans SC"  # what it lacks, such as ●, is taken from the style's own font
FORMULA = re.compile(r"\$[^$]*\$")
BLANK = re.compile(r"\{(\d*)\}")
WORD = re.compile(r"[a-z]{2,}")


class Labels:
    """Calling it translates; `missing` collects what it has no words for."""

    def __init__(self, same: list[str], labels: dict[str, str]):
        self.exact = {text: text for text in same} | {key: text for key, text in labels.items() if "{}" not in key}
        self.patterns = [
            (re.compile("(.+?)".join(map(re.escape, key.split("{}"))), re.DOTALL), text)
            for key, text in sorted(labels.items(), key=lambda pair: -len(pair[0]))  # the more particular first
            if "{}" in key
        ]
        self.missing: set[str] = set()

    def __call__(self, text: str) -> str:
        if text in self.exact:
            return self.exact[text]
        for pattern, translated in self.patterns:
            if found := pattern.fullmatch(text):
                return filled(translated, [self(group) for group in found.groups()])
        if WORD.search(FORMULA.sub("", text)):
            self.missing.add(text)
        return text


def filled(text: str, values: list[str]) -> str:
    """`{}` and `{0}` replaced; other braces belong to formulas. Raises IndexError where there are fewer values."""
    left = iter(range(len(values) + 1))
    return BLANK.sub(lambda blank: values[int(blank[1]) if blank[1] else next(left)], text) if values else text


SPOKEN: ContextVar[Labels | None] = ContextVar("labels of the figures being drawn", default=None)


def labels_file(study: str, lang: str) -> Path:
    """Relative to the repository's root; a study without the file has its figures in English alone."""
    return Path("experiments", study, f"labels.{lang}.yaml")


def load(path: Path) -> Labels:
    """Raises InputError for a file that is not as described above."""
    try:
        table = yaml.safe_load(path.read_text(encoding="utf-8"))
        same, labels = table.get("same") or [], table.get("labels") or {}
        if not all(isinstance(text, str) for text in (*same, *labels, *labels.values())):
            raise ValueError("every label is a text: put numbers and yes/no in quotation marks")
        for key, text in labels.items():
            filled(text, [""] * key.count("{}"))
    except (yaml.YAMLError, AttributeError, TypeError, ValueError, IndexError) as error:
        raise InputError(f"{path}: not a labels file ({' '.join(str(error).split())})") from error
    return Labels(same, labels)


def spoken(text: str) -> str:
    """The text in the language of the figure that is being drawn."""
    labels = SPOKEN.get()
    return labels(text) if labels else text


def large_units() -> tuple[tuple[float, str], ...]:
    """What large counts are told in, the largest first; Chinese counts in ten thousands."""
    return ((1e8, "亿"), (1e4, "万")) if SPOKEN.get() else ((1e9, "G"), (1e6, "M"), (1e3, "k"))


def font(size: int):
    """A Pillow font for that language."""
    from matplotlib import font_manager
    from PIL import ImageFont

    return ImageFont.truetype(str(_chinese()) if SPOKEN.get() else font_manager.findfont("DejaVu Sans"), size)


@contextmanager
def speaking(labels: Labels | None) -> Iterator[None]:
    """In this block matplotlib writes every text through `labels`; with None it writes English, as always."""
    if labels is None:
        yield
        return
    import matplotlib
    from matplotlib import font_manager
    from matplotlib.text import Text

    font_manager.fontManager.addfont(str(_chinese()))
    family = [FAMILY, *matplotlib.rcParams["font.sans-serif"]]
    written, token = Text.set_text, SPOKEN.set(labels)

    def set_text(self, s) -> None:
        written(self, labels(s) if isinstance(s, str) else s)

    Text.set_text = set_text
    try:
        formulas = {f"mathtext.{style}": FAMILY for style in ("rm", "cal", "tt", "sf", "bf", "bfit")}
        formulas |= {"mathtext.fontset": "custom", "mathtext.it": "DejaVu Sans:italic"}
        logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)  # bold letters of a font that has none
        with matplotlib.rc_context({"font.family": family, **formulas}):
            yield
    finally:
        Text.set_text = written
        SPOKEN.reset(token)


def _chinese() -> Path:
    """Noto Sans SC, from the package that pyproject.toml names."""
    try:
        return Path(str(files("pylopdf_fonts_zh_cn"))) / "NotoSansSC-Regular.otf"
    except ModuleNotFoundError as error:
        raise InputError("the Chinese font is missing: `make setup`, or pip install pylopdf-fonts-zh-cn") from error
