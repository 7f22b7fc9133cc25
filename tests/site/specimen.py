# ruff: noqa: E501 — Markdown as writers type it, one paragraph or include a line
"""A project in two languages that uses everything a page may use; the site is tried on it, beside the real pages."""

import base64
import json
import re
import shutil
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from showcase.animation import save_animation
from showcase.drawing import Animation

SITE_FOLDERS = ["_layouts", "_includes", "_pages", "_data", "_plugins", "_projects", "theme", "assets"]
REF = "specimen"
IDS = ("status", "motivation", "achievements", "challenges", "reflections")
HEADINGS = {
    "en": ("Current Status", "Motivation", "Achievements", "Challenges", "Reflections and Gains"),
    "zh": ("现状", "动机", "成果", "挑战", "反思收获"),
}
URLS = {"en": f"/projects/{REF}/", "zh": f"/projects/zh/{REF}/"}
SENTENCES = {
    "en": "Two particles leave the left well, cross the ridge at different times and settle in the right one. The text "
    "is about as long as a paragraph on a real page, so that the measure, the spacing and the hyphenation show.",
    "zh": "两个粒子从左侧势阱出发，在不同时刻越过势垒，最后停在右侧势阱。这段文字和真实页面上的段落差不多长，用来检查行宽、间距和断行，"
    "也检查中文与 English 混排时的样子。",
}


