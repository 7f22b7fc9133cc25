"""Figures in Chinese: every word of every drawing has its Chinese one, in a font that has the letters."""

import re

import matplotlib
import pytest

matplotlib.use("agg")
import matplotlib.pyplot as plt  # noqa: E402
import matplotlib.style  # noqa: E402
from matplotlib import font_manager  # noqa: E402
from matplotlib.text import Text  # noqa: E402

from experiments.errors import InputError  # noqa: E402
from experiments.pzodmc.drawings.labels import short  # noqa: E402
from experiments.results import Result  # noqa: E402
from showcase.language import Labels, labels_file, load, speaking, spoken  # noqa: E402
from showcase.projects import PROJECTS, find  # noqa: E402

HAN = re.compile(r"[\u4e00-\u9fff]")


def test_what_varies_is_put_in_its_place_and_translated_where_it_is_words():
    labels = Labels(
        ["MMD"],
        {"{} of {} accepted": "{1} 个中接受 {0} 个", "{}: {}": "{}：{}", "full": "整体", "{} is large": "{} 大"},
    )
    assert labels("19 of 600 accepted") == "600 个中接受 19 个"
    assert labels("full: MMD") == "整体：MMD"
    assert labels("full is large") == "整体 大", "the more particular pattern first"
    assert labels("0.25") == "0.25" and labels("t = 3") == "t = 3" and not labels.missing
    assert labels("nobody knows this") == "nobody knows this" and labels.missing == {"nobody knows this"}


def test_large_counts_have_the_units_of_their_language():
    assert [short(count) for count in (9_876, 63_800, 1.5e6, 2e9)] == ["9,876", "63.8 k", "1.5 M", "2 G"]
    with speaking(Labels([], {})):
        assert [short(count) for count in (9_876, 63_800, 1.222e7, 2e9)] == ["9,876", "6.38 万", "1,222 万", "20 亿"]


def test_braces_of_a_formula_are_no_blanks():
    labels = Labels([], {"seen\n$\\hat{x}$": "所见\n$\\hat{x}$", "slope: {}": "斜率：{}"})
    assert labels("seen\n$\\hat{x}$") == "所见\n$\\hat{x}$"
    assert labels("slope: $b^{1.2}$") == "斜率：$b^{1.2}$" and not labels.missing


@pytest.mark.parametrize(
    "content", ["[a, b]", "labels: {a: 1}", "same: 3", "labels: {'{} a': '{0} {1} 甲'}", "labels: ["]
)
def test_a_broken_labels_file_is_told_in_one_line(tmp_path, content):
    path = tmp_path / "labels.zh.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=r"labels\.zh\.yaml: not a labels file \([^\n]*\)$"):
        load(path)


def test_figures_speak_chinese_in_the_block_and_english_after_it():
    written = Text.set_text
    with speaking(Labels([], {"frame": "帧"})):
        figure, axis = plt.subplots()
        axis.set_xlabel("frame")
        assert axis.get_xlabel() == "帧" and spoken("frame") == "帧"
        family = axis.xaxis.label.get_fontfamily()
    assert Text.set_text is written and spoken("frame") == "frame"
    assert family[0] == "Noto Sans SC"
    file = font_manager.findfont(font_manager.FontProperties(family=["Noto Sans SC"]), fallback_to_default=False)
    assert ord("帧") in font_manager.get_font(file).get_charmap(), "a letter, not a box"
    plt.close(figure)


@pytest.mark.parametrize("project", [project.name for project in PROJECTS])
def test_every_word_of_every_picture_has_a_chinese_one(project):
    found, labels = find(project), load(labels_file(project, "zh"))
    with matplotlib.style.context("showcase/style.mplstyle"), speaking(labels):
        for drawing in found.drawings:
            if drawing.kind != "picture" or not drawing.words:
                continue
            results = [Result.load(found.result("standard", part)) for part in drawing.needs]
            figure = drawing.draw(*results)
            figure.draw_without_rendering()
            assert (
                any(HAN.search(text.get_text()) for text in figure.findobj(Text)) or drawing.name == "reverse_process"
            )
            plt.close(figure)
    assert not labels.missing
