"""The doing of a planned export: cut off anywhere, the next one ends as this one would."""

from pathlib import Path

from showcase.export import memory
from showcase.export.containers import merged
from showcase.export.memory import digest
from showcase.export.plan import WRITES, Change, Plan
from showcase.names import Names
from showcase.owned import update


def carry_out(plan: Plan, folder: Path) -> None:
    """Do it in `folder`, which is the site or a copy of it.

    First it is noted what will be written, then it is written, then it is noted that it was. A file that lay there
    before the first export is not remembered, so that no later export takes it for ours.
    """
    written = [change for change in plan.pages if change.ours]
    media = {change.path.as_posix(): change for change in plan.media}
    now = {name: plan.known.get(name, []) for name in media}
    new = {name: digest(change.fresh) for name, change in media.items() if change.ours and change.action != "kept"}
    # Of what was changed or deleted there the old digest stays: it is still not ours.
    stay = {n: max(now[n]) for n, c in media.items() if c.action == "deleted" or (c.action == "kept" and c.fresh)}
    # An empty digest stands for no file.
    coming = {name: sorted({*(now[name] or [""]), one}) for name, one in new.items() if now[name] != [one]}
    memory.announce(
        folder,
        {change.path: change.fresh for change in written},
        {name: digests for name, digests in (plan.known | coming).items() if digests},
    )
    memory.keep_options(folder, plan.choices)
    for change in plan.pages:
        if change.action == "removed":
            (folder / change.path).unlink(missing_ok=True)
        elif change.action in WRITES:
            _put(folder, change)
        if change.ours:
            memory.settle(folder, change.path)
    for change in plan.media:
        if change.action == "removed":
            (folder / change.path).unlink(missing_ok=True)
        elif change.action in WRITES:
            memory.write(folder / change.path, change.content)
    memory.conclude(folder, plan.forgotten, dict(sorted((stay | new).items())))


def _put(folder: Path, change: Change) -> None:
    """Write a page, and what its owner saves there at this moment, too."""

    def content(mine: bytes | None) -> bytes:
        if mine is None:
            return change.fresh
        last = memory.page_before(folder, change.path, mine.decode())
        if last is None:
            return change.content
        return merged(last, mine.decode(), change.fresh.decode(), Names.of_page(change.path)).text.encode()

    (folder / change.path).parent.mkdir(parents=True, exist_ok=True)
    update(folder / change.path, content)
