"""The walk in the browser: started by a click, led by keys, and honest about what it needs and why it
cannot run."""

import contextlib
import hashlib
import time

import imageio_ffmpeg
import pytest
from conftest import ROOT
from playwright.sync_api import Error, expect

PAGE = "/projects/video_diffusion/"
PIECE = "[data-piece=walk]"
DESKTOP = {"width": 1280, "height": 900}
pytestmark = [
    pytest.mark.jekyll,
    pytest.mark.browser,
    pytest.mark.skipif(not (ROOT / "theme/runtime/setup.txt").exists(), reason="python3 install runtime"),
]
LOADED = (".onnx", ".safetensors", ".wasm", "walk.json", "walk/worker.mjs")
PIXELS = "canvas => [...canvas.getContext('2d').getImageData(0, 0, 64, 64).data]"


@pytest.fixture
def walk(opened):
    """The story's page with the piece in view; `walk(start=False)` leaves it unstarted. `page.told` are its errors."""

    def open_walk(path=PAGE, start=True, before=None, **options):
        page = opened("/", **({"viewport": DESKTOP} | options))
        page.told, page.asked = [], []
        page.on("console", lambda message: page.told.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: page.told.append(str(error)))
        page.on("request", lambda request: page.asked.append(request.url))
        if before:
            before(page)
        page.goto(page.url.removesuffix("/") + path)
        page.locator(PIECE).scroll_into_view_if_needed()
        page.locator("[data-start]").wait_for()
        if start:
            page.locator("[data-start]").click()
        return page

    return open_walk


def told(page, name: str) -> float:
    return float(page.locator(PIECE).get_attribute(f"data-{name}") or 0)


def drawn(page, more_than: float, seconds: float = 120) -> float:
    """Wait until more frames than this are drawn; how many there are. The page's policy forbids `wait_for_function`."""
    end = time.time() + seconds
    while told(page, "frames") <= more_than:
        error = page.locator(PIECE).get_attribute("data-error")
        assert not error, error
        assert time.time() < end, f"{told(page, 'frames')} frames in {seconds} s; errors: {page.told}"
        page.wait_for_timeout(100)
    return told(page, "frames")


def test_nothing_is_loaded_before_the_click_and_then_it_walks_by_itself(walk):
    page = walk(start=False)
    page.wait_for_timeout(1000)
    assert not [url for url in page.asked if any(part in url for part in LOADED)]
    assert page.locator(f"{PIECE} video").is_visible()
    page.locator("[data-start]").click()
    drawn(page, 24)
    assert page.locator(f"{PIECE} canvas").first.is_visible() and not page.locator(f"{PIECE} video").is_visible()
    assert told(page, "fps") > 0 and told(page, "first") > 0
    assert len(set(page.locator(f"{PIECE} canvas").first.evaluate(PIXELS))) > 20, "a picture is on the canvas"
    assert page.told == [], "no error, no violation of the policy"


def test_the_policy_admits_web_assembly_on_this_page_alone(site):
    for address, page in site.pages.items():
        policies = page.all("meta", http_equiv="Content-Security-Policy")
        loosened = any("wasm-unsafe-eval" in found["content"] for found in policies)
        assert loosened == ('data-piece="walk"' in page.html), address
        assert not any("'unsafe-eval'" in found["content"] for found in policies)


def test_keys_lead_pads_lead_and_switches_say_what_they_do(walk):
    page = walk()
    frames = drawn(page, 9)
    stage = page.locator(".walk-stage")
    stage.focus()
    page.keyboard.down("ArrowUp")
    frames = drawn(page, frames + 10)
    page.keyboard.up("ArrowUp")
    pilot, forget, cut = (page.locator(f"[data-{name}]") for name in ("pilot", "forget", "cut"))
    expect(pilot).to_have_attribute("aria-pressed", "false")
    pad = page.get_by_role("button", name="Turn left")
    pad.dispatch_event("pointerdown", {"pointerId": 1})
    pad.dispatch_event("pointerup", {"pointerId": 1})
    frames = drawn(page, frames)
    forget.click()
    expect(forget).to_have_attribute("aria-pressed", "true")
    assert page.get_by_role("combobox", name="Method").input_value() == "frames"
    cut.click()
    expect(cut).to_have_attribute("aria-pressed", "true")
    pilot.click()
    drawn(page, frames + 12)
    assert page.told == []


@pytest.mark.slow
def test_nothing_is_drawn_while_nothing_is_asked(walk):
    page = walk()
    frames = drawn(page, 9)
    page.locator("[data-pilot]").click()
    for _ in range(12):  # the walker comes to rest within a few clips, each of which takes less than this
        page.wait_for_timeout(6000)
        frames, before = told(page, "frames"), frames
        if frames == before:
            return
    pytest.fail(f"{frames} frames, and no end")


@pytest.mark.slow
def test_a_link_leads_the_same_walk_again(walk):
    pictures = []
    for _ in range(2):
        page = walk(f"{PAGE}#walk=42.h6i4", reduced_motion="reduce")
        drawn(page, 9)
        page.wait_for_timeout(1000)
        assert told(page, "frames") == 10, "with less motion the first clip stands until a key asks for more"
        pictures.append(page.locator(f"{PIECE} canvas").first.evaluate(PIXELS))
    assert pictures[0] == pictures[1]
    page.locator(".walk-stage").focus()
    page.keyboard.press("ArrowUp")
    assert drawn(page, 10) == 15
    page.get_by_role("button", name="Copy link").click()
    assert page.evaluate("location.href").endswith("#walk=42.h6i4h5")


