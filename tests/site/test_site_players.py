"""The players: one clock for all methods, keys, marks, less motion, and what stands there without them."""

import pytest
import specimen
from playwright.sync_api import expect

pytestmark = [pytest.mark.jekyll, pytest.mark.browser]
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}
FOLDER = f"assets/img/{specimen.REF}"
# Is the canvas exactly this frame of the sheet?
SHOWS = """async ([canvas, address, frame]) => { const sheet = new Image(); sheet.src = address; await sheet.decode();
    const copy = document.createElement('canvas'); copy.width = copy.height = 32; const pen = copy.getContext('2d');
    pen.drawImage(sheet, 32 * (frame % 4), 32 * Math.floor(frame / 4), 32, 32, 0, 0, 32, 32);
    return canvas.toDataURL() === copy.toDataURL() }"""


@pytest.fixture
def player(opened):
    """The page, its video player in view and ready."""

    def open_player(**options):
        page = opened(**({"viewport": DESKTOP} | options))
        page.locator("[data-player]").scroll_into_view_if_needed()
        box = page.locator("[data-player].ready")
        box.wait_for()
        box.scroll_into_view_if_needed()
        return page, box

    return open_player


def frame(box) -> int:
    return int(box.locator("input[type=range]").input_value())


def moved(page, box, beyond: int):
    page.wait_for_function("([r, k]) => r.value > k", arg=[box.locator("input[type=range]").element_handle(), beyond])


def test_all_videos_show_the_frame_of_one_clock(player, address):
    page, box = player(reduced_motion="reduce")
    box.locator("input[type=range]").focus()
    for key, wanted in (("Home", 0), ("ArrowRight", 1), ("End", 11), ("ArrowLeft", 10)):
        page.keyboard.press(key)
        assert frame(box) == wanted
        for name in ("walk", "back"):
            canvas = box.get_by_role("img", name=name).element_handle()
            assert page.evaluate(SHOWS, [canvas, f"{address}/{FOLDER}/{name}.webp", wanted])


def test_space_plays_and_arrows_step(player):
    page, box = player(reduced_motion="reduce")
    box.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Space")
    moved(page, box, 1)
    page.keyboard.press("Space")
    still = frame(box)
    page.wait_for_timeout(500)
    assert frame(box) == still
    page.keyboard.press("ArrowLeft")
    assert frame(box) == still - 1


def test_it_plays_in_view_and_waits_out_of_it(player):
    page, box = player()
    moved(page, box, 0)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(400)
    before = frame(box)
    page.wait_for_timeout(600)
    assert frame(box) == before
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function(
        "([r, k]) => r.value != k", arg=[box.locator("input[type=range]").element_handle(), str(before)]
    )


def test_it_stands_at_the_end_for_readers_who_ask_for_less_motion(player):
    page, box = player(reduced_motion="reduce")
    page.wait_for_timeout(500)
    assert frame(box) == 11
    assert box.get_by_role("button", name="Play the animation").is_visible()


def test_a_seam_has_the_colour_of_its_verdict_and_the_tally_runs(player):
    page, box = player(reduced_motion="reduce")
    assert box.locator(".ticks i").count() == 2
    left, right = box.locator(".reel").all()
    box.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    assert "0 of 0 seams plausible" in left.inner_text()
    seen = []
    for _ in range(11):
        page.keyboard.press("ArrowRight")
        seen.append((frame(box), *(reel.locator(".screen").get_attribute("data-seam") for reel in (left, right))))
    assert [row[1] for row in seen] == [""] * 3 + ["good"] * 4 + ["bad"] * 4, "a verdict stays for four frames"
    assert [row[2] for row in seen] == [""] * 3 + ["bad"] * 8
    assert "1 of 2 seams plausible" in left.inner_text() and "0 of 2 seams plausible" in right.inner_text()
    assert left.locator(".seams .good.met").count() == 1 and right.locator(".seams .bad.met").count() == 2
    assert "✕" in left.locator(".verdict").inner_text(), "a sign, not a colour alone"


def test_any_two_videos_can_be_chosen_and_never_none_or_the_same_twice(player):
    page, box = player(reduced_motion="reduce")
    left, right = box.get_by_role("combobox", name="Left video"), box.get_by_role("combobox", name="Right video")
    assert (left.input_value(), right.input_value()) == ("walk", "back"), "those that the page asks for"
    left.select_option("spare")
    box.get_by_role("img", name="spare").wait_for()
    assert "2 of 2 plausible at the same places" in box.inner_text(), "real video has no seams of its own"
    left.select_option("back")
    box.get_by_role("img", name="back").wait_for()
    assert (left.input_value(), right.input_value()) == ("back", "spare"), "they change places"
    assert box.locator(".screen canvas:visible").count() == 2


