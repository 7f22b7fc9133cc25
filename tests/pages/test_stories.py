"""Laws of the pages that a visitor reads: how long a story is and how its sections weigh, who speaks, what is explained
and cited where it is met, and that the study behind it holds all that a story leaves out."""

import re
from importlib import import_module

import pytest

from showcase.claims import claims_of, observations_of
from showcase.marks import plain
from showcase.projects import LANGUAGES, PROJECTS, STORY, STUDY
from showcase.render import render
from tests.pages.conftest import REPOSITORY

LONGEST = {"en": 25_000, "zh": 20_000}  # characters of a story's source
# Of its characters. Chinese says the same in half of them, and its marks are as long: without any markup of figures the
# story of long video would still be at .59.
PROSE = {"en": 0.6, "zh": 0.4}
WORDS = {"en": (1200, 1500), "zh": (1900, 2600)}  # Chinese is counted by the character
SHARE = (0.08, 0.38)  # of a section in the words of all five
FIGURES = range(5, 9)
CODE = re.compile(r"<details class=\"(?:reproduce|cite)\">.*?</details>|<!--.*?-->|\{%.*?%\}|```.*?```", re.DOTALL)
MARKUP = re.compile(r"\]\([^()]*\)|<[^<>]*>|\{[#:][^{}]*\}|^\|[-:| ]+\|$", re.MULTILINE)
PRONOUNS = re.compile(r"\b(?:I(?!-SIR)|my|me|mine|myself|we|our|us|ours)\b|我|咱|笔者|本人(?!工作)", re.IGNORECASE)
QUOTED = re.compile(r"“[^“”]*”")

# What a reader meets, and where it comes from: the address stands on every page that has the words.
CITED = {
    r"classifier-free|无分类器引导": "arxiv.org/abs/2207.12598",
    r"[Rr]econstruction guidance|重建引导": "arxiv.org/abs/2204.03458",
    r"replacement|替换法": "arxiv.org/abs/2011.13456",
    r"RePaint": "arxiv.org/abs/2201.09865",
    r"[Pp]er-frame noise|逐帧噪声": "arxiv.org/abs/2407.01392",
    r"[Gg]uided per-frame noise|带引导的逐帧噪声": "arxiv.org/abs/2502.06764",
    r"[Aa]utoguidance|自引导": "arxiv.org/abs/2406.02507",
    r"EDM\b|[Pp]reconditioned as|预条件": "arxiv.org/abs/2206.00364",
    r"linear schedule|线性噪声表": "arxiv.org/abs/2006.11239",
    r"(?<!Partial )(?<!Partial-)\bZOD-MC": "arxiv.org/abs/2402.17886",
    r"RDMC": "arxiv.org/abs/2307.02037",
    r"i-SIR": "arxiv.org/abs/1312.6432",
    r"\bMMD\b": "jmlr.org/papers/v13/gretton12a.html",
    r"[Ss]liced W₂|切片 W₂": "10.1007/s10851-014-0506-3",
}
# The term, and words of its explanation: they stand in the paragraph where it is first used, or before.
GLOSSARY = {
    ("video_diffusion", "en"): {
        r"\bclips?\b": "what the model draws at once|draws 10 frames at a time|joins between clips",
        r"\bseams?\b": "the place where a new clip begins",
        r"\bplausible\b": "accepts the step across it",
        r"\bupper bound\b": "rejects a few real steps too",
        r"\bbaseline\b": "without any link",
        r"\btokens?\b": "a condition of the network",
        r"\bresidual\b": "the squared error of the model's estimate|Guidance: its residual",
        r"\bnoise level\b": "noised to the level",
        r"[Hh]idden-feature injection": "features in place of the clip's",
        r"[Pp]er-frame noise": "noise level for every frame|guidance by the last frames themselves",
    },
    ("video_diffusion", "zh"): {
        r"片段": "一次生成的若干帧称为|片段衔接处",
        r"接缝": "新片段开始之处",
        r"合理衔接": "接受接缝两侧|若接受",
        r"上限": "拒绝少数真实的变化",
        r"基线": "互不相关的",
        r"逐帧噪声": "每一帧各自的噪声水平|最后几帧本身作引导",
    },
    ("pzodmc", "en"): {
        r"\benergy\b": "all one can do is evaluate|energy is a sum",
        r"\bquer(?:y|ies)\b": "evaluate the \\*energy\\*|as many queries per score",
        r"\bmodes?\b": "the density's peaks",
        r"\bbaseline\b": "two exact sets of the same size",
        r"\bempty estimates?\b": "no proposal was accepted|repair of empty estimates|empty estimates repaired",
        r"joint moves": "shift all coordinates together",
    },
    ("pzodmc", "zh"): {
        r"查询": "计算\\*能量函数\\*|查询数相同",
        r"得分函数": "对数密度的梯度",
        r"基线": "两组同样大小的精确样本",
        r"联合移动": "同时改变所有坐标",
    },
}


