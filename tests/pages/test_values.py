"""Numbers reach a page as measured, and a key that is not there says what is."""

import re

import pytest

from experiments.errors import InputError
from showcase.marks import NUMBER
from showcase.values import Style, Values


@pytest.fixture
def values(scratch) -> Values:
    return Values.load(scratch.root / "results/tiny/quick").within("tiny.en.md.j2")


def number(values: Values, key: str, spec: str = "", scale: float = 1, unit: str = "") -> str:
    return values.write(key, Style(spec, scale, unit))


def test_a_binding_in_full_knows_the_number_that_it_stands_behind(values):
    style = Style(".1f", 100, " %")
    mark = f"<!--{style.bound('runs.saving')}-->"
    assert values.write(*Style.unbound(NUMBER.fullmatch(mark)["name"])) == "12.3%"


def test_a_unit_keeps_to_its_number(values):
    assert number(values, "runs.count", ",d", unit=" MiB") == "12,345\u202fMiB"
    assert number(values, "runs.saving", ".0f", scale=100, unit=" %") == "12%"


@pytest.mark.parametrize(
    "style", [Style(".1f"), Style(".0f", 1e-6, " M"), Style(",d"), Style("[.2f]", 100, ' "%" <|--')]
)
def test_a_style_survives_its_way_through_a_comment(style):
    mark = NUMBER.fullmatch(f"<!--{style.bound('a.b')}-->")
    assert Style.unbound(mark["name"]) == ("a.b", style)


def test_estimates_lists_and_whole_numbers_are_written_as_people_do(values):
    assert number(values, "runs.rows.1.score", ".1f") == "2.5"
    assert number(values, "runs.count", ",d") == "12,345"
    assert number(values, "runs.loss", ".1f") == "−0.5"
    assert number(values, "runs.loss", ".0f", scale=1e-6) == "0"
    assert number(values, "runs.saving", "[.1f]", scale=100, unit=" %") == "12.3% [10.0, 15.0]"
    assert values.names("runs.rows") == ["0", "1"]


def test_a_name_with_a_dot_in_it_is_found(scratch):
    scratch.measure({"width": {"1": {"error": 0.1}, "1.5": {"error": 0.2}, "0.45": 3}})
    values = Values.load(scratch.root / "results/tiny/quick")
    keys = ("runs.width.1.error", "runs.width.1.5.error", "runs.width.0.45")
    assert [values[key] for key in keys] == [0.1, 0.2, 3]


def test_html_in_values_is_escaped(values):
    assert number(values, "runs.name") == "a &lt;b&gt; &amp; &quot;c&quot;"


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("runs.savin", "nearest: runs.saving"),
        ("runs.rows.7.score", "runs.rows.1.score"),
        ("run.saving", "runs.saving"),
        ("runs.missing", "could not measure"),
        ("runs.rows", "not a number but a list"),
    ],
)
def test_a_wrong_key_names_itself_its_template_and_what_is_there(values, key, told):
    with pytest.raises(InputError, match=re.escape(told)) as error:
        number(values, key)
    assert key in str(error.value) and "tiny.en.md.j2" in str(error.value) and "\n" not in str(error.value)


def test_what_cannot_be_formatted_is_told(values):
    with pytest.raises(InputError, match="does not fit"):
        number(values, "runs.name", ".1f")
    with pytest.raises(InputError, match="no interval"):
        number(values, "runs.loss", "[.1f]")


def test_no_results_name_the_command_that_makes_them(tmp_path):
    with pytest.raises(InputError, match=r"python build_figures.py --only tiny --preset paper"):
        Values.load(tmp_path / "tiny/paper")


def test_an_edited_result_is_noticed(scratch):
    path = scratch.root / "results/tiny/quick/runs.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.123", "0.999"), encoding="utf-8")
    with pytest.raises(InputError, match="digest mismatch"):
        Values.load(path.parent)
