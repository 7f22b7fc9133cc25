"""The owner's edits survive a rebuild: a three-way merge of a page over its sentences.

`base` is what the template made last time, `mine` the file as it lies on disk, `fresh` what the template makes now.
What only one side changed is taken; where both changed the same sentence the owner's stays and ours is offered.
Numbers, claims and tables are taken out before and put back after (showcase.binding): they are always the present ones.
"""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from merge3 import Merge3

from experiments.errors import InputError
from showcase.alignment import AnchoredMatcher, Token, alignment, tokens, units
from showcase.binding import Binding, Lookup
from showcase.frontmatter import merge_front, split_front
from showcase.migration import migrated
from showcase.notes import Notes
from showcase.page_text import plain_lines
from showcase.sentences import TAG, Unit, balanced, blocks, join, split


class Merged(NamedTuple):
    """The page to write, and what its owner should hear about."""

    text: str
    notes: Notes


def merge(base: str, mine: str, fresh: str, lookup: Lookup | None = None) -> Merged:
    """Merge one page. `lookup` knows the numbers and claims that the fresh page no longer shows.

    `base` and `fresh` hold the marks of the memory (showcase.marks), or are pages themselves. Line ends and the end of
    the file stay as the owner's editor wrote them; a byte-order mark, behind which Jekyll finds no front matter, goes.
    Raises InputError when the file's front matter is missing or broken.
    """
    newline = "\r\n" if mine.count("\r\n") * 2 > mine.count("\n") else "\n"
    advice = ["a byte-order mark at its start hid it from the site: taken away"] * mine.startswith("\ufeff")
    base, mine, fresh = map(plain_lines, (base, mine, fresh))
    base, mine = migrated(base, mine, fresh, lookup)
    (old_front, old), (his_front, his), (new_front, new) = (split_front(text) for text in (base, mine, fresh))
    if his_front is None and new_front is not None:
        raise InputError("front matter is missing: put it back, or delete the page to have it made again")

    bound = Binding(old, his, new, lookup)
    tail = _end(new) if _end(his) == _end(old) else _end(his)
    body, offered = _merge_bodies(*(text.rstrip("\n") + "\n\n" for text in (bound.base, bound.mine, bound.fresh)))
    body = bound.fill(body).rstrip("\n") + tail
    front, front_offered = merge_front(old_front or "", his_front or "", new_front or "")
    text = f"---\n{front}---\n{body}" if his_front is not None else body
    notes = bound.notes
    notes.offered = [*front_offered, *map(bound.readable, offered), *notes.offered, *bound.tables.missed(body)]
    notes.advice = [*advice, *notes.advice]
    return Merged(text.replace("\n", newline), notes)


def _merge_bodies(base: str, mine: str, fresh: str) -> tuple[str, list[str]]:
    """By sentences; where that would tear an HTML element apart, by whole blocks; else the owner's page as it is."""
    sound = balanced(mine) and balanced(fresh)
    old, his = ({unit.text for unit in split(text)} for text in (base, mine))
    removed = {text for text in old - his if _says_something(text)}
    for cut in (split, blocks):
        text, offered = _merge_units(base, mine, fresh, cut)
        text = _with_all_that_both_keep(_without(removed, text), mine, fresh)
        if balanced(text) or not sound:
            return text, offered
    known = old | his
    return mine, [unit.text for unit in split(fresh) if unit.text not in known]


def _merge_units(base: str, mine: str, fresh: str, cut: Callable[[str], list[Unit]]) -> tuple[str, list[str]]:
    cuts = [cut(text) for text in (base, mine, fresh)]
    taken: list[Token] = []
    offered: list[str] = []
    edited: dict[int, str] = {}  # places of the owner's units in conflicts -> the template's text there, "" for none
    gone: list[str] = []  # what the template no longer has in those places
    for kind, *parts in Merge3(*map(tokens, cuts), sequence_matcher=AnchoredMatcher).merge_groups():
        if kind != "conflict":
            taken += parts[0]
            continue
        before, his, new = parts
        # Two insertions at one place are no conflict: both stay, the owner's first.
        if not before:
            taken += [*his, *tokens([unit for unit in units(new) if unit not in units(his)])]
            continue
        old, own = ([text for kind, text in part if kind == "text"] for part in (before, his))
        was = {j: old[i] for i, j in alignment(old, own)}
        start = sum(kind == "text" for kind, _ in taken)
        edited |= {start + j: was.get(j, "") for j in range(len(own))}
        gone += [text for text in old if ("text", text) not in new]
        taken += his
        known = {*old, *own}
        offered += [text for kind, text in new if kind == "text" and text not in known and _says_something(text)]
    once = [{text for text, times in Counter(unit.text for unit in page).items() if times == 1} for page in cuts[::2]]
    movable = {text for text in once[0] & once[1] & set(gone) if _says_something(text)}
    return join(_moved_along(units(taken), edited, movable)), offered


def _moved_along(merged: list[Unit], edited: dict[int, str], movable: set[str]) -> list[Unit]:
    """What the template has moved away from a place that the owner edited: his wording follows it there.

    So do sentences that he has written behind it, or it would stand twice, once as his and once as the template's.
    """
    brought = {unit.text for at, unit in enumerate(merged) if at not in edited}
    his: dict[str, list[Unit]] = {}
    stay: list[Unit] = []
    follows = None
    for at, unit in enumerate(merged):
        was = edited.get(at)
        if was is not None and was in movable & brought and was not in his:
            follows = was
            his[was] = [unit]
        elif was == "" and follows and _says_something(unit.text):
            his[follows].append(unit)
        else:
            follows = None
            stay.append(unit)
            continue
        if stay:
            stay[-1] = stay[-1]._replace(gap=unit.gap)
    placed = []
    for text, gap in stay:
        own = his.pop(text, [Unit(text, gap)])
        placed += [*own[:-1], own[-1]._replace(gap=gap)]
    return placed


def _without(removed: set[str], text: str) -> str:
    """What the owner took away stays away, also where the template has moved it to."""
    kept: list[Unit] = []
    for unit in split(text):
        if unit.text not in removed:
            kept.append(unit)
        elif kept:
            kept[-1] = kept[-1]._replace(gap=unit.gap)
    return join(kept)


def _with_all_that_both_keep(text: str, mine: str, fresh: str) -> str:
    """A sentence that the owner and the template have moved to different places can fall between the two.

    It goes back behind the sentence that it follows on the owner's page.
    """
    kept, his, ours = split(text), split(mine), {unit.text for unit in split(fresh)}
    there = {unit.text for unit in kept}
    fallen = [at for at, (words, _) in enumerate(his) if words in ours - there and _says_something(words)]
    for at in fallen:
        before = next((each.text for each in reversed(his[:at]) if each.text in there), None)
        place = 1 + max((i for i, each in enumerate(kept) if each.text == before), default=-1)
        unit = his[at]
        if at and his[at - 1].text == before:  # it takes its neighbour's place at the paragraph's end
            unit = unit._replace(gap=kept[place - 1].gap)
            kept[place - 1] = kept[place - 1]._replace(gap=his[at - 1].gap)
        kept.insert(place, unit)
        there.add(unit.text)
    return join(kept) if fallen else text


def _says_something(text: str) -> bool:
    """More than HTML tags."""
    return bool(TAG.sub("", text).strip())


def _end(text: str) -> str:
    """The line breaks at the end of a text."""
    return text[len(text.rstrip("\n")) :]
