"""An export that is killed or runs out of disk at any place: the next one ends as an undisturbed one does, to the byte.

Nothing of the site's owner is lost, and nothing is taken for his that is not.
"""

import random
from pathlib import Path

import pytest

from tests.export.sites import make
from tests.faults.trial import copy, differences, left_overs

PAGE = """---
layout: page
title: Walks
lang: {lang}
ref: walks
permalink: /projects/{lang}/walks/
img: assets/img/walks/a.png
category: work
---

![The walk from above](/assets/img/walks/a.png)
{more}
The first sentence stands here. The second one is {word}. The last sentence ends it.
"""


def write(root: Path, word: str, pictures: str) -> None:
    (root / "_projects").mkdir(parents=True, exist_ok=True)
    (root / "assets/img/walks").mkdir(parents=True, exist_ok=True)
    more = "".join(f"![A walk through the maze](/assets/img/walks/{name}.png)\n" for name in pictures)
    for lang in ("en", "zh"):
        page = PAGE.format(lang=lang, word=word, more=more)
        (root / f"_projects/walks.{lang}.md").write_text(page, encoding="utf-8")
    for name in {"a", *pictures}:
        (root / f"assets/img/walks/{name}.png").write_bytes(f"{name} {word}".encode())


def all_of(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


@pytest.fixture(scope="module", params=["first", "later"])
def case(request, tmp_path_factory, programs):
    """A showcase and a site before an export: the first one, or one after edits on both sides."""
    folder = tmp_path_factory.mktemp(request.param)
    root, site = folder / "showcase", make(folder / "site", "v0.16")
    write(root, "old", "bc")
    if request.param == "later":
        assert programs.run(folder, "export", "--to", str(site), root_of_build=str(root)).code == 0
        page = site / "_projects/walks.en.md"
        page.write_text(page.read_text(encoding="utf-8").replace("The last sentence ends it.", "He ends it."))
        (site / "assets/img/walks/b.png").write_bytes(b"his picture")
        write(root, "new", "bd")
    return folder


def heals(programs, folder: Path, expected: dict[str, bytes], fault) -> None:
    again = programs.run(folder, "export", "--to", str(folder / "site"), root_of_build=str(folder / "showcase"))
    assert again.code == 0, f"{fault}: {again.out}"
    assert "lay there before" not in again.out and not differences(all_of(folder / "site"), expected), fault
    assert not left_overs(folder), fault


def test_an_export_cut_anywhere_is_healed_by_the_next(programs, case, at_length, tmp_path):
    def export(folder: Path, fault: dict | None = None):
        site, root = folder / "site", folder / "showcase"
        return programs.run(folder, "export", "--to", str(site), fault=fault, watched=site, root_of_build=str(root))

    whole = copy(case, tmp_path / "whole")
    run = export(whole)
    assert run.code == 0, run.out
    expected, chance, faults = all_of(whole / "site"), random.Random(0), []
    for at in range(1, run.changes + 1, 1 if at_length else max(1, run.changes // 2)):
        faults += [{"kind": "kill", "at": at}, {"kind": "full", "at": at}]
    faults += [{"kind": "kill", "after": chance.uniform(0, run.seconds)} for _ in range(40 if at_length else 1)]
    for fault in faults:
        folder = copy(case, tmp_path / "cut")
        cut = export(folder, fault)
        assert cut.code in (-9, 0, 2) and "Traceback" not in cut.out, f"{fault}: {cut.out}"
        heals(programs, folder, expected, fault)
    print(f"export cut {len(faults)} times, the random ones of seed 0: all healed, nothing lost")


def test_what_changes_here_between_the_cut_and_the_next_export_arrives(programs, case, at_length, tmp_path):
    """The frozen pages of old: a cut-off export, then new words here, then an export."""
    whole = copy(case, tmp_path / "whole")
    changes = programs.run(
        whole, "export", "--to", str(whole / "site"), watched=whole / "site", root_of_build=str(whole / "showcase")
    ).changes
    for at in sorted({*range(1, changes + 1, 1 if at_length else max(1, changes // 2)), changes - 3}):
        folder = copy(case, tmp_path / "cut")
        told = {"watched": folder / "site", "root_of_build": str(folder / "showcase")}
        programs.run(folder, "export", "--to", str(folder / "site"), fault={"kind": "kill", "at": at}, **told)
        write(folder / "showcase", "newest", "bd")
        run = programs.run(folder, "export", "--to", str(folder / "site"), **told)
        assert run.code == 0 and "lay there before" not in run.out, f"{at}: {run.out}"
        for lang in ("en", "zh"):
            page = (folder / f"site/_projects/walks.{lang}.md").read_text(encoding="utf-8")
            assert "The second one is newest." in page and page.count("The second one") == 1, at
        assert (folder / "site/assets/img/walks/a.png").read_bytes() == b"a newest", at
