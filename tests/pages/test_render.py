"""A page is a pure function of templates and results; what is wrong with either is one line that names its place."""

import re
from html import unescape

import pytest
import yaml

from experiments.errors import InputError
from showcase import render as rendering
from showcase.claims import Claim
from showcase.marks import plain

USE = '[% import "macros.md.j2" as m %]\n'
PAGE = """[% extends "skeleton.md.j2" %]
[% import "macros.md.j2" as m %]
[% block title %]A "quoted" title: [[ number("runs.saving", ".1f") ]][% endblock %]
[% block description %]One \\ two[% endblock %]
[% block img %]curve.png[% endblock %]
[% block teaser %]Teaser.[% endblock %]
[% block status %]S[% endblock %][% block motivation %]M[% endblock %][% block achievements %]A[% endblock %]
[% block challenges %]C[% endblock %][% block reflections %]R[% endblock %]
"""


def test_both_languages_have_the_five_sections_under_the_same_ids_and_front_matter_that_is_yaml(scratch):
    ids = ["status", "motivation", "achievements", "challenges", "reflections"]
    for lang in ("en", "zh"):
        text = scratch.render(PAGE, lang)
        front = yaml.safe_load(text.split("---\n")[1])
        assert re.findall(r"^## .+ \{#(\w+)\}$", text, re.MULTILINE) == ids
        assert front["title"] == 'A "quoted" title: 0.1' and front["description"] == "One \\ two"
        assert front["ref"] == "tiny" and front["lang"] == lang and front["img"] == "assets/img/tiny/curve.png"
    assert front["permalink"] == "/projects/zh/tiny/" and front["category"] == "work-zh"
    assert '<div lang="zh-Hans" markdown="1">' in text and text.rstrip().endswith("</div>")


def test_rendering_twice_gives_the_same_bytes_and_writes_nothing(scratch):
    before = sorted(path for path in scratch.root.rglob("*"))
    first = scratch.render(PAGE)
    assert scratch.render(PAGE) == first
    assert sorted(path for path in scratch.root.rglob("*") if "tiny.en.md" not in path.name) == before


FIGURE = """[% call m.figure("{name}", parts=["{part}"], title="{title}", alt="{alt}", suffix={suffix}) %]
A caption by [[ measured("runs.loss", ".1f") ]].
[% endcall %]"""
GOOD = {
    "name": "curve",
    "part": "runs",
    "title": "Curve",
    "alt": "A curve that falls from left to right, steadily.",
    "suffix": '".png"',
}


def figure(**changes: str) -> str:
    return USE + FIGURE.format(**GOOD | changes)


def test_a_figure_brings_its_caption_and_nothing_that_the_site_knows_by_itself(scratch):
    text = scratch.render(figure())
    assert 'path="assets/img/tiny/curve.png"' in text and 'class="img-fluid rounded z-depth-1"' in text
    assert '<div class="caption">\n    A caption by <!--number-->−0.5<!--runs.loss|.1f-->.\n</div>' in text
    assert "build_figures.py" not in text and "<details" not in text
    assert plain(text).count("−0.5<!--runs.loss|.1f-->") == 1 and "<!--number-->" not in plain(text)


def test_a_moving_figure_is_not_scaled(scratch):
    text = scratch.render(figure(name="film", suffix='".gif"'))
    assert 'path="assets/img/tiny/film.gif"' in text and "avoid_scaling=true" in text


def test_a_film_has_its_poster(scratch):
    call = (
        '[% call m.video("film", parts=["runs"], title="T", alt="A film of points that move about.") %]C[% endcall %]'
    )
    text = scratch.render(USE + call)
    assert 'path="assets/img/tiny/film.mp4" poster="assets/img/tiny/film.png"' in text


def test_neither_quotes_nor_braces_nor_line_breaks_get_out_of_an_attribute(scratch):
    (tag,) = re.findall(
        r"\{%.*?%\}", scratch.render(figure(alt="It says 'x' %} {{ y }}\\n \\\"quoted\\\" < & more")), re.DOTALL
    )
    assert re.fullmatch(r'\{% include figure\.liquid( \w+=("[^"{}<>]*"|true))+ %\}', tag)
    assert "&quot;quoted&quot; &lt; &amp; more" in tag


def test_tables_are_markdown_tables_between_marks_that_have_their_name(scratch):
    call = '[[ m.table("mine", ["a", "b"], [["x", measured("runs.loss", ".1f")], ["y", "–"]]) ]]\n\nAfter.'
    text = plain(scratch.render(USE + call))
    assert "<!--table: mine-->\n\n| a | b |\n|:---|---:|\n| x | −0.5 |\n| y | – |\n\n<!--end-->" in text
    assert text.strip().endswith("After.")