def test_a_click_on_a_video_plays_and_pauses(player):
    page, box = player(reduced_motion="reduce")
    canvas = box.locator(".screen canvas").first
    button = box.locator("button.play")
    canvas.click()
    assert button.get_attribute("data-playing") == "true"
    canvas.click()
    assert button.get_attribute("data-playing") == "false"


def test_the_speed_is_chosen_by_list_and_by_key(player):
    page, box = player(reduced_motion="reduce")
    speed = box.get_by_role("combobox", name="Speed")
    box.locator("input[type=range]").focus()
    for key, wanted in ((">", "2"), (">", "4"), (">", "4"), ("<", "2"), ("<", "1"), ("<", "0.5"), ("<", "0.5")):
        page.keyboard.press(key)
        assert speed.input_value() == wanted


def test_the_longer_walk_can_be_played(player):
    page, box = player(reduced_motion="reduce")
    box.get_by_role("radio", name="9 frames").check()
    page.wait_for_function("() => document.querySelector('[data-player] input[type=range]').max === '8'")
    assert box.locator(".screen canvas:visible").count() == 2
    names = [box.get_by_role("combobox", name=f"{side} video").input_value() for side in ("Left", "Right")]
    assert names == ["back", "spare"]
    box.get_by_role("radio", name="12 frames").check()
    page.wait_for_function("() => document.querySelector('[data-player] input[type=range]').max === '11'")


def test_what_is_out_of_view_is_not_loaded(browser, address):
    page = browser.new_page(viewport={"width": 1280, "height": 300})
    page.set_default_timeout(120_000)
    asked = []
    page.on("request", lambda request: asked.append(request.url.rsplit("/", 1)[-1]))
    page.goto(address + specimen.URLS["en"], wait_until="networkidle")
    assert "start.mjs" in asked and not {"live.mjs", "particles.mjs", "particles.json"} & set(asked)
    page.locator(".live").scroll_into_view_if_needed()
    page.locator(".live .run").wait_for()
    assert "live.mjs" in asked
    page.close()


def test_its_words_are_the_page_s(opened):
    page = opened(specimen.URLS["zh"])
    page.locator("[data-player]").scroll_into_view_if_needed()
    page.get_by_role("img", name="走").wait_for()
    assert page.get_by_role("combobox", name="左侧视频").is_visible()


def test_particles_move_between_steps_and_can_be_stopped(opened):
    page = opened(viewport=DESKTOP, reduced_motion="reduce")
    page.locator("[data-particles]").scroll_into_view_if_needed()
    box = page.locator("[data-particles].ready")
    box.locator("input[type=range]").focus()
    canvas = box.get_by_role("img")
    end = canvas.evaluate("c => c.toDataURL()")
    page.keyboard.press("Home")
    assert canvas.evaluate("c => c.toDataURL()") != end
    assert "25%" in box.inner_text()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_room_kept_is_the_room_taken(browser, address, size):
    page = browser.new_page(viewport=size)
    page.set_default_timeout(120_000)
    heights = "() => [...document.querySelectorAll('[data-player], [data-particles]')].map(e => e.offsetHeight)"
    page.route("**/*.json", lambda route: None)
    page.goto(address + specimen.URLS["en"], wait_until="commit")
    page.wait_for_selector(".site-footer", state="attached")
    before = page.evaluate(heights)
    page.unroute("**/*.json")
    page.reload()
    for name in ("player", "particles"):
        page.locator(f"[data-{name}]").scroll_into_view_if_needed()
        page.locator(f"[data-{name}].ready").wait_for()
    after = page.evaluate(heights)
    page.close()
    assert all(abs(a - b) <= 1 for a, b in zip(before, after, strict=True)), (before, after)


def test_without_scripts_or_data_the_figure_stays(opened, browser, address):
    page = opened(java_script_enabled=False)
    assert page.locator("[data-player] img").is_visible() and page.locator("[data-particles] img").is_visible()
    assert not page.locator(".live").is_visible()
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.route("**/player.json", lambda route: route.fulfill(status=404))
    page.goto(address + specimen.URLS["en"])
    page.locator("[data-player]").scroll_into_view_if_needed()
    page.locator("[data-player].failed img").wait_for()
    page.close()


