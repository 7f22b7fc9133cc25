"""TeX is set offline and looks the same everywhere: while the site is built, or by the shipped KaTeX in the browser."""

import re

import pytest
import specimen

pytestmark = pytest.mark.jekyll


def test_formulas_are_set_while_the_site_is_built(site):
    for address in specimen.URLS.values():
        page = site.pages[address]
        assert len(page.all("span", class_="katex-display")) == 1
        assert len(page.all("math")) == 4  # in the text, displayed, in raw HTML, in a figure's caption
        assert not [a for a in page.all("script") if "katex" in a.get("src", "")]


def test_only_pages_with_formulas_load_the_fonts(site):
    for address, page in site.pages.items():
        styled = any("katex" in a.get("href", "") for a in page.all("link"))
        assert styled == bool(page.all("math")), address


def test_code_is_left_alone(site):
    assert r">\(not maths\)</code>" in site.pages[specimen.URLS["en"]].html


def test_a_formula_with_a_less_than_sign_is_one_formula(site):
    for address in specimen.URLS.values():
        assert re.search(r'<annotation encoding="application/x-tex">p_t\(x\) &lt; 1<', site.pages[address].html)


@pytest.mark.browser
def test_no_line_begins_with_the_punctuation_of_a_formula(address, browser):
    page = browser.new_page()
    page.goto(f"{address}/projects/zh/pzodmc/study/")
    alone = """() => [...document.querySelectorAll("main p .katex")].filter(formula => {
      const text = formula.nextSibling;
      if (!text || !/^[.,;:，。；：、）)]/.test(text.data ?? "")) return false;
      const mark = document.createRange();
      mark.setStart(text, 0);
      mark.setEnd(text, 1);
      return mark.getBoundingClientRect().left - formula.closest("p").getBoundingClientRect().left < 2;
    }).length"""
    for width in range(360, 400):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(alone) == 0, width
    page.close()


def test_without_node_the_reader_s_browser_sets_them(plain_site):
    page = plain_site.pages[specimen.URLS["en"]]
    scripts = [a["src"] for a in page.all("script") if "src" in a]
    assert "/theme/katex/katex.min.js" in scripts and not page.all("math")
    assert "katex" not in plain_site.pages["/"].html


@pytest.mark.browser
def test_the_browser_sets_the_same_formulas(plain_address, address, browser):
    def texts(url):
        page = browser.new_page()
        page.goto(url)
        page.wait_for_selector(".katex-display .katex-html")
        formulas = page.locator("annotation").all_text_contents()
        page.close()
        return [" ".join(tex.split()) for tex in formulas]

    assert texts(plain_address + specimen.URLS["en"]) == texts(address + specimen.URLS["en"])
