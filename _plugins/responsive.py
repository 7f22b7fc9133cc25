"""Reads [[picture, copy, width], …] as JSON from stdin and writes each copy as WebP, whole or not at all.

A picture that cannot be read is copied as it is, and named: one broken file must not stop the site.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from PIL import Image

for picture, copy, width in json.load(sys.stdin):
    target = Path(copy)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(f".{os.getpid()}.part")
    try:
        with Image.open(picture) as image:
            mode = "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
            size = (width, max(1, round(image.height * width / image.width)))
            image.convert(mode).resize(size, Image.Resampling.LANCZOS).save(part, format="WEBP", quality=82, method=4)
    except (OSError, SyntaxError, ValueError) as error:
        print(f"{picture}: {error}")
        shutil.copyfile(picture, part)
    part.replace(target)
