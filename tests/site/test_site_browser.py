"""Every page in a real browser: phone and desktop, light and dark, with and without scripts and motion."""

import pytest
import specimen

pytestmark = [pytest.mark.jekyll, pytest.mark.browser]
FIRST, WHOLE = 800_000, 2_500_000  # bytes of a page's first load; of a page scrolled to its end
PHONE, DESKTOP = {"width": 360, "height": 740}, {"width": 1280, "height": 900}

# What axe looks for, and where: everything once, and what dark mode and another width can change.
EVERYTHING = {"resultTypes": ["violations"]}
CHANGING = EVERYTHING | {"runOnly": ["color-contrast", "scrollable-region-focusable", "target-size"]}

SHIFT = """() => { window.shift = 0; new PerformanceObserver(list => { for (const e of list.getEntries())
    if (!e.hadRecentInput) window.shift += e.value; }).observe({type: 'layout-shift', buffered: true}) }"""
SCROLL = """async () => { for (let y = 0; y < document.body.scrollHeight; y += 600) {
    scrollTo(0, y); await new Promise(requestAnimationFrame) }
    await Promise.all([...document.images].map(i => { i.loading = 'eager'; return i.decode().catch(() => {}) }))
    scrollTo(0, 0) }"""
# Asked twice: a copy of another size that the browser turns to meanwhile ends the first decoding.
BROKEN = """() => Promise.all([...document.images]
    .map(i => i.decode().catch(() => i.decode()).then(() => "", () => i.src)))
    .then(all => all.filter(Boolean))"""
WIDE = """() => { const w = document.documentElement.clientWidth; return document.documentElement.scrollWidth > w ?
    [...document.querySelectorAll('main *')].filter(e => e.getBoundingClientRect().right > w + 1)
    .map(e => e.outerHTML.slice(0, 120)).slice(0, 5).concat('overflow') : [] }"""


def look(page, size, scheme, axe) -> dict:
    """What is wrong with the page in a window of this size, in this colour scheme."""
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=scheme)
    state = {"broken": page.evaluate(BROKEN), "wide": page.evaluate(WIDE)}
    options = {(360, "light"): EVERYTHING, (1280, "dark"): CHANGING}.get((size["width"], scheme))
    if options:
        violations = axe.run(page, options=options).response["violations"]
        state["axe"] = [(v["id"], v["nodes"][0]["html"][:200]) for v in violations]
    return state


def visit(browser, url, axe) -> dict:
    """Open a page with an empty cache; return its errors, requests, weight, layout shift and states."""
    page = browser.new_page(viewport=PHONE, color_scheme="light")
    errors, requests, sizes = [], [], []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length", 0))))
    page.add_init_script(f"({SHIFT})()")
    page.goto(url, wait_until="load")
    page.wait_for_timeout(200)  # lazy pictures near the window
    weight = sum(sizes)
    page.evaluate(SCROLL)
    whole = sum(sizes)
    shift = page.evaluate("window.shift")
    schemes = [(size, scheme) for size in (PHONE, DESKTOP) for scheme in ("light", "dark")]
    states = {f"{size['width']} {scheme}": look(page, size, scheme, axe) for size, scheme in schemes}
    page.close()
    return {"errors": errors, "requests": requests, "weight": weight, "whole": whole, "shift": shift, "states": states}


