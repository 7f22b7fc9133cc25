"""What --check tells about a page, and that --fix mends paths and nothing else."""

import pytest

from showcase.inspection import fix, inspect

FRONT = "---\ntitle: T\nimg: assets/img/pzodmc/a.png\n---\n\n"


@pytest.fixture
def page(tmp_path):
    """page(body, render=…) → what is found; the page is `page.file`."""
    for name in ("assets/img/pzodmc/a.png", "assets/img/pzodmc/My b.PNG", "assets/img/video_diffusion/c.png"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    page = tmp_path / "_projects/pzodmc.en.md"
    render = tmp_path / "showcase/renders/pzodmc.en.md"

    def write(body: str | bytes, last: str = "", front: str = FRONT) -> list[str]:
        for path, text in ((page, body), (render, FRONT + last)):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else ((front if path == page else "") + text).encode())
        return [str(found) for found in inspect(tmp_path)]

    write.file, write.root = page, tmp_path
    return write


INCLUDE = '{% include figure.liquid path="assets/img/pzodmc/a.png" title="T" alt="A curve" %}'
SOUND = (
    f"{INCLUDE}\n\n![A curve](/assets/img/pzodmc/a.png) `![](gone.png)`\n\n```\n![](gone.png)\n```\n\n"
    '<img src="{{ \'/assets/img/pzodmc/a.png\' | relative_url }}" alt="">[there](/projects/x/)[paper](https://a.b/c.png)\n'
)


def test_a_sound_page_is_not_talked_about(page):
    assert page(SOUND) == []


@pytest.mark.parametrize(
    ("body", "told", "mended"),
    [
        ("![A b](../assets/img/pzodmc/a.png)\n", "shown by the editor alone", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](assets/img/pzodmc/a.png)\n", "not found from the page", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](/assets/img/a.png)\n", "does not exist (is it", "![A b](/assets/img/pzodmc/a.png)\n"),
        ("![A b](my%20B.png)\n", "does not exist", "![A b](/assets/img/pzodmc/My%20b.PNG)\n"),
        (
            '<img src="..\\assets\\img\\pzodmc\\a.png" alt="">\n',
            "editor alone",
            '<img src="/assets/img/pzodmc/a.png" alt="">\n',
        ),
        (INCLUDE.replace("assets", "../assets"), "editor alone", INCLUDE),
        (INCLUDE.replace("pzodmc/a", "pzodmc/c"), "does not exist", INCLUDE.replace("pzodmc/a", "video_diffusion/c")),
        ("![A b](/assets/img/pzodmc/gone.png)\n", "gone.png does not exist", None),
        ("![](/assets/img/pzodmc/a.png)\n", "without a description", None),
        (INCLUDE.replace(' alt="A curve"', ""), "without a description", None),
        (INCLUDE.replace("A curve", " "), "without a description", None),
        ('<img src="/assets/img/pzodmc/a.png">\n', "without a description", None),
    ],
)
def test_a_fault_is_one_line_with_its_place_and_is_mended_where_there_is_one_cure(page, body, told, mended):
    for text, newline in ((body, "\n"), ("\ufeff\n\n" + body, "\r\n")):
        text = f"{FRONT}Before.\n\n{text.lstrip(chr(0xFEFF))}\nAfter 中文".replace("\n", newline)
        (line,) = page(text.encode())
        assert line.startswith("wrong: _projects/pzodmc.en.md:") and told in line
        number = int(line.split(":")[2])
        assert any(sign in text.split(newline)[number - 1] for sign in ("![", "<img", "{%"))
        done = fix(page.root)
        expected = text.replace(body.replace("\n", newline), (mended or body).replace("\n", newline))
        assert page.file.read_bytes() == expected.encode()
        assert bool(done) == (mended is not None) and bool(inspect(page.root)) == (mended is None)
        assert fix(page.root) == []


def test_the_owners_words_against_a_verdict_are_told_until_he_clears_the_mark(page):
    span = '<span data-claim="faster" data-verdict="{}"{}>It is <em>fast</em>.</span>\n'
    (line,) = page(span.format("fails", ' data-reworded="holds"'))
    assert "wrong" in line and "'faster'" in line and "'holds'" in line and "'fails'" in line and "It is fast." in line
    assert page(span.format("fails", "")) == [] == page(span.format("holds", ' data-reworded="holds"'))


def test_only_the_owners_own_digits_bring_advice(page):
    known = 'A caption of 12 frames. By <span class="measured" data-value="a.b">3.5</span> s.\n'
    assert page(known, last=known) == []
    no_number = "In 2026, W2, $$x^2$$, `n = 5`, 95 %, arXiv 2402.17886, 3D, [x](/a/1), [two](/b2/).\n\n1. one\n"
    assert page(known + no_number, last=known) == []
    (line,) = page(known + "\nMine is 0.29 s. Not 中文0。\n", last=known)[:1]
    assert line == "advice: _projects/pzodmc.en.md:8: a number typed by hand, no run behind it: Mine is 0.29 s."


@pytest.mark.parametrize(
    ("front", "told"),
    [("---\ntitle: [\n---\n", "not valid YAML, line"), ("title: T\n", "front matter is missing")],
)
def test_a_page_that_cannot_be_read_is_told_and_left_alone(page, front, told):
    (line,) = page("![](../assets/img/pzodmc/a.png)\n", front=front)
    before = page.file.read_bytes()
    assert told in line and fix(page.root) == [] and page.file.read_bytes() == before
    (line,) = page(b"---\ntitle: T\n---\n\xff")
    assert "not UTF-8 at byte" in line
