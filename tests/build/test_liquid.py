"""What Jekyll stops at is told with its place, and nothing else is: Jekyll itself is asked."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from showcase import links, liquid

FIGURE = '{% include figure.liquid path="assets/a.png" alt="A picture that shows something." %}'
RENDERS = [
    "plain words, 5 % and a { brace }",
    FIGURE,
    FIGURE.replace(" alt", "\n  alt"),
    "{% include figure.liquid path='a.png' width=200 zoomable=true %}",
    "{% raw %}{{ x }} {% nonsense %}{% endraw %}",
    "{% if page.x %}a{% elsif page.y %}b{% else %}c{% endif %}",
    "{% for p in site.projects %}{{ p.title }}{% else %}none{% endfor %}",
    "{% assign a = 'b' | upcase %}{{ a }} {{ '/x' | relative_url }}",
    "{% capture c %}words{% endcapture %}{{ c }}",
    "{% case page.x %}{% when 1 %}one{% else %}other{% endcase %}",
    "{%- unless page.x -%}a{%- endunless -%}",
    "{% highlight python %}x = 1{% endhighlight %}",
    "$$\\frac{a}{b}$$ and `code`",
]
STOPS = [
    "a formula $$x^{{2}$$ half open {{",
    "words {% and more words",
    "\\frac{{a}b}",
    "{% nonsense %}",
    "{% endif %}",
    "{% if page.x %}never closed",
    "{% for p of site.projects %}{% endfor %}",
    "{% assign x %}",
    "{% else %}",
    "{% raw %} never closed",
    "{% include %}",
    "{% include missing.liquid %}",
    FIGURE.replace('"', "“", 1),
    FIGURE.replace('="assets/a.png"', "=“assets/a.png”"),
    FIGURE.replace("path=", "path: "),
    "{% if page.x %}{% for a in b %}{% endif %}{% endfor %}",
    "{% if %}a{% endif %}",
    "`{% codes too %}`",
]


@pytest.fixture
def root(tmp_path):
    (tmp_path / "_includes").mkdir()
    (tmp_path / "_includes/figure.liquid").write_text("<img>")
    return tmp_path


def test_what_stops_jekyll_is_found_and_nothing_else(root):
    for text in RENDERS:
        assert [*liquid.faults(text, root)] == [], text
    for text in STOPS:
        assert any("Jekyll stops here" in fault.words for fault in liquid.faults(text, root)), text


@pytest.mark.jekyll
def test_jekyll_agrees(root):
    if shutil.which("jekyll") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    command = ["ruby", str(Path(__file__).with_name("liquid_verdicts.rb")), str(root)]
    run = subprocess.run(command, input=json.dumps(RENDERS + STOPS), capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    verdicts = json.loads(run.stdout)
    said = {text: verdict for text, verdict in zip(RENDERS + STOPS, verdicts, strict=True)}
    assert said == dict.fromkeys(RENDERS, True) | dict.fromkeys(STOPS, False)


def test_words_that_would_vanish_are_named(root):
    (fault,) = liquid.faults("Here $$\\frac{{a}}{b}$$ lost its numerator.", root)
    assert "{{a}} is read as Liquid and vanishes" in fault.words and fault.cure is None


def test_typographic_quotes_are_mended(root):
    page = "---\nlayout: page\n---\n\nA sentence.\n" + FIGURE.replace('"', "“", 1).replace('" alt', "” alt") + "\n"
    (fault,) = links.faults(page, root)
    assert page.count("\n", 0, fault.start) == 5 and fault.cure == FIGURE
    mended = page[: fault.start] + fault.cure + page[fault.end :]
    assert all("does not exist" in left.words for left in links.faults(mended, root))


@pytest.mark.parametrize(
    "form", ["![A photo of it](<../assets/img/My Photo 1.png>)", '<img src="/assets/img/My Photo 1.png" alt="A">']
)
def test_a_picture_with_blanks_in_its_name_gets_another(root, form):
    from showcase import inspection

    (root / "assets/img").mkdir(parents=True)
    (root / "assets/img/My Photo 1.png").write_bytes(b"a picture")
    (root / "_projects").mkdir()
    page = root / "_projects/x.md"
    page.write_text(f"---\nlayout: page\n---\n{form}\n")
    assert "has blanks in its name" in str(inspection.inspect(root)[0])
    inspection.fix(root)
    assert "/assets/img/My-Photo-1.png" in page.read_text() and "<../" not in page.read_text()
    assert [path.name for path in (root / "assets/img").iterdir()] == ["My-Photo-1.png"]
    assert inspection.inspect(root) == []


@pytest.mark.parametrize("words", ["alt text", "Image", "替代文字", " "])
def test_the_editor_s_stand_in_is_no_description(root, words):
    (root / "assets").mkdir()
    (root / "assets/a.png").write_bytes(b"a picture")
    (fault,) = links.faults(f"---\nlayout: page\n---\n![{words}](/assets/a.png)\n", root)
    assert "without a description" in fault.words
