"""A headless Chromium that lays out pictures and pages and tells what it sees; without one, tests are skipped."""

import json
import re
import shutil
import subprocess
from html import unescape

import pytest

PROGRAM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), None)

needs_browser = pytest.mark.skipif(PROGRAM is None, reason="needs Chromium: apt install chromium")

_FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--virtual-time-budget=4000")

_LOOK = """
const problems = [];
for (const svg of document.querySelectorAll('svg[role=img]')) {
  const rim = svg.getBoundingClientRect(), name = svg.querySelector('title').textContent;
  if (!rim.width) continue;
  const texts = [...svg.querySelectorAll('text')].map(t => [t, t.getBoundingClientRect()]);
  texts.forEach(([t, box], i) => {
    const size = parseFloat(getComputedStyle(t).fontSize) * rim.width / svg.viewBox.baseVal.width;
    if (size < 9) problems.push([name, 'small', t.textContent, size]);
    if (box.left < rim.left - 1 || box.right > rim.right + 1 || box.top < rim.top - 1 || box.bottom > rim.bottom + 2)
      problems.push([name, 'outside', t.textContent]);
    for (const [other, its] of texts.slice(i + 1)) {
      const wide = Math.min(box.right, its.right) - Math.max(box.left, its.left);
      const high = Math.min(box.bottom, its.bottom) - Math.max(box.top, its.top);
      if (wide > 1 && high > 4) problems.push([name, 'overlap', t.textContent, other.textContent]);
    }
  });
}
const answer = {problems, width: document.documentElement.clientWidth, scroll: document.documentElement.scrollWidth,
  height: document.documentElement.scrollHeight, pictures: document.querySelectorAll('svg[role=img]').length};
const out = document.createElement('pre');
out.id = 'seen';
out.textContent = JSON.stringify(answer);
document.body.append(out);
"""


def run(*words):
    """Return (stdout, stderr) of Chromium."""
    command = [PROGRAM, *_FLAGS, *map(str, words)]
    ended = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout, ended.stderr


def seen(folder, page, width=1400):
    """Return what a browser of that width sees of the text of a page, as a dictionary.

    ``problems``: texts that are smaller than 9 px, outside of their picture, or over another one.
    """
    page = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)  # the page itself has no script
    inside = page.replace("</body>", f"<script>{_LOOK}</script></body>")
    (folder / "inside.html").write_text(inside, encoding="utf-8")
    # a headless window is at least 500 wide, a frame may be narrower
    (folder / "outside.html").write_text(
        "<!doctype html><body style='margin:0'>"
        f"<iframe src='inside.html' style='border:0;width:{width}px;height:900px'></iframe><pre id=seen></pre>"
        "<script>addEventListener('load', () => {document.getElementById('seen').textContent = "
        "document.querySelector('iframe').contentDocument.getElementById('seen').textContent})</script>",
        encoding="utf-8",
    )
    out, _ = run(
        "--allow-file-access-from-files", f"--window-size={max(width, 500)},900", "--dump-dom",
        f"file://{folder}/outside.html",
    )
    return json.loads(unescape(re.search(r'<pre id="seen">(.*?)</pre>', out, re.DOTALL)[1]))
