"""The doing of a planned export: cut off anywhere, the next one ends as this one would."""

from pathlib import Path

from showcase.export import memory
from showcase.export.memory import digest
from showcase.export.plan import WRITES, Plan


def carry_out(plan: Plan, folder: Path) -> None:
    """Do it in `folder`, which is the site or a copy of it.

    Before a picture is written it is noted that it will be, then that it was. A file that lay there before the first
    export is not remembered, so that no later export takes it for ours.
    """
    media = {change.path.as_posix(): change for change in plan.media}
    now = {name: plan.known.get(name, []) for name in media}
    new = {name: digest(change.fresh) for name, change in media.items() if change.ours and change.action != "kept"}
    # Of what was changed or deleted there the old digest stays: it is still not ours.
    stay = {n: max(now[n]) for n, c in media.items() if c.action == "deleted" or (c.action == "kept" and c.fresh)}
    # An empty digest stands for no file.
    on_the_way = {name: sorted({*(now[name] or [""]), one}) for name, one in new.items() if now[name] != [one]}
    memory.record(folder, {name: digests for name, digests in (plan.known | on_the_way).items() if digests})
    memory.keep_options(folder, plan.choices)
    for change in plan.changes:
        if change.action == "removed":
            (folder / change.path).unlink(missing_ok=True)
    for change in plan.pages:
        if change.ours:
            memory.renew_page(folder, change.path, change.fresh)
    for change in plan.media:
        if change.action in WRITES and change.action != "removed":
            memory.write(folder / change.path, change.content)
    for path in plan.forgotten:
        memory.forget(folder, path)
    memory.record(folder, {name: [one] for name, one in sorted((stay | new).items())})
