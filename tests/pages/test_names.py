"""Names of numbers: from a key to its name and back, by language, with stars."""

from contextlib import suppress
from itertools import product
from pathlib import Path

import pytest
from jinja2 import TemplateError

from experiments.errors import InputError
from showcase.claims import claims_of
from showcase.marks import numbers
from showcase.names import Names
from showcase.projects import LANGUAGES, PROJECTS
from showcase.render import Page
from showcase.values import Style
from tests.pages.conftest import REPOSITORY

FILE = """"*.seams": {key: methods.*.validity, format: .0f, scale: 100, unit: "%"}
"*.seams.interval": {key: methods.*.validity, format: "[.0f]", scale: 100, unit: "%"}
learned.clips: {key: training.clips, format: .1f, scale: 1.0e-6, zh: {format: .0f, scale: 1.0e-4}}
took.time: {key: training.seconds, format: .0f, unit: " s"}
"""


@pytest.fixture
def names(tmp_path: Path):
    (tmp_path / "showcase/values").mkdir(parents=True)
    (tmp_path / "showcase/values/p.yaml").write_text(FILE)
    return lambda lang="en": Names.load(tmp_path, "p", lang)


@pytest.mark.parametrize(
    ("name", "key", "style"),
    [
        ("injection.seams", "methods.injection.validity", Style(".0f", 100, "%")),
        ("injection.seams.interval", "methods.injection.validity", Style("[.0f]", 100, " %")),
        ("0.45.seams", "methods.0.45.validity", Style(".0f", 100, "%")),
        ("learned.clips", "training.clips", Style(".1f", 1e-6)),
        ("took.time", "training.seconds", Style(".0f", 1, " s")),
    ],
)
def test_a_name_leads_to_its_key_and_back(names, name, key, style):
    assert names().resolve(name) == (key, style) and names().name(key, style) == name
    assert names().canonical(style.bound(key)) == name == names().canonical(name)


def test_another_language_writes_otherwise_under_the_same_name(names):
    style = Style(".0f", 1e-4)
    assert names("zh").resolve("learned.clips") == ("training.clips", style)
    assert names("zh").name("training.clips", style) == "learned.clips" != names("en").name("training.clips", style)


def test_what_has_no_name_is_bound_in_full_and_another_unit_is_told(names):
    for style in (Style(".3f"), Style("[.1f]", 100, "%"), Style()):
        bound = names().name("other.key", style)
        assert bound.startswith("other.key|") and names().resolve(bound) == ("other.key", style)
    with pytest.raises(InputError, match="'training.seconds' has the unit 's' in showcase/values/p.yaml, not 'h'"):
        names().name("training.seconds", Style(".0f", 1, " h"))


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_no_two_lines_of_the_real_files_say_the_same(project, lang):
    names = Names.load(REPOSITORY, project.name, lang)
    assert names.entries
    told = [(entry.key, entry.style(lang)) for entry in names.entries]
    assert len(set(told)) == len(told)
    for entry in names.entries:  # with a step in place of each star
        name, key = entry.name.replace("*", "x1"), entry.key.replace("*", "x1")
        assert names.resolve(name) == (key, entry.style(lang)), f"{entry.name} is taken for another line"


@pytest.mark.parametrize("project", PROJECTS, ids=lambda project: project.name)
def test_every_line_is_used_on_a_page_or_in_a_wording_also_of_verdicts_that_were_not_reached(project):
    used: set[str] = set()
    for preset in (REPOSITORY / "results" / project.name).iterdir():
        with suppress(InputError):  # a preset that did not run
            page = Page(project.name, "en", REPOSITORY, preset.name)
            for claim in claims_of(project.name).values():
                for words in claim.wording["en"].values():
                    # A wording may not fit these results.
                    with suppress(InputError, TemplateError, TypeError):
                        used |= numbers(page.environment.from_string(words).render(page._shared(claim.setup))).keys()
    for lang, sheet in product(LANGUAGES, project.sheets):
        used |= numbers((REPOSITORY / project.last_render(lang, sheet)).read_text(encoding="utf-8")).keys()
    assert [entry.name for entry in Names.load(REPOSITORY, project.name, "en").unused(used)] == []