@pytest.fixture(scope="module")
def visits(site, address, browser):
    """Address → what was seen there, for every page but those on which single parameters are tried."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    paths = sorted(set(site.pages) - {specimen.PARAMETERS_URL, specimen.SNIPPETS_URL})
    return {path: visit(browser, address + path, axe) for path in paths}


def gather(visits, key):
    return {f"{path} {name}": s[key] for path, v in visits.items() for name, s in v["states"].items() if s.get(key)}


def test_no_page_writes_an_error_to_the_console(visits):
    assert not {path: v["errors"] for path, v in visits.items() if v["errors"]}


def test_no_picture_is_broken(visits):
    assert not gather(visits, "broken")


def test_nothing_is_wider_than_the_window(visits):
    assert not gather(visits, "wide")


def test_axe_finds_nothing(visits):
    assert sum("axe" in s for v in visits.values() for s in v["states"].values()) == 2 * len(visits)
    assert not gather(visits, "axe")


def test_no_request_leaves_the_machine(visits, address):
    origin = address.rsplit("/", 1)[0]
    away = {url for v in visits.values() for url in v["requests"] if not url.startswith((origin, "data:", "blob:"))}
    assert not away


def test_the_first_load_keeps_to_the_budget(visits):
    assert not {path: v["weight"] for path, v in visits.items() if v["weight"] > FIRST}


def test_a_page_scrolled_to_its_end_keeps_to_the_budget(visits):
    assert not {path: v["whole"] for path, v in visits.items() if v["whole"] > WHOLE}


def test_nothing_jumps_while_the_page_loads(visits):
    assert not {path: v["shift"] for path, v in visits.items() if v["shift"] > 0.005}


def background(page) -> str:
    return page.evaluate("getComputedStyle(document.documentElement).backgroundColor")


def test_the_reader_s_mode_is_remembered_and_the_system_s_followed(opened):
    page = opened(color_scheme="light")
    light = background(page)
    page.get_by_role("button", name="Dark mode").click()
    dark = background(page)
    assert dark != light
    page.reload(wait_until="commit")
    page.wait_for_selector("h1", state="attached")
    assert background(page) == dark, "remembered"
    assert page.get_by_role("button", name="Dark mode").get_attribute("aria-pressed") == "true"
    page.get_by_role("button", name="Dark mode").click()
    assert background(page) == light
    page.emulate_media(color_scheme="dark")
    assert background(page) == dark, "back to the system's choice"


def test_mode_is_set_before_the_page_is_drawn(site):
    """A script that blocks in the head, before any style sheet: nothing flashes."""
    for page in site.pages.values():
        order = [(tag, a.get("src", a.get("href", ""))) for tag, a in page.tags if tag in ("script", "link", "body")]
        assert order[0][0] == "script" and order[0][1].endswith("/theme/mode.js")
        assert not {"defer", "async"} & set(page.all("script")[0])


def test_the_policy_refuses_inline_foreign_and_evaluated_code(opened):
    page = opened()
    outcome = page.evaluate("""() => new Promise((resolve) => {
        const refused = [];
        document.addEventListener("securitypolicyviolation", (event) => refused.push(event.effectiveDirective));
        const inline = document.createElement("script");
        inline.textContent = "window.ran = true";
        const foreign = document.createElement("script");
        foreign.src = "https://example.org/foreign.js";
        document.head.append(inline, foreign);
        setTimeout(() => {
            let evaluated = "ran";
            try { new Function("return 1")() } catch { evaluated = "refused" }
            setTimeout(() => resolve({ ran: window.ran ?? false, evaluated, refused }), 300);
        }, 0);
    })""")
    assert outcome["ran"] is False and outcome["evaluated"] == "refused"
    assert {"script-src-elem", "script-src"} <= set(outcome["refused"])


def test_a_table_that_scrolls_says_so_and_on_paper_nothing_is_cut(opened):
    page = opened(viewport=PHONE)
    box = page.locator(".table-scroll:has(+ .scroll-hint)").first
    hint = page.locator(".scroll-hint").first
    hint.wait_for()
    table = box.element_handle()
    assert "sides" in hint.inner_text()
    page.set_viewport_size({"width": 680, "height": 900})  # A4 without its margins
    page.emulate_media(media="print")
    assert table.evaluate("b => b.scrollWidth <= b.clientWidth + 1")
    assert not page.evaluate(WIDE) and not page.locator(".scroll-hint:visible").count()


def test_the_author_stands_in_the_first_two_hundred_pixels(opened):
    for lang in specimen.URLS:
        page = opened(specimen.URLS[lang], viewport=DESKTOP)
        box = page.locator(".byline").bounding_box()
        assert box["y"] + box["height"] <= 200, (lang, box)


def test_dark_pages_turn_charts_dark_and_dim_the_rest(opened):
    page = opened(viewport=DESKTOP, color_scheme="dark")
    rules = page.evaluate("""() => { const figure = document.querySelector('figure:not(.film)');
        const image = figure.querySelector('img'); const plain = getComputedStyle(image).filter;
        figure.classList.add('chart'); return [plain, getComputedStyle(image).filter] }""")
    assert "brightness" in rules[0] and "invert" in rules[1]
    page.get_by_role("button", name="Dark mode").click()
    assert page.locator("figure img").first.evaluate("i => getComputedStyle(i).filter") == "none"


def test_films_play_in_view_and_pause_on_demand(opened):
    page = opened(viewport=DESKTOP)
    video = page.locator("video[data-gif]")
    page.wait_for_function("v => !v.paused && v.currentTime > 0", arg=video.element_handle())
    page.get_by_role("button", name="Pause the animation").first.click()
    assert video.evaluate("v => v.paused")
    page.get_by_role("button", name="Play the animation").click()
    page.wait_for_function("v => !v.paused", arg=video.element_handle())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_function("v => v.paused", arg=video.element_handle())


def test_a_film_paused_from_the_browser_s_menu_stays_paused_and_nothing_covers_its_picture(opened):
    page = opened(viewport=DESKTOP)
    video = page.locator("video:not([data-gif])")
    video.scroll_into_view_if_needed()
    page.wait_for_function("v => !v.paused && !v.controls", arg=video.element_handle())
    video.evaluate("v => v.pause()")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(100)
    video.scroll_into_view_if_needed()
    page.wait_for_timeout(200)
    assert video.evaluate("v => v.paused")


def test_a_gif_can_be_paused_and_goes_on(opened):
    page = opened()
    figure = page.locator("figure.motion[data-still]")
    shown = "i => i.currentSrc.split('/').pop()"
    figure.get_by_role("button").click()
    page.wait_for_function(f"i => ({shown})(i) === 'still_only.png'", arg=figure.locator("img").element_handle())
    figure.get_by_role("button").click()
    page.wait_for_function(f"i => ({shown})(i) === 'still_only.gif'", arg=figure.locator("img").element_handle())


def test_nothing_moves_for_readers_who_ask_for_less_motion(opened):
    page = opened(reduced_motion="reduce")
    image = page.locator("figure.motion[data-still] img")
    page.wait_for_function("i => i.complete && i.currentSrc.endsWith('still_only.png')", arg=image.element_handle())
    for video in page.locator("figure.motion video").all():
        video.scroll_into_view_if_needed()
        assert video.evaluate("v => v.paused && v.currentTime === 0")
    page.get_by_role("button", name="Play the animation").first.click()
    page.wait_for_function("v => !v.paused", arg=page.locator("video[data-gif]").element_handle())


def test_a_film_that_cannot_play_gives_way_to_its_gif(browser, address):
    page = browser.new_page()
    page.route("**/film.mp4", lambda route: route.abort())
    page.goto(address + specimen.URLS["en"])
    image = page.wait_for_selector("figure.motion img[src$='film.gif']")
    assert image.get_attribute("alt") == 'Say "hi" & wave'
    page.close()


def test_without_scripts_everything_reads(opened):
    page = opened(java_script_enabled=False)
    assert page.locator(".katex-html").first.is_visible()
    assert page.locator("video[controls][poster]").count() == 2
    assert page.locator("h2").count() >= 5
    assert not page.locator("button:visible").count(), "a button that would do nothing"


def test_a_picture_opens_large_and_closes_with_the_keyboard(opened):
    page = opened()
    page.locator("img[data-zoomable]").first.scroll_into_view_if_needed()
    button = page.locator("button.zoom").first
    button.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("dialog.zoomed")
    assert dialog.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert button.evaluate("b => b === document.activeElement")


def test_on_a_phone_a_picture_opens_wider_than_the_window_and_moves_sideways(opened):
    page = opened(viewport={"width": 390, "height": 844})
    page.locator("img[data-zoomable]").first.scroll_into_view_if_needed()
    button = page.locator("button.zoom").first
    assert button.evaluate("b => getComputedStyle(b, '::after').content") == '"+"', "nothing says that it opens"
    button.click()
    dialog = page.locator("dialog.zoomed")
    assert dialog.evaluate("d => d.querySelector('img').width") >= 800
    assert dialog.evaluate("d => { d.scrollLeft = 1e4; return d.scrollLeft; }") >= 400
    close = page.locator(".zoom-close").bounding_box()
    assert close["x"] + close["width"] <= 390, "the way back stays in view"
    page.locator(".zoom-close").click()
    assert not dialog.is_visible()


def test_the_keyboard_reaches_the_text_first(opened):
    page = opened()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".skip").bounding_box()["x"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