def counts(box) -> list[int]:
    """Values of V asked for by the three ways."""
    return [int(text.replace(",", "")) for text in box.locator(".count strong").all_inner_texts()]


def test_the_live_sampler_runs_all_ways_in_view_and_rests_out_of_it(opened):
    page = opened(viewport=DESKTOP)
    box = page.locator(".live")
    box.scroll_into_view_if_needed()
    box.locator(".side").nth(3).wait_for()
    for count in box.locator(".count strong").all():  # no expression for the page to evaluate: its policy forbids that
        expect(count).not_to_have_text("0")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(500)
    before = counts(box)
    page.wait_for_timeout(700)
    assert counts(box) == before, "out of view it waits"


def test_the_live_sampler_counts_what_it_asks_and_ends(opened):
    page = opened(viewport=DESKTOP, reduced_motion="reduce")
    box = page.locator(".live")
    box.scroll_into_view_if_needed()
    box.get_by_role("button", name="Run").wait_for()
    assert counts(box) == [0, 0, 0], "nothing moves unasked"
    box.get_by_role("combobox", name="Density").select_option("ring")
    box.get_by_role("combobox", name="Accepted points a score").select_option("1")
    box.get_by_role("button", name="Run again").wait_for()
    whole, blocks, found = counts(box)
    assert whole >= 200 * 24 and blocks >= 200 * 24 * 2, "at least one proposal a particle, step and block"
    assert found > whole, "it accepts as the first way does, and has paid for finding that out"
    assert box.inner_text().count("exact draws") == 3
    assert "x and y together" in box.inner_text()


def stroke(page, box, pointer: str):
    """From the lower left to the upper right of the plane."""
    plane = box.locator(".plane [tabindex]")
    at = plane.bounding_box()
    points = [
        (at["x"] + part * at["width"], at["y"] + (1 - part) * at["height"]) for part in (0.2, 0.35, 0.5, 0.65, 0.8)
    ]
    if pointer == "keys":
        plane.focus()
        page.keyboard.press("Space")
        for _ in range(5):
            page.keyboard.press("ArrowUp")
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
    elif pointer == "mouse":
        page.mouse.move(*points[0])
        page.mouse.down()
        for point in points:
            page.mouse.move(*point)
        page.mouse.up()
    else:  # a finger, as the browser itself tells of it
        tell = page.context.new_cdp_session(page)
        for kind, many in (("touchStart", points[:1]), *(("touchMove", [point]) for point in points), ("touchEnd", [])):
            touches = [{"x": x, "y": y} for x, y in many]
            tell.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.mark.parametrize("pointer", ["mouse", "touch", "keys"])
def test_a_density_is_drawn_and_whether_it_couples_is_found_out(opened, pointer):
    page = opened(viewport=DESKTOP, reduced_motion="reduce", has_touch=True)
    box = page.locator(".live")
    box.scroll_into_view_if_needed()
    box.get_by_role("combobox", name="Accepted points a score").select_option("1")
    expect(box).to_contain_text("two blocks found: x and y apart")
    box.get_by_role("button", name="Run again").wait_for()
    whole, blocks, found = counts(box)
    assert blocks < found == blocks + 256 + 24 * 4 < whole, "the pilot and four corners of each rectangle"
    before = page.evaluate("scrollY")
    box.locator(".plane [tabindex]").scroll_into_view_if_needed()
    stroke(page, box, pointer)
    expect(box).to_contain_text("one block found: x and y together")
    assert pointer == "keys" or page.evaluate("scrollY") == pytest.approx(before, abs=600)
    box.get_by_role("button", name="Remove the paint").click()
    expect(box).to_contain_text("two blocks found: x and y apart")


def test_axe_finds_nothing_on_the_live_sampler(opened):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    page = opened(viewport=DESKTOP, reduced_motion="reduce")
    page.locator(".live").scroll_into_view_if_needed()
    page.get_by_role("button", name="Run").wait_for()
    found = axe.run(page, context=".live", options={"resultTypes": ["violations"]}).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:200]) for one in found] == []


def test_a_citation_is_copied(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Cite").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@misc{specimen,") and "url = {https://example.org/" in text


def test_on_paper_there_are_no_controls(player):
    page, box = player(reduced_motion="reduce")
    page.emulate_media(media="print")
    assert not box.locator(".controls").is_visible() and box.locator("canvas").first.is_visible()
    assert not page.locator(".live").is_visible()
