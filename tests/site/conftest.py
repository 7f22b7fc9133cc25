"""One build of the site and one browser for all tests here; the checkout is only read.

The site is copied, joined by the specimen pages, and built below a base URL, which is the harder case.
"""

import functools
import os
import shutil
import subprocess
import sys
import threading
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import built
import pytest
import specimen

ROOT = Path(__file__).parents[2]
BASEURL = "/portfolio"
OWNER = """lang: zh
first_name: Ada
last_name: Li
names: {zh: 李雅达}
affiliation: {en: University of Examples, zh: 示例大学}
email: ada@example.org
github_username: ada
scholar_userid: abc123
orcid_id: 0000-0001-2345-6789
repository: https://example.org/code"""


@dataclass(frozen=True)
class Site:
    source: Path
    folder: Path  # the built site
    baseurl: str
    log: str

    @functools.cached_property
    def pages(self) -> dict[str, built.Page]:
        """Address below the base URL → parsed page."""
        found = sorted(self.folder.rglob("*.html"))
        address = {p: "/" + p.relative_to(self.folder).as_posix().removesuffix("index.html") for p in found}
        return {address[p]: built.parse(p.read_text(encoding="utf-8")) for p in found}

    def file(self, link: str) -> Path:
        """The built file that a link from the site's root leads to."""
        path = self.folder / link.split("#")[0].split("?")[0].removeprefix(self.baseurl).lstrip("/")
        return path / "index.html" if path.is_dir() or link.split("#")[0].endswith("/") else path


def build(
    source: Path, folder: Path, settings: str, baseurl: str, env: dict[str, str] | None = None, *options: str
) -> Site:
    """Copy the site to `source`, add the specimen, build it into `folder`, with these options of Jekyll's."""
    if shutil.which("bundle") is None:
        pytest.skip("Jekyll is missing. Install it: apt-get install -y --no-install-recommends jekyll")
    for name in ["_config.yml", "Gemfile", *specimen.SITE_FOLDERS]:
        origin = ROOT / name
        if origin.is_dir():
            shutil.copytree(origin, source / name)
        elif origin.exists():
            source.mkdir(parents=True, exist_ok=True)
            shutil.copy(origin, source / name)
    specimen.write(source)
    weights = Path("experiments/video_diffusion/checkpoints")  # the site publishes them
    (source / weights).mkdir(parents=True)
    for file in (ROOT / weights).glob("*.safetensors"):
        (source / weights / file.name).symlink_to(file)
    kept = ROOT / ".jekyll-cache/assets/webp"  # copies of the pictures, named by digest: not to be made anew
    if kept.is_dir():
        shutil.copytree(kept, source / ".jekyll-cache/assets/webp")
    (source / "_test.yml").write_text(f"{settings}\nbaseurl: {baseurl}\n", encoding="utf-8")
    command = ["bundle", "exec", "jekyll", "build", "--config", "_config.yml,_test.yml", "--destination", str(folder)]
    command += options
    run = subprocess.run(
        command, cwd=source, env={**os.environ, **(env or {})}, capture_output=True, text=True, timeout=600
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return Site(source, folder, baseurl, run.stdout + run.stderr)


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Site:
    """The site as published below a base URL, English first."""
    root = tmp_path_factory.mktemp("site")
    environment = {"PYTHON": sys.executable}
    return build(root / "source", root / ("www" + BASEURL), "url: https://example.org", BASEURL, environment)


@pytest.fixture(scope="session")
def plain_site(tmp_path_factory) -> Site:
    """The site at the root, Chinese first, its owner named, built on a machine whose Node and Python do not work."""
    root = tmp_path_factory.mktemp("plain")
    (root / "bin").mkdir()
    for program in ("node", "python3"):
        broken = root / "bin" / program
        broken.write_text("#!/bin/sh\nexit 1\n")
        broken.chmod(0o755)
    path = f"{root / 'bin'}{os.pathsep}{os.environ['PATH']}"
    return build(
        root / "source",
        root / "www",
        OWNER,
        "",
        {"PATH": path, "PYTHON": str(root / "bin/python3")},
    )


@pytest.fixture(scope="session")
def safe_site(tmp_path_factory) -> Site:
    """Below a base URL and without plugins, as GitHub builds it where it deploys from a branch."""
    root = tmp_path_factory.mktemp("safe")
    return build(root / "source", root / ("www" + BASEURL), "", BASEURL, None, "--safe")


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        pass


def serve(folder: Path):
    """Yield the address of a server for `folder`."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="session")
def address(site) -> str:
    for origin in serve(site.folder.parent):
        yield origin + BASEURL


@pytest.fixture(scope="session")
def safe_address(safe_site) -> str:
    for origin in serve(safe_site.folder.parent):
        yield origin + BASEURL


@pytest.fixture(scope="session")
def plain_address(plain_site) -> str:
    yield from serve(plain_site.folder)


@pytest.fixture
def opened(browser, address):
    """Open the English specimen with the given context options."""
    contexts = []

    def open_page(path=specimen.URLS["en"], **options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(120_000)  # milliseconds: the machine may be busy
        page = contexts[-1].new_page()
        page.goto(address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
