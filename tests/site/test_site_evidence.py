"""What _plugins/evidence.rb puts into pages: links from numbers to what they rest on, and how to make things again."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = {
    "command": "python build_figures.py --only p & <q>",
    "preset": "quick",
    "seeds_told": "0–2",
    "device": "A <b>",
    "threads": 1,
    "duration": "3.0 s",
    "date": "2026-01-02",
    "configuration": ["n = 5"],
}
PROJECT = {
    "numbers": {
        "injection.seams": {"key": "r.a", "run": "r", "text": {"en": "31%", "zh": "31%"}},
        "r.b|.1f|| s": {"key": "r.b", "run": "r", "text": {"en": "5.0\u202fs"}},
    },
    "runs": {
        "r": RUN,
        "old": {"command": "c", "configuration": [], "networks": {"version": "0.1", "commit": "abc1234"}},
    },
    "tables": [{"name": "t", "url": {"en": "/p/"}, "runs": ["r"]}, {"name": "t", "url": {"en": "/q/"}, "runs": []}],
    "figures": [
        {"path": "assets/img/p/a.gif", "runs": ["r"], "commit": "abc", "committed": "2026-01-02"},
        {"path": "assets/img/p/old.png", "runs": ["old"]},
    ],
}
SCRIPT = """
require "json"
module Jekyll; module Hooks; def self.register(*) = nil; end; end
require ARGV[0]
given = JSON.parse($stdin.read)
Site = Struct.new(:data, :config, :baseurl)
Page = Struct.new(:site, :data, :output)
data = {"evidence" => {"projects" => {"p" => given["project"]}}, "evidence_words" => given["words"]}
site = Site.new(data, {"lang" => "en"}, "/base")
page = Page.new(site, {"ref" => "p", "lang" => "en", "permalink" => "/p/"}, given["html"])
Evidence.render(page)
puts page.output
"""


@pytest.fixture
def shown():
    """shown(HTML of a body) → with what the plugin makes of it."""
    if shutil.which("ruby") is None:
        pytest.skip("Ruby is missing. Install it: apt-get install -y ruby")
    yaml = pytest.importorskip("yaml")
    words = yaml.safe_load((ROOT / "_data/evidence_words.yml").read_text(encoding="utf-8"))

    def run(body: str) -> str:
        given = {"project": PROJECT, "words": words, "html": f"<html><head></head><body>{body}</body></html>"}
        command = ["ruby", "-Ku", "-e", SCRIPT, str(ROOT / "_plugins/evidence.rb")]
        done = subprocess.run(command, input=json.dumps(given), capture_output=True, text=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
        return done.stdout.split("<body>")[1].split("</body>")[0]

    return run


def test_a_number_is_a_link_to_what_it_rests_on(shown):
    opening = '<a class="measured" href="/base/made/#number-p-injection-seams" title="r, quick, 2026-01-02">'
    link = opening + "{}</a><!--injection.seams-->"
    assert shown("<p>In 31%<!--injection.seams--> of it.</p>") == f"<p>In {link.format('31%')} of it.</p>"
    # Typed over since the last build, it is a number all the same.
    assert shown("<p>占35%<!--injection.seams-->。</p>") == f"<p>占{link.format('35%')}。</p>"
    assert "5.0\u202fs</a>" in shown("<p>5.0\u202fs<!--r.b|.1f|| s--></p>")


def test_a_record_of_older_networks_says_whose_they_are(shown):
    made = shown('<img src="/base/assets/img/p/old.png"><div class="caption">C</div>')
    assert "It measured the networks of version 0.1, commit <code>abc1234</code>." in made


@pytest.mark.parametrize(
    "html",
    [
        "<p>7<!--no.such--> <!--injection.seams--> about one<!--injection.seams--></p>",
        '<a href="/x">31%<!--injection.seams--></a>',
        "<pre>31%<!--injection.seams--></pre> <code>31%<!--injection.seams--></code>",
        "<p>31%<!--todo--></p><!--table: other-->x<!--end-->",
    ],
)
def test_all_else_is_left_alone(shown, html):
    assert shown(html) == html


def test_figures_and_measured_tables_tell_how_to_make_them_again(shown):
    table = "<!--table: t-->\n<table></table>\n<!--end-->"
    figure = '<img src="/base/assets/img/p/zh/a.png"><div class="caption">C</div>'
    html = shown(f'{table}<img src="/base/assets/img/p/other.png"><div class="caption">B</div>{figure}')
    assert html.count('<details class="reproduce">') == 2 and "B</div>\n<details" not in html
    assert "&lt;q&gt;" in html and "A &lt;b&gt;" in html and "<code>abc</code>, 2026-01-02." in html
    for words in ("run <code>r</code>: seeds 0–2, preset quick", "1 thread, 3.0 s, 2026-01-02", "<code>n = 5</code>"):
        assert words in html


@pytest.mark.jekyll
def test_every_bound_number_of_the_real_pages_leads_somewhere(site):
    evidence = json.loads((site.source / "_data/evidence.json").read_text(encoding="utf-8"))["projects"]
    for path in sorted((site.source / "_projects").glob("*.md")):
        project, text = path.name.split(".")[0], path.read_text(encoding="utf-8")
        names = [
            name for name in re.findall(r"\w<!--([\w.|,\[\] ]+)-->|%<!--([\w.|]+)-->", text) for name in name if name
        ]
        wanted = [name for name in names if name in evidence.get(project, {}).get("numbers", {})]
        address = re.search(r"^permalink: (\S+)", text, re.MULTILINE)
        if not wanted or not address:
            continue
        links = [link for link in site.pages[address[1]].links if "#number-" in link]
        assert len(links) >= len(wanted)
        for link in links:
            page, anchor = link.removeprefix(site.baseurl).split("#")
            assert anchor in site.pages[page].ids, link