def complete(project) -> bool:
    parts = import_module(f"experiments.{project.name}.study").PARTS
    return all((REPOSITORY / project.result("standard", part)).is_file() for part in parts)


PAGES = [
    (project, lang, sheet)
    for project in PROJECTS
    if project.appendix and complete(project)
    for sheet in project.sheets
    for lang in LANGUAGES
]
STORIES = [page for page in PAGES if page[2] == STORY]


def named(pages):
    return [f"{project.name}.{lang}{'.' if sheet else ''}{sheet}" for project, lang, sheet in pages]


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    root = tmp_path_factory.mktemp("pages")
    (root / "showcase").mkdir()
    for name in ("results", "showcase/templates", "showcase/values"):
        (root / name).symlink_to(REPOSITORY / name)
    found = {}
    for project, lang, sheet in PAGES:
        pictures = root / project.pictures
        pictures.mkdir(parents=True, exist_ok=True)
        for drawing in project.drawings:
            for name in drawing.files:
                (pictures / name).touch()
        page = render(project.name, lang, root=root, preset="standard", sheet=sheet)
        found[project, lang, sheet] = page.split("---\n", 2)[2]
    return found


def read(body: str) -> str:
    """What a reader sees of a page's Markdown: no code, comments, addresses and tags; a formula is a word."""
    return MARKUP.sub("", CODE.sub("", re.sub(r"\$\$.*?\$\$", " x ", body, flags=re.DOTALL)))


def count(text: str, lang: str) -> int:
    return len(re.findall(r"[\u4e00-\u9fff]|[A-Za-z0-9]+" if lang == "zh" else r"[^\s|]*[A-Za-z0-9]+[^\s|]*", text))