def drift(frames: int = 12, height: int = 96, width: int = 192) -> Animation:
    """A dot that walks to the right: frames (T, H, W, 3)."""
    images = []
    for step in range(frames):
        image = Image.new("RGB", (width, height), "#eef3f7")
        x = 10 + step * (width - 30) // frames
        ImageDraw.Draw(image).ellipse([x, height // 3, x + 20, height // 3 + 20], fill="#0072b2")
        images.append(np.asarray(image))
    return Animation(np.stack(images), fps=6)


def chart(path: Path, size: tuple[int, int] = (720, 400)) -> None:
    """A line chart without letters, opaque."""
    image = Image.new("RGB", size, "white")
    pen = ImageDraw.Draw(image)
    xs = np.linspace(40, size[0] - 20, 80)
    for colour, bend in (("#0072b2", 1.0), ("#d55e00", 2.2)):
        ys = size[1] - 40 - (size[1] - 80) * np.linspace(0, 1, 80) ** bend
        pen.line(list(zip(xs, ys, strict=True)), fill=colour, width=4)
    pen.line([(40, 20), (40, size[1] - 40), (size[0] - 20, size[1] - 40)], fill="#6b7280", width=2)
    image.save(path)


def players(folder: Path) -> None:
    """What the players read: two films as sheets of frames and one that waits to be chosen; a cloud of two dots."""
    frames = drift(12, 32, 32).frames
    sheet = np.concatenate([np.concatenate(frames[k : k + 4], axis=1) for k in range(0, 12, 4)])
    for name, picture in (("walk", sheet), ("back", sheet[::-1]), ("spare", 255 - sheet)):
        Image.fromarray(np.ascontiguousarray(picture)).save(folder / f"{name}.webp")
    labels = {"walk": "走", "back": "回", "spare": "备"}
    verdicts = {"walk": [1, 0], "back": [0, 0], "spare": [1, 1]}
    rows = [
        {
            "name": name,
            "label_en": name,
            "label_zh": zh,
            "sprite": f"{name}.webp",
            "seams": [4, 8],
            "verdicts": verdicts[name],
        }
        for name, zh in labels.items()
    ]
    rows[2]["real"] = True
    long = {"frames": 9, "fps": 6, "rows": [rows[1], rows[2]]}
    films = {"frames": 12, "columns": 4, "cell": 32, "fps": 6, "given": 4, "rows": rows, "long": long}
    (folder / "player.json").write_text(json.dumps(films), encoding="utf-8")
    dots = np.array([[[10 * step, 0], [-10 * step, 0]] for step in range(12)], np.int8)
    cloud = {"colour": "#0072b2", "wrong": 0.25, "bytes": base64.b64encode(dots.tobytes()).decode()}
    density = {"side": 2, "bytes": base64.b64encode(bytes([0, 255, 128, 0])).decode()}
    times = [round(1 - step / 12, 2) for step in range(12)]
    data = {"times": times, "particles": 2, "reach": 1, "density": density, "samplers": {"cloud": cloud}}
    (folder / "particles.json").write_text(json.dumps(data), encoding="utf-8")


def page(lang: str) -> str:
    """The Markdown of one language."""
    text = SENTENCES[lang]
    h = [f"## {title} {{#{key}}}" for key, title in zip(IDS, HEADINGS[lang], strict=True)]
    picture = f'class="img-fluid rounded z-depth-1" zoomable=true alt="{text[:20]}"'
    folder = f"assets/img/{REF}"
    body = f"""
<div class="teaser">
<div class="row">
    <div class="col-sm mt-3 mt-md-0">
        {{% include figure.liquid path="{folder}/film.gif" title="Say &quot;hi&quot; & wave" class="img-fluid rounded z-depth-1" loading="eager" %}}
    </div>
    <div class="col-sm mt-3 mt-md-0">{{% include figure.liquid path="{folder}/still_only.gif" alt="{text[:12]}" class="img-fluid rounded z-depth-1" %}}</div>
</div>
<div class="caption">{text[:60]}</div>
</div>

<div class="player" data-player="/{folder}/player.json" data-show="walk back" style="--n: 2">
<div class="row"><div class="col-sm">{{% include figure.liquid path="{folder}/chart.png" alt="{text[:14]}" class="img-fluid rounded z-depth-1" %}}</div></div>
</div>
<div class="caption">{text[:60]}</div>

<div class="player" data-particles="/{folder}/particles.json" data-cloud="{text[:8]}" style="--n: 1">
<div class="row"><div class="col-sm">{{% include figure.liquid path="{folder}/chart.png" alt="{text[:16]}" %}}</div></div>
</div>
<div class="caption">{text[:60]}</div>

<div class="live" data-live></div>

<details class="cite">
<summary>Cite</summary>
<pre><code>@misc{{specimen,
  title = {{A specimen}},
}}</code></pre>
</details>

<p class="finding">{text[:80]} <span class="measured" data-value="a.b">12.3</span></p>

<dl class="facts"><dt>Hardware</dt><dd>2 cores, no GPU</dd><dt>Compute</dt><dd><span class="measured" data-value="a.c">41</span> s</dd><dt>Code</dt><dd><code class="path">experiments/pzodmc/</code></dd></dl>

<p class="links"><a href="#status">Code</a> <a href="#motivation">Data</a></p>

{h[0]}

{text} `\\(not maths\\)` $$\\lvert x \\rvert \\le \\frac{{ {{a}} }}{{b}}$$ {text}

$$
\\nabla \\log p_t(x) = \\frac{{1}}{{1 - e^{{-2t}}}} \\, \\mathbb E\\left[ e^{{-t}} X_0 - x \\mid X_t = x \\right], \\qquad \\operatorname{{MMD}}^2 = \\mathbb E\\, k(X, X') - 2\\, \\mathbb E\\, k(X, Y) + \\mathbb E\\, k(Y, Y')
$$

{h[1]}

{text}

<div class="row">
<div class="col-sm-8 mt-3 mt-md-0">{{% include figure.liquid path="{folder}/chart.png" {picture} %}}</div>
<div class="col-sm-4 mt-3 mt-md-0">{{% include figure.liquid path="{folder}/chart.png" {picture} %}}</div>
</div>
<div class="caption">{text[:70]} \\(p_t(x) < 1\\)</div>

<details class="reproduce"><summary>Reproduce</summary>
<dl><dt>Command</dt><dd><code>python build_figures.py --only pzodmc --preset standard --force</code></dd><dt>Seed</dt><dd>0</dd></dl>
</details>

{h[2]}

{{% include figure.liquid path="{folder}/chart.png" {picture} caption="{text[:40]} \\(x^2\\)" %}}

| method | MMD | sliced W2 | oracle calls | seconds |
|:---|---:|---:|---:|---:|
| full ZOD-MC | 0.123 ± 0.004 | 0.231 ± 0.020 | 1 204 500 | 12.1 ± 0.3 |
| partial ZOD-MC | 0.118 ± 0.003 | 0.229 ± 0.018 | 45 500 | 1.3 ± 0.1 |
{{: .table .table-sm}}

| the first write-up | measured again |
|:---|:---|
| {text[:60]} | {text[:90]} |
| a | **b** |
{{: .table}}

{h[3]}

![{text[:10]}](../{folder}/chart.png)

![{text[:10]}](/{folder}/chart.png)

<img src="../{folder}/chart.png" alt="{text[:10]}">

{{% include video.liquid path="{folder}/film.mp4" class="w-100" controls=true autoplay=true loop=true muted=true alt="{text[:10]}" %}}

<div class="row">
<div class="col-md-6 mt-3 mt-md-0"><div class="card"><div class="card-body"><p class="card-title">A card</p><p class="card-text">{text}</p></div></div></div>
<div class="col-md-6 mt-3 mt-md-0">{{% include figure.liquid path="../{folder}/chart.png" width="60%" min-width="80" alt="" %}}</div>
</div>

{h[4]}

> {text}

```python
def sample(target, generator, steps=1000):  # a line that is longer than a phone is wide, so that it has to scroll
    return target.draw(steps, generator)
```

```bibtex
@misc{{specimen, title = {{A specimen}}, year = {{2026}}}}
```
"""
    if lang == "zh":
        body = f'<div lang="zh-Hans" markdown="1">\n{body}\n</div>\n'
    title = {"en": "Specimen: two wells & a walk", "zh": "样张：两个势阱与一次行走"}[lang]
    return f"""---
layout: page
title: "{title}"
description: "{text.split(".")[0].split("。")[0]}"
img: {folder}/chart.png
importance: 1
category: {"work" if lang == "en" else "work-zh"}
related_publications: false
ref: {REF}
lang: {lang}
permalink: {URLS[lang]}
---
{body}"""


PARAMETERS_URL = "/projects/parameters/"
PARAMETERS = f"""---
layout: page
title: Parameters <script>alert(1)</script> & more
permalink: {PARAMETERS_URL}
---
{{% include figure.liquid path="assets/img/{REF}/chart.png" alt="all parameters" title="a title" class="img-fluid rounded z-depth-1"
  width="50%" height="120" min-width="10" max-width="20rem" min-height="5px" max-height="90vh" zoomable=true loading="eager"
  sizes="95vw" slot="first" cache_bust=true avoid_scaling=true caption="A caption with <em>emphasis</em>." %}}

{{% include figure.liquid path="/assets/img/{REF}/chart.png" alt="a leading slash" %}}

{{% include figure.liquid path="../assets/img/{REF}/chart.png" alt="pasted by the editor" %}}

{{% include figure.liquid url="assets/img/{REF}/chart.png" alt="a url" %}}

{{% include figure.liquid path="assets/img/{REF}/chart.png" title="only a title" %}}

{{% include figure.liquid path="assets/img/{REF}/chart.png" alt="<b>&quot;quoted&quot;</b> & <i>open" title="a < b &amp; c" %}}

{{% include figure.liquid path="assets/img/{REF}/alone.gif" alt="a gif alone" %}}

{{% include figure.liquid path="assets/img/{REF}/photo.jpg" alt="a photo" %}}
{{% include figure.liquid path="assets/img/{REF}/lossy.webp" alt="a lossy one" %}}
{{% include figure.liquid path="assets/img/{REF}/lossless.webp" alt="a lossless one" %}}
{{% include figure.liquid path="assets/img/{REF}/canvas.webp" alt="one on a canvas" %}}

{{% include video.liquid path="assets/img/{REF}/film.mp4" title="a film" alt="a dot walks" class="w-100" poster="assets/img/{REF}/chart.png" controls=true loop=true muted=true caption="The film's caption." %}}

{{% include video.liquid path="assets/img/{REF}/film.mp4" alt="bare film" %}}
"""


SNIPPETS_URL = "/projects/snippets/"


def expanded(body: list[str]) -> str:
    """A snippet as the editor leaves it in the specimen's page, when every place keeps its default."""
    text = re.sub(r"\$\{TM_FILENAME_BASE/[^}]*\}", REF, "\n".join(body))
    text = re.sub(r"\$\{\d:(name|left|right)\}", "chart", text)
    defaults = dict(re.findall(r"\$\{(\d):([^}]*)\}", text))
    text = re.sub(r"\$\{\d:([^}]*)\}", r"\1", text)
    return re.sub(r"\$(\d)", lambda place: defaults.get(place[1], ""), text)


def snippets_page() -> str:
    """All of the editor's snippets on one page; the sections once, in English."""
    file = Path(__file__).parents[2] / ".vscode/pages.code-snippets"
    snippets = json.loads(file.read_text(encoding="utf-8")).values()
    bodies = [expanded(snippet["body"]) for snippet in snippets if snippet["prefix"] != "sections-zh"]
    return "\n".join(["---", "layout: page", "title: Snippets", f"permalink: {SNIPPETS_URL}", "---", *bodies])


def write(site: Path) -> None:
    """Put the specimen's pages and pictures into the site's source folder `site`."""
    folder = site / "assets/img" / REF
    folder.mkdir(parents=True, exist_ok=True)
    chart(folder / "chart.png")
    players(folder)
    save_animation(drift(), folder / "film.gif")
    save_animation(drift(), folder / "still_only.gif")
    shutil.copy(folder / "still_only.gif", folder / "alone.gif")
    Image.new("RGB", (90, 60), "#aa4499").save(folder / "photo.jpg")
    Image.new("RGB", (91, 61), "#aa4499").save(folder / "lossy.webp")
    Image.new("RGB", (91, 61), "#aa4499").save(folder / "lossless.webp", lossless=True)
    Image.new("RGBA", (91, 61), "#aa449980").save(folder / "canvas.webp")
    (folder / "still_only.mp4").unlink()
    (site / "_projects").mkdir(exist_ok=True)
    (site / "_pages/parameters.md").write_text(PARAMETERS, encoding="utf-8")
    (site / "_pages/snippets.md").write_text(snippets_page(), encoding="utf-8")
    for lang in URLS:
        (site / "_projects" / f"{REF}.{lang}.md").write_text(page(lang), encoding="utf-8")