@pytest.mark.slow
def test_a_finger_leads(walk):
    page = walk(has_touch=True)
    frames = drawn(page, 9)
    pad = page.get_by_role("button", name="Back")
    pad.scroll_into_view_if_needed()
    at = pad.bounding_box()
    touch = page.context.new_cdp_session(page)
    place = {"x": at["x"] + at["width"] / 2, "y": at["y"] + at["height"] / 2}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [place]})
    drawn(page, frames + 14)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[data-pilot]")).to_have_attribute("aria-pressed", "false")
    page.get_by_role("button", name="Copy link").click()
    assert "b" in page.evaluate("location.hash").split(".")[1], "frames that were asked to go back"
    assert page.told == []


def frames_of(file) -> int:
    """Frames of a film, decoded one by one, none repeated to fill the time."""
    reader = imageio_ffmpeg.read_frames(str(file), output_params=["-fps_mode", "passthrough"])
    next(reader)  # what the file says of itself
    return sum(1 for _ in reader)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "begins"), [("GIF", b"GIF89a"), ("MP4", b"ftyp")])
def test_a_walk_can_be_kept_with_all_its_frames(walk, name, begins):
    page = walk(f"{PAGE}#walk=42.h6i4", reduced_motion="reduce")
    drawn(page, 9)
    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    file = download.value.path()
    assert begins in file.read_bytes()[:12]
    assert frames_of(file) == 10
    assert page.told == []


def cut_short(page):
    page.route("**/depth.safetensors*", lambda route: route.fulfill(body=b"half"))


def of_another_version(page):
    def other(route):
        body = bytearray(route.fetch().body())
        body[-1] ^= 1
        route.fulfill(body=bytes(body))

    page.route("**/depth.safetensors*", other)


def not_there(name: str):
    return lambda page: page.route(f"**/{name}*", lambda route: route.fulfill(status=404))


def without_wasm(page):
    page.add_init_script("delete globalThis.WebAssembly")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (not_there("walk.json"), "model is not on this site"),
        (not_there("denoiser.onnx"), "model is not on this site"),
        (cut_short, "did not arrive whole"),
        (of_another_version, "different versions"),
        (not_there("ort.wasm.min.mjs"), "runtime is not on this site"),
        (without_wasm, "neither WebGPU nor WebAssembly"),
        (not_there("worker.mjs"), "has stopped"),
    ],
    ids=["list", "graph", "truncated", "version", "runtime", "wasm", "worker"],
)
def test_what_cannot_run_says_so_in_one_sentence_and_the_film_stays(walk, fault, words):
    page = walk(before=fault)
    expect(page.locator(".walk-told")).to_contain_text(words)
    assert words in page.locator(PIECE).get_attribute("data-error")
    assert page.locator(f"{PIECE} video").is_visible() and page.locator("[data-start]").is_enabled()
    with contextlib.suppress(Error):
        page.unroute_all()
    if fault is not without_wasm:
        page.locator("[data-start]").click()
        drawn(page, 4)


@pytest.mark.slow
def test_a_worker_that_dies_is_missed_and_a_click_begins_again(walk):
    page = walk(before=lambda page: page.clock.install())
    drawn(page, 9)
    page.workers[0].evaluate("close()")
    for _ in range(20):  # the frames that are there are shown first
        page.wait_for_timeout(500)
        page.clock.fast_forward(61_000)
        if page.locator(PIECE).get_attribute("data-error"):
            break
    expect(page.locator(".walk-told")).to_contain_text("has stopped")
    page.locator("[data-start]").click()
    drawn(page, 4)


def test_axe_finds_nothing_while_it_walks(walk):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    page = walk("/projects/zh/video_diffusion/")
    drawn(page, 4)
    found = axe.run(page, context=PIECE, options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
    assert "帧" in page.locator(".walk-told").inner_text()


def test_the_site_publishes_the_very_weights_that_are_shipped(site):
    weights = ROOT / "experiments/video_diffusion/checkpoints"
    for name in ("autoencoder", "denoiser", "depth"):
        published = (site.folder / f"assets/walk/{name}.safetensors").read_bytes()
        assert (
            hashlib.sha256(published).digest()
            == hashlib.sha256((weights / f"{name}.safetensors").read_bytes()).digest()
        )


@pytest.mark.slow
def test_two_hundred_frames_without_an_error(walk):
    page = walk()
    drawn(page, 200, seconds=400)
    assert page.told == []


@pytest.mark.slow
def test_a_second_visit_needs_no_network(walk):
    page = walk()
    drawn(page, 4)
    kept = "caches.open('walk').then(cache => cache.keys())"
    count = f"{kept}.then(all => all.filter(one => one.url.includes('.wasm')).length)"
    for _ in range(60):
        page.wait_for_timeout(500)
        if page.evaluate(count):
            break
    page.wait_for_timeout(2000)
    page.context.set_offline(True)
    page.reload()
    page.locator("[data-start]").click()
    drawn(page, 9)
