"""Numbers reach a page as measured, and a key that is not there says what is."""

import re

import pytest

from experiments.errors import InputError
from showcase.spans import ATTRIBUTE, MEASURED
from showcase.values import Style, Values


@pytest.fixture
def values(scratch) -> Values:
    return Values.load(scratch.root / "results/tiny/quick").within("tiny.en.md.j2")


def test_a_span_knows_the_number_that_it_holds(values):
    span = values.measured("runs.saving", ".1f", scale=100, unit=" %")
    match = MEASURED.fullmatch(span)
    attributes = dict(ATTRIBUTE.findall(match["attributes"]))
    assert match["text"] == "12.3 %"
    assert values.write(attributes["value"], Style.parse(attributes)) == match["text"]


@pytest.mark.parametrize(
    "style", [Style(".1f"), Style(".0f", 1e-6, " M"), Style(",d"), Style(".2f", 100, ' "%" <', True)]
)
def test_a_style_survives_its_way_through_html(style):
    assert Style.parse(dict(ATTRIBUTE.findall(style.attributes()))) == style


def test_estimates_lists_and_whole_numbers_are_written_as_people_do(values):
    assert values.number("runs.rows.1.score", ".1f") == "2.5"
    assert values.number("runs.count", ",d") == "12,345"
    assert values.number("runs.loss", ".1f") == "−0.5"
    assert values.number("runs.loss", ".0f", scale=1e-6) == "0"
    assert ">12.3 % [10.0, 15.0]<" in values.interval("runs.saving", ".1f", scale=100, unit=" %")
    assert values.names("runs.rows") == ["0", "1"]


def test_a_name_with_a_dot_in_it_is_found(scratch):
    scratch.measure({"width": {"1": {"error": 0.1}, "1.5": {"error": 0.2}, "0.45": 3}})
    values = Values.load(scratch.root / "results/tiny/quick")
    keys = ("runs.width.1.error", "runs.width.1.5.error", "runs.width.0.45")
    assert [values[key] for key in keys] == [0.1, 0.2, 3]


def test_html_in_values_is_escaped(values):
    assert values.number("runs.name") == "a &lt;b&gt; &amp; &quot;c&quot;"
    assert "<b>" not in values.measured("runs.name")


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
        values.number(key)
    assert key in str(error.value) and "tiny.en.md.j2" in str(error.value) and "\n" not in str(error.value)


def test_what_cannot_be_formatted_is_told(values):
    with pytest.raises(InputError, match="does not fit"):
        values.number("runs.name", ".1f")
    with pytest.raises(InputError, match="no interval"):
        values.interval("runs.loss", ".1f")


def test_no_results_name_the_command_that_makes_them(tmp_path):
    with pytest.raises(InputError, match=r"python build_figures.py --only tiny --preset paper"):
        Values.load(tmp_path / "tiny/paper")


def test_an_edited_result_is_noticed(scratch):
    path = scratch.root / "results/tiny/quick/runs.json"
    path.write_text(path.read_text(encoding="utf-8").replace("0.123", "0.999"), encoding="utf-8")
    with pytest.raises(InputError, match="digest mismatch"):
        Values.load(path.parent)
