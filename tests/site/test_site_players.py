"""The players: one clock for all methods, keys, marks, less motion, and what stands there without them."""

import pytest
import specimen

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


def test_seams_are_marked_on_the_scrubber_and_on_the_video(player):
    page, box = player(reduced_motion="reduce")
    assert box.locator(".ticks i").count() == 2
    box.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    seen = []
    for _ in range(10):
        page.keyboard.press("ArrowRight")
        seen.append((frame(box), box.locator(".seam").count()))
    assert [k for k, count in seen if count] == [4, 5, 8, 9]


def test_the_reader_chooses_the_videos(player):
    page, box = player(reduced_motion="reduce")
    assert box.locator(".reel:visible").count() == 2
    wide = box.locator(".reel:visible canvas").first.bounding_box()["width"]
    box.get_by_text("Choose the videos").click()
    box.get_by_role("checkbox", name="spare").check()
    box.get_by_role("img", name="spare").wait_for()
    box.get_by_role("checkbox", name="walk").uncheck()
    box.get_by_role("checkbox", name="back").uncheck()
    page.wait_for_function("document.querySelectorAll('[data-player] .reel:not([hidden])').length === 1")
    assert box.locator(".reel:visible canvas").first.bounding_box()["width"] >= wide


def test_its_words_are_the_page_s(opened):
    page = opened(specimen.URLS["zh"])
    page.get_by_role("img", name="走").wait_for()
    assert page.get_by_text("选择要对比的视频").is_visible()


def test_particles_move_between_steps_and_can_be_stopped(opened):
    page = opened(viewport=DESKTOP, reduced_motion="reduce")
    box = page.locator("[data-particles].ready")
    box.locator("input[type=range]").focus()
    canvas = box.get_by_role("img")
    end = canvas.evaluate("c => c.toDataURL()")
    page.keyboard.press("Home")
    assert canvas.evaluate("c => c.toDataURL()") != end
    assert "25 %" in box.inner_text()


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
    page.wait_for_function("document.querySelectorAll('.ready').length === 2")
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
    page.locator("[data-player].failed img").wait_for()
    page.close()


def test_the_live_sampler_counts_what_it_asks_and_ends(opened):
    page = opened(viewport=DESKTOP)
    box = page.locator(".live")
    box.scroll_into_view_if_needed()
    box.get_by_role("combobox", name="Accept or reject").select_option("blocks")
    box.get_by_role("combobox", name="Accepted points a score").select_option("1")
    box.get_by_role("button", name="Run").click()
    box.get_by_role("button", name="Run again").wait_for()
    calls = int(box.locator("dd").nth(1).inner_text().replace(",", ""))
    assert calls >= 200 * 24 * 2, "at least one proposal a particle, step and block"
    assert "exact draws" in box.inner_text()
    box.get_by_role("combobox", name="Density").select_option("ring")
    assert box.locator("dd").nth(1).inner_text() == "0"


def test_a_citation_is_copied(opened):
    page = opened(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_text("Cite").click()
    page.get_by_role("button", name="Copy").click()
    page.get_by_role("button", name="Copied").wait_for()
    text = page.evaluate("navigator.clipboard.readText()")
    assert text.startswith("@misc{specimen,") and 'url = "https://example.org/' in text


def test_on_paper_there_are_no_controls(player):
    page, box = player(reduced_motion="reduce")
    page.emulate_media(media="print")
    assert not box.locator(".controls").is_visible() and box.locator("canvas").first.is_visible()
    assert not page.locator(".live").is_visible()