def sections(text: str) -> list[str]:
    return re.split(r"^## .*$", text, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize("page", STORIES, ids=named(STORIES))
def test_a_story_is_short_and_its_five_sections_are_balanced(rendered, page):
    text, lang = read(rendered[page]), page[1]
    assert WORDS[lang][0] <= count(text, lang) <= WORDS[lang][1], count(text, lang)
    weights = [count(part, lang) for part in sections(text)]
    shares = [weight / sum(weights) for weight in weights]
    assert len(shares) == 5 and all(SHARE[0] <= share <= SHARE[1] for share in shares), shares


@pytest.mark.parametrize("page", STORIES, ids=named(STORIES))
def test_the_source_of_a_story_is_prose(rendered, page):
    """Tags, comments, includes, targets of links and rules of tables are not; blanks do not count."""
    source, lang = plain(rendered[page]), page[1]
    assert len(source) <= LONGEST[lang]
    marks = r"<!--.*?-->|\{%.*?%\}|<[^<>]*>|\]\([^()]*\)|^\|[-:| ]+\|$"
    prose, all_of_it = (
        len(re.sub(r"\s", "", text)) for text in (re.sub(marks, "", source, flags=re.DOTALL | re.MULTILINE), source)
    )
    assert prose / all_of_it >= PROSE[lang], prose / all_of_it


@pytest.mark.parametrize("page", STORIES, ids=named(STORIES))
def test_a_story_has_a_handful_of_figures_and_one_table(rendered, page):
    body = CODE.sub(lambda match: match[0] if "include" in match[0] else "", rendered[page])
    assert len(re.findall(r"include (?:figure|video)\.liquid", body)) in FIGURES
    assert len(re.findall(r"^\|[-:| ]+\|$", body, re.MULTILINE)) == 1
    assert "](study/" in body, "one click to all that was measured"


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_items_and_headings_begin_lines(rendered, page):
    """A condition that ends a line of a template takes the line's end with it, and the next item joins the last one."""
    joined = re.findall(r"^.*[^\s#].*(?:- \*\*|#{2,} ).*$", plain(rendered[page]), re.MULTILINE)
    assert not joined, joined


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_nobody_says_i(rendered, page):
    text = QUOTED.sub("", re.sub(r"`[^`]*`", "", read(rendered[page])))
    found = [text[max(0, m.start() - 30) : m.end() + 30] for m in PRONOUNS.finditer(text)]
    assert not found, found


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_every_method_is_cited_where_it_is_met(rendered, page):
    text = read(rendered[page])
    missing = [word for word, at in CITED.items() if re.search(word, text) and at not in rendered[page]]
    assert not missing, missing


@pytest.mark.parametrize("page", STORIES, ids=named(STORIES))
def test_terms_are_explained_where_they_are_first_used(rendered, page):
    project, lang, _ = page
    text = read(rendered[page])
    for term, words in GLOSSARY[project.name, lang].items():
        first = re.search(term, text)
        assert first, f"{term}: not used"
        paragraph = text.find("\n\n", first.start())
        assert re.search(words, text[: paragraph if paragraph > 0 else None]), f"{term}: used before it is explained"


@pytest.mark.parametrize("page", PAGES, ids=named(PAGES))
def test_one_vocabulary(rendered, page):
    old = r"(?<!im)possible transition|\bceiling|\bfloors?\b|\boracle|(?:queries|proposals) a score|\d %"
    old += r"|短片(?!段)|行走|影片|胶片|尺子|双阱|偏差原则|初稿|整体移动|容限"
    text = re.sub(r"`[^`]*`", "", read(rendered[page]))
    found = [text[max(0, m.start() - 20) : m.end() + 20] for m in re.finditer(old, text)]
    assert not found, found


@pytest.mark.parametrize("project", [project for project in PROJECTS if project.appendix and complete(project)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_all_that_is_claimed_stands_in_the_story_or_in_its_study(rendered, project, lang):
    both = rendered[project, lang, STORY] + rendered[project, lang, STUDY]
    told = {name for name in claims_of(project.name) if re.search(rf"\b{name}\b", both)}
    assert told == set(claims_of(project.name))
    shown = set(re.findall(rf"assets/img/{project.name}/([\w]+)\.", both))
    drawn = {drawing.name for drawing in project.drawings if drawing.kind in ("picture", "film")}
    assert drawn <= shown, drawn - shown


@pytest.mark.parametrize("project", [project for project in PROJECTS if project.appendix and complete(project)])
@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_of_a_story_has_every_observation_that_its_tally_counts(rendered, project, lang):
    rows = "\n".join(line for line in rendered[project, lang, STORY].splitlines() if line.startswith("|"))
    for name in observations_of(project.name):
        assert re.search(rf"\b{name}(?::verdict)?\b", rows), name


@pytest.mark.parametrize("project", [project for project in PROJECTS if project.appendix and complete(project)])
@pytest.mark.parametrize("sheet", [STORY, STUDY])
def test_both_languages_bind_the_same_names(rendered, project, sheet):
    """Numbers, claims and tables, as the pages have them."""
    marks = r"<!--([A-Za-z]\w*(?:\.[\w+-]+)+(?:\|[^<>]*?)?|claim: [\w:]+|table: [\w-]+)-->"
    english, chinese = (set(re.findall(marks, plain(rendered[project, lang, sheet]))) for lang in LANGUAGES)
    assert len(english) > 40 and english == chinese, english ^ chinese
    assert not [name for name in english if "|" in name]  # Markdown would take the paragraph for a table


@pytest.mark.parametrize("page", STORIES, ids=named(STORIES))
def test_the_table_has_as_many_rows_as_the_tally_counts(rendered, page):
    rows = re.findall(r"^\|(?![-:| ]+\|$)", rendered[page], re.MULTILINE)
    assert len(rows) - 1 == len(observations_of(page[0].name))
