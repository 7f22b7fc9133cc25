"""The pages in the real Visual Studio Code, as their owner meets them."""

import json
import re
import socket

from tests.editor.real.conftest import PAGE

PASTED = "![A curve over time](../assets/img/pzodmc/budgets.png)"


def test_an_untouched_page_has_no_problems(editor):
    for path in (PAGE, "_projects/pzodmc.study.zh.md", "_projects/video_diffusion.en.md"):
        editor.open(path)
    editor.page.wait_for_timeout(8000)  # the editor's own look at links, and ours at all else
    editor.shot("untouched")
    assert not [row for row in editor.problems() if ".md" in row]


def test_the_preview_shows_all_of_a_page(editor):
    formulas = re.findall(r"\$\$.+?\$\$", editor.text(), re.DOTALL)
    displayed = re.findall(r"^\$\$.+?\$\$$", editor.text(), re.DOTALL | re.MULTILINE)
    editor.open(PAGE)
    editor.insert(
        14,
        "",
        "$$x$$ begins a line",
        "",
        "![Nothing](/assets/img/pzodmc/nothing.png)",
        "",
        "A note[^1].",
        "",
        "[^1]: Said.",
    )
    editor.press("Control+Shift+v")
    preview = editor.preview()
    count = "name => document.querySelectorAll(name).length"
    editor.within(lambda: preview.evaluate(count, ".katex") == len(formulas) + 1, "all formulas")
    assert preview.evaluate(count, ".katex-display") == len(displayed), "and only those on lines of their own apart"
    broken = "[...document.images].filter(image => image.complete && !image.naturalWidth).map(image => image.src)"
    editor.page.wait_for_timeout(2000)
    assert not preview.evaluate(broken)
    assert preview.evaluate(count, "img") + preview.evaluate(count, "video") >= editor.text().count("{% include")
    assert preview.inner_text(".missing-picture") == "assets/img/pzodmc/nothing.png"
    words = preview.inner_text("body")
    assert words.rstrip().endswith("Cite this project") and "{%" not in words and "[^1]" not in words
    editor.shot("preview")


def test_what_is_wrong_is_told_on_saving_with_its_cure(editor):
    (editor.root / "assets/img/pzodmc/My Photo 1.png").write_bytes(
        (editor.root / "assets/img/pzodmc/budgets.png").read_bytes()
    )
    editor.open(PAGE)
    quoted = "{% include figure.liquid path=“assets/img/pzodmc/budgets.png” alt=“Two curves” %}"
    editor.insert(14, PASTED, "", quoted, "", "![A photo of mine](<../assets/img/pzodmc/My Photo 1.png>)")
    editor.save()
    told = editor.within(lambda: (rows := editor.problems())[3:] and rows, "three faults under their page")
    editor.shot("problems")
    assert len(told) == 4 and sum("pzodmc.en.md" in row for row in told) == 1
    for line, cure in ((15, "(/assets/img/pzodmc/budgets.png)"), (17, 'path="assets/img/pzodmc/budgets.png"')):
        editor.press("Control+1")
        editor.go(line)
        editor.press("F8")  # to the fault
        editor.page.wait_for_timeout(500)
        editor.press("Escape", "Control+.")
        editor.page.wait_for_selector(".action-widget")
        editor.page.wait_for_timeout(500)
        editor.shot(f"quick-fix-{line}")
        editor.press("Enter")
        editor.page.wait_for_timeout(800)
        editor.save()
        assert cure in editor.text().splitlines()[line - 1]
    editor.command("Mend what is wrong on the pages")
    editor.within(lambda: "(/assets/img/pzodmc/My-Photo-1.png)" in editor.text(), "the file is renamed")
    editor.within(lambda: "My-Photo-1.png" in editor.shown(), "and the editor shows what was mended")
    editor.within(lambda: not editor.problems(), "nothing is wrong any more")


def test_paths_and_names_are_completed_where_they_are_typed(editor):
    editor.open(PAGE)
    editor.insert(14, "")
    editor.type('{% include figure.liquid path="budg')
    assert editor.offered()[0].startswith("assets/img/pzodmc/budgets.png")
    editor.shot("paths")
    editor.press("Enter")
    editor.type('" alt="Curves" %} <!--sav')
    assert all("saved." in row for row in editor.offered())
    editor.shot("names")
    editor.press("Enter")
    editor.type("-->")
    editor.save()
    line = editor.text().splitlines()[14]
    assert 'path="assets/img/pzodmc/budgets.png"' in line and re.search(r"<!--saved\.[\w.]+-->", line)


def test_over_a_number_stands_its_run(editor):
    editor.open(PAGE)
    editor.press("Control+f")
    editor.type("<!--saved.equal_quality.d5")
    editor.page.wait_for_timeout(500)
    editor.press("Enter", "Escape", "Control+k", "Control+i")
    editor.page.wait_for_selector(".monaco-hover .hover-contents")
    editor.shot("hover")
    assert "preset standard" in editor.page.inner_text(".monaco-hover .hover-contents")


def test_a_sentence_with_a_snippet_s_name_stays_a_sentence(editor):
    editor.open(PAGE)
    editor.insert(14, "")
    editor.type("This is seen in the figure")
    editor.page.wait_for_timeout(800)
    editor.press("Enter")
    editor.save()
    assert editor.text().splitlines()[14] == "This is seen in the figure"


def test_the_task_check_lists_each_fault_once_at_its_line(editor):
    page = editor.root / PAGE
    lines = editor.text().splitlines()
    page.write_text("\n".join([*lines[:14], PASTED, "", "It is 3.25 times so.", *lines[14:], ""]), encoding="utf-8")
    editor.open(PAGE)
    editor.command("Tasks: Run Test Task")
    editor.within(lambda: len(editor.problems()) >= 3, "the faults")
    editor.page.wait_for_timeout(5000)  # the task has ended
    told = editor.problems()
    editor.shot("task")
    assert len([row for row in told if "budgets.png" in row and "Ln 15" in row]) == 1
    assert len([row for row in told if "3.25" in row and "Ln 17" in row]) == 1


def test_the_site_opens_beside_the_page_and_is_served_for_it(editor):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    tasks = editor.root / ".vscode/tasks.json"
    tasks.write_text(tasks.read_text().replace("serve.py 4000 --livereload", f"serve.py {port}").replace("4000", port))
    settings = editor.root / ".vscode/settings.json"
    settings.write_text(
        json.dumps(json.loads(settings.read_text()) | {"figurePreview.site": f"http://127.0.0.1:{port}"})
    )
    editor.page.wait_for_timeout(1500)
    editor.open(PAGE)
    editor.command("Open the site beside the editor")
    editor.within(lambda: any(f":{port}/projects/pzodmc/" in frame.url for frame in editor.page.frames), "the page")
    editor.page.wait_for_timeout(3000)
    editor.shot("beside")
    groups = editor.page.query_selector_all(".editor-group-container")
    assert len(groups) == 2, "the page that is written stays in sight"
    editor.command("Tasks: Terminate Task")
    editor.press("Enter")
    editor.page.wait_for_timeout(1500)
