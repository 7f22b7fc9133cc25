"""Small things are said as the page's language says them."""

import pytest

from showcase.prose import duration


@pytest.mark.parametrize(
    ("seconds", "english", "chinese"),
    [(12.34, "12.3 s", "12.3 秒"), (245, "4 min 5 s", "4 分 5 秒"), (7380, "2 h 3 min", "2 小时 3 分")],
)
def test_a_duration_in_both_languages(seconds, english, chinese):
    assert duration(seconds) == english
    assert duration(seconds, lang="zh") == chinese
