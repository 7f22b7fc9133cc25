"""The players in an al-folio site: they run there, bring all they need, and stay away where scripts may not run."""

import functools
import re
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from showcase.build import main
from tests.export.sites import LAYOUT, make

ROOT = Path(__file__).parents[2]
PLAYER = Path("assets/player")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    site = make(tmp_path_factory.mktemp("al-folio"), "v0.16")
    assert main(ROOT, ["export", "--to", str(site)]) == 0
    return site


def test_all_that_a_script_loads_is_there(site):
    for path in (site / PLAYER).glob("*.js"):
        for name in re.findall(r"[\"']\./([\w.-]+)[\"']", path.read_text(encoding="utf-8")):
            assert (site / PLAYER / name).is_file(), f"{path.name}: {name}"
    data = list((site / "assets").rglob("*.data"))
    assert len(data) == 2
    for path in data:
        for name in re.findall(r"[\w-]+\.webp", path.read_text(encoding="utf-8")):
            assert (path.parent / name).is_file(), name


# What Bootstrap 4 and MDB, which al-folio before v1 loads, give looks of their own wherever it stands.
TAKEN = re.compile(
    "accordion|alert|animated|badge|blockquote|border|breadcrumb|btn|card|carousel|close|col|container|disabled|"
    "dropdown|fade|figure|hoverable|initialism|invisible|jumbotron|lead|mark|media|modal|nav|navbar|note|pagination|"
    "popover|progress|rounded|row|shadow|small|table|toast|tooltip|view|visible"
)
CLASS = re.compile(r"""class: [`"]([^`"]+)|classList\.\w+\("([^"]+)""")


def test_no_class_of_the_players_has_looks_there_already(site):
    scripts = "".join(path.read_text(encoding="utf-8") for path in (site / PLAYER).glob("*.js"))
    given = {name for found in CLASS.findall(scripts) for name in "".join(found).split()}
    assert "remark" in given and not [name for name in given if TAKEN.fullmatch(name)]


POLICIES = {
    "script-src 'none'; connect-src 'self'": False,
    "default-src https:": False,
    "script-src 'self' https:; connect-src https://api.example.org": False,
    "default-src 'self'; script-src 'self' 'unsafe-inline' https:; connect-src 'self' https:": True,  # v1's own
    "img-src https:": True,
}


PAGE = """---
title: Walks
lang: en
ref: walks
permalink: /projects/walks/
category: work
---

<div class="player" data-player="/assets/img/walks/player.json">
{% include video.liquid path="assets/img/walks/walk.mp4" alt="A walk" %}
</div>

<div class="live" data-live></div>
"""


@pytest.fixture
def small(tmp_path) -> Path:
    """A showcase of one page with both pieces."""
    root = tmp_path / "showcase"
    for name in ("theme/play", "theme/_styles"):
        shutil.copytree(ROOT / name, root / name)
    for name, content in (
        ("_projects/walks.en.md", PAGE),
        ("assets/img/walks/player.json", '{"sprite": "w_sprite.webp"}'),
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    for name in ("walk.mp4", "w_sprite.webp"):
        (root / "assets/img/walks" / name).write_bytes(b"moving pictures")
    (root / "_data").mkdir()
    shutil.copy(ROOT / "_data/strings.yml", root / "_data")
    return root


@pytest.mark.parametrize("policy", POLICIES)
def test_where_scripts_may_not_run_films_stand_alone_and_it_is_told(small, tmp_path, capsys, policy):
    head = f'<meta\n  http-equiv="Content-Security-Policy"\n  content="{policy}"\n>'
    site = make(tmp_path / "site", "v0.16", **{"_includes/head.liquid": head})
    assert main(small, ["export", "--to", str(site)]) == 0
    text = (site / "_projects/walks.en.md").read_text(encoding="utf-8")
    told = "Not seen: _includes/head.liquid: its Content-Security-Policy" in capsys.readouterr().out
    for there in ((site / PLAYER).is_dir(), "data-player" in text, "data-live" in text, "<script" in text, not told):
        assert there is POLICIES[policy]
    assert (site / "assets/img/walks/w_sprite.webp").is_file() is POLICIES[policy]
    assert "video.liquid" in text and (site / "assets/img/walks/walk.mp4").is_file()


def test_who_deletes_them_there_is_left_without(small, tmp_path, capsys):
    site = make(tmp_path / "site", "v0.16")
    main(small, ["export", "--to", str(site)])
    shutil.rmtree(site / PLAYER)
    assert main(small, ["export", "--to", str(site)]) == 0 and not (site / PLAYER).exists()


@pytest.mark.jekyll
@pytest.mark.browser
def test_they_play_in_a_built_site_in_both_languages(site, browser, tmp_path):
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing: make setup")
    (site / "_layouts/page.liquid").write_text(LAYOUT.replace("{{ content }}", "<article>{{ content }}</article>"))
    build = ["bundle", "exec", "jekyll", "build", "--quiet", "--destination", str(tmp_path / "home")]
    done = subprocess.run(build, cwd=site, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    quiet = type("Quiet", (SimpleHTTPRequestHandler,), {"log_message": lambda *_: None})
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(quiet, directory=str(tmp_path)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    home = f"http://127.0.0.1:{server.server_port}/home/projects"
    page = browser.new_page(viewport={"width": 390, "height": 800})
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    for address, lang, pieces in (
        ("video_diffusion", "en", 1),
        ("zh/video_diffusion", "zh-Hans", 1),
        ("pzodmc", "en", 2),
    ):
        page.goto(f"{home}/{address}/", wait_until="domcontentloaded")
        for piece in page.query_selector_all("[data-player], [data-particles], [data-live]"):
            piece.scroll_into_view_if_needed()
            page.wait_for_timeout(1500)
        page.wait_for_selector(".ready canvas", timeout=30_000)
        page.wait_for_function(f"document.querySelectorAll(':is(.ready, [data-live]):has(canvas)').length === {pieces}")
        assert page.evaluate("document.documentElement.lang") == lang
        assert page.query_selector("[data-piece], .failed") is None
    assert not wrong
    page.close()
    server.shutdown()