def test_a_number_has_the_name_format_and_unit_that_the_file_of_names_gives_it(scratch):
    scratch.names('runs.saved: {key: runs.saving, format: .1f, scale: 100, unit: "%", zh: {format: .0f}}\n')
    by_key = "[[ measured('runs.saving', {'en': '.1f', 'zh': '.0f'}[lang], scale=100, unit=' %') ]]"
    for lang, text in (("en", "12.3%"), ("zh", "12%")):
        assert plain(scratch.render(by_key, lang)) == f"{text}<!--runs.saved-->"
        assert plain(scratch.render("[[ measured('runs.saved') ]]", lang)) == f"{text}<!--runs.saved-->"
        assert scratch.render("[[ number('runs.saved') ]]", lang) == text
    with pytest.raises(InputError, match=r"'runs.saving' has the unit '%' in showcase/values/tiny.yaml, not 's'"):
        scratch.render("[[ measured('runs.saving', '.1f', scale=100, unit=' s') ]]")


def test_what_a_result_says_in_words_is_text_for_liquid_html_and_markdown(scratch):
    scratch.measure({"name": "{{ site.title }} {% raw %} <b> *a* | [b] $x$"})
    text = scratch.render("[[ measured('runs.name') ]]")
    assert not re.search(r"[{}<>*|\[\]$]", text.replace("<!--number-->", "").replace("<!--runs.name|-->", ""))
    assert unescape(text).count("{{ site.title }} {% raw %} <b> *a* | [b] $x$") == 1


@pytest.mark.parametrize(
    ("template", "told"),
    [
        (figure(name="nowhere"), "assets/img/tiny/nowhere.png does not exist; `python build_figures.py --only tiny`"),
        (figure(alt="curve"), "too short to describe"),
        (figure(part="walks"), "no result 'walks' in tiny/quick (known: runs)"),
        ("[[ measured('runs.los', '.1f') ]]", "nearest: runs.loss"),
        ("[[ claim('faster') ]]", "no claim 'faster'"),
        ("line one\n[[ nonsense ]]", "tiny.en.md.j2:2: 'nonsense' is undefined"),
        ("one\ntwo\n[% if %]", "tiny.en.md.j2:3"),
        ('[% include "gone.j2" %]', "showcase/templates/gone.j2: missing template; `git checkout"),
        ("[[ earlier('nothing') ]]", "value 'nothing' of showcase/earlier.yaml: no such value"),
    ],
)
def test_a_mistake_is_one_line_that_names_its_place(scratch, template, told):
    with pytest.raises(InputError, match=re.escape(told)) as error:
        scratch.render(template)
    assert "\n" not in str(error.value)


def claim_with(monkeypatch, verdict: str) -> None:
    words = {"holds": "It is, by [[ measured('runs.loss', '.1f') ]].", "fails": "It is not.", "undecided": "Open."}
    made = Claim("faster", {"en": "Is it?"}, lambda values: verdict, {"en": words})
    monkeypatch.setattr(rendering, "claims_of", lambda project: {"faster": made})


@pytest.mark.parametrize("verdict", ["holds", "fails", "undecided"])
def test_a_claim_is_worded_by_its_verdict(scratch, monkeypatch, verdict):
    claim_with(monkeypatch, verdict)
    text = scratch.render("[[ claim('faster') ]] [[ verdict('faster') ]]")
    assert f"<!--claim: faster, {verdict}-->" in text and f"<!--claim: faster:verdict, {verdict}-->" in text
    assert ("It is, by" in text) == (verdict == "holds") and ("It is not" in text) == (verdict == "fails")


def test_a_judge_that_gives_no_verdict_is_told(scratch, monkeypatch):
    claim_with(monkeypatch, "maybe")
    with pytest.raises(InputError, match="judge answers 'maybe'"):
        scratch.render("[[ claim('faster') ]]")
    claim_with(monkeypatch, "holds")
    with pytest.raises(InputError, match="no wording in 'zh'"):
        scratch.render("[[ claim('faster') ]]", "zh")


def test_prose_is_a_line_a_paragraph_and_chinese_gets_no_blanks():
    text = "one\ntwo $$x$$\nthree\n\n- a\n  b\n- c\n\n| x |\n|---|\n\n$$ a\nb $$\n\n中文\n接着 5\n个。\n第二"
    assert rendering.flow(text) == (
        "one two $$x$$ three\n\n- a b\n- c\n\n| x |\n|---|\n\n$$ a\nb $$\n\n中文接着 5 个。第二"
    )
