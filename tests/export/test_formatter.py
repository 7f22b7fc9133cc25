"""What al-folio's own checks say of an export of the real pages: its formatter, Prettier, and its hooks' rules."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from showcase.build import main
from tests.export.sites import make

ROOT = Path(__file__).parents[2]
NPM = Path(__file__).with_name("npm")
SETTINGS = {"plugins": [str(NPM / "node_modules/@shopify/prettier-plugin-liquid/dist/index.js")]}
SETTINGS |= {"printWidth": 150, "trailingComma": "es5"}  # al-folio's


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    site = make(tmp_path_factory.mktemp("al-folio"), "v0.16")
    assert main(ROOT, ["export", "--to", str(site), "--set", "video_diffusion:year=2026"]) == 0
    return site


@pytest.fixture(scope="module")
def exported(site) -> list[Path]:
    names = {path.name for path in (ROOT / "_projects").glob("*.md")}
    return [path for path in sorted((site / "_projects").glob("*.md")) if path.name in names]


def test_the_formatter_changes_nothing(site, exported):
    if shutil.which("npm") is None:
        pytest.skip("npm is missing. Install it: apt-get install -y npm")
    if not (NPM / "node_modules").is_dir():
        npm = ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run(npm, cwd=NPM, capture_output=True, timeout=300).returncode:
            pytest.skip("npm's registry cannot be reached, and Prettier is not here")
    (site / ".prettierrc").write_text(json.dumps(SETTINGS), encoding="utf-8")
    files = [*exported, *sorted((site / ".showcase").rglob("*.md")), *sorted((site / ".showcase").glob("*.json"))]
    before = [path.read_bytes() for path in files]
    # As al-folio's workflow does, but for the site's own files; its list of what is ignored names `.min.` files.
    (site / ".prettierignore").write_text("**/*.min.css\n**/*.min.js\n", encoding="utf-8")
    files += sorted(path for path in (site / "assets").rglob("*") if path.suffix in (".js", ".css", ".data", ".json"))
    before += [path.read_bytes() for path in files[len(before) :]]
    prettier = [str(NPM / "node_modules/.bin/prettier"), "--write", "--ignore-unknown", *map(str, files)]
    run = subprocess.run(prettier, cwd=site, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr
    changed = [path.name for path, content in zip(files, before, strict=True) if path.read_bytes() != content]
    assert not changed and len(files) > 8


def test_the_hooks_accept_all_files(site):
    """check-added-large-files, end-of-file-fixer, trailing-whitespace."""
    for path in (path for path in site.rglob("*") if path.is_file()):
        content = path.read_bytes()
        assert len(content) <= 500 * 1024, f"{path.name}: {len(content):,} bytes"
        if path.suffix in (".md", ".json", ".svg"):
            assert content.endswith(b"\n") and not content.endswith(b"\n\n"), path.name
            assert not re.search(rb"[ \t]+$", content, re.MULTILINE), path.name


def test_what_no_page_there_uses_is_not_there(site, exported):
    text = "".join(path.read_text(encoding="utf-8") for path in exported)
    media = [path.relative_to(site).as_posix() for path in (site / "assets").rglob("*") if path.is_file()]
    loaded = "".join(path.read_text(encoding="utf-8") for path in (site / "assets").rglob("*.data"))
    loaded += "".join(path.read_text(encoding="utf-8") for path in (site / "assets/player").glob("*.min.js"))
    assert media and all(path in text or Path(path).name in loaded for path in media)
    assert all((site / path).is_file() for path in set(re.findall(r"assets/(?:img|player)/[\w/.-]+\.\w+", text)))


def test_films_are_films_with_a_still_and_no_gif_is_scaled(exported, site):
    text = "".join(path.read_text(encoding="utf-8") for path in exported)
    assert not re.search(r"path=\"[^\"]*\.(gif|webp)\"", text) and "video.liquid" in text
    assert not list((site / "assets").rglob("*.gif"))
    # WebP, which older al-folio does not know, is read by the players alone.
    assert all(path.name.endswith("_sprite.webp") for path in (site / "assets").rglob("*.webp"))


def test_each_language_leads_to_the_other_and_there_is_a_still_for_links(exported):
    import yaml

    for path in exported:
        text = path.read_text(encoding="utf-8")
        front = yaml.safe_load(text.split("---\n")[1])
        other = "English" if front["lang"] == "zh" else "中文版"
        assert f">{other}</a>" in text and "| relative_url }}" in text
        assert front["og_image"].startswith("https://example.org/home/assets/img/")
        assert (front.get("year") == 2026) == path.name.startswith("video_diffusion")
