"""Screenshots of reports of all kinds, ``python tests/helpers/screens.py``: docs/screens, at the sizes of pages.

They are for people to look at: what a browser can measure, overlapping and small texts, the tests of reports measure.
Needs Chromium, and Pillow for files that are small.
"""

import contextlib
import io
import tempfile
from pathlib import Path

from browser import run, seen
from PIL import Image
from folders import ROOT

from exactrelu.cli import main

FOLDER = ROOT / "docs" / "screens"
REPORTS = {
    "every-n": ("haar", "-n", "all"),
    "enumeration": ("zp", "-n", "1", "--construction", "small", "--method", "enumerate"),
    "undecided": ("haar", "-n", "40", "--method", "enumerate"),
    "refuted": ("bilinear", "-n", "2", "--network", "net1.json"),
}


def shot(folder, page, width):
    """Return the picture of a page at this width, all of its height."""
    height = seen(folder, page, width)["height"]
    (folder / "page.html").write_text(page, encoding="utf-8")
    (folder / "frame.html").write_text(
        f"<!doctype html><body style='margin:0'><iframe src='page.html' style='border:0;width:{width}px;"
        f"height:{height}px'></iframe>", encoding="utf-8",
    )
    run(
        "--allow-file-access-from-files", f"--window-size={max(width, 500)},{height}",
        f"--screenshot={folder / 'shot.png'}", f"file://{folder}/frame.html",
    )
    with Image.open(folder / "shot.png") as image:
        return image.convert("RGB").crop((0, 0, width, height)).quantize(64, method=Image.Quantize.FASTOCTREE)


def write():
    """Write all screenshots."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, contextlib.chdir(name):
        folder = Path(name)
        with contextlib.redirect_stdout(io.StringIO()):
            main(["build", "bilinear", "-n", "1", "--output", "net1.json"])
        for kind, words in REPORTS.items():
            with contextlib.redirect_stdout(io.StringIO()):
                main(["report", *words, "--output", f"{kind}.html"])
            page = (folder / f"{kind}.html").read_text(encoding="utf-8")
            for width in (400, 1400):
                shot(folder, page, width).save(FOLDER / f"{kind}-{width}.webp", lossless=True, method=6)


if __name__ == "__main__":
    write()
