"""A page for people: one HTML file without scripts, which loads nothing, for every screen and for paper."""

from html import escape
from importlib.resources import files

from exactrelu.show.palette import DARK, INK, MONO, SANS, SERIF, classes_of, style

_TICK = '<path d="M2 8.5l4 4 8-9" fill="none" stroke="currentColor" stroke-width="2.6"/>'
_CROSS = '<path d="M3 3l10 10M13 3L3 13" fill="none" stroke="currentColor" stroke-width="2.6"/>'
_QUESTION = (
    '<path d="M4 5.5a4 4 0 1 1 5.5 3.6L8 10v1.5M8 13.2v1.6" fill="none" stroke="currentColor" stroke-width="2.2"/>'
)
SIGNS = {"certified": _TICK, "refuted": _CROSS, "undecided": _QUESTION}


def page(title, body):
    """Return the text of a page; what it shows is made of `Picture.embedded` and of the elements below."""
    names = [name for name in INK if name != "zero"]
    light, dark = (";".join(f"--{name}:{INK[name][mode]}" for name in names) for mode in (0, 1))
    fonts = f"--sans:{SANS};--serif:{SERIF};--mono:{MONO}"
    rules = (files("exactrelu.show") / "page.css").read_text(encoding="utf-8")
    sheet = (
        f":root{{color-scheme:light dark;{light};{fonts}}}{DARK}{{:root{{{dark}}}}}\n{rules}{style(classes_of(body))}"
    )
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{escape(title)}</title>\n<style>{sheet}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def section(ident, title, *content):
    """Return a section with a heading; ``title`` and ``content`` are HTML."""
    return f'<section aria-labelledby="{ident}"><h2 id="{ident}">{title}</h2>{"".join(content)}</section>'


def badge(verdict):
    """Return the sign and the word of a verdict."""
    return (
        f'<span class="badge is-{verdict}"><svg viewBox="0 0 16 16" aria-hidden="true">{SIGNS[verdict]}</svg>'
        f"{verdict}</span>"
    )


def figure(picture, caption=""):
    """Return a picture in a page; a ``caption`` is HTML."""
    return f"<figure>{picture.embedded()}{_caption(caption)}</figure>"


def wide(broad, slim, caption=""):
    """Return two drawings of one thing, of which the style sheet shows the one that fits."""
    return (
        f'<figure class="wide"><div class="broad">{broad.embedded()}</div><div class="slim">{slim.embedded()}</div>'
        f"{_caption(caption)}</figure>"
    )


def _caption(caption):
    return f"<figcaption>{caption}</figcaption>" if caption else ""


def figures(*drawn, cls="figs"):
    """Return a grid of figures."""
    return f'<div class="{cls}">{"".join(drawn)}</div>'


def keys(pairs):
    """Return numbers with their names, pairs of HTML."""
    entries = "".join(f"<div><dt>{name}</dt><dd>{entry}</dd></div>" for name, entry in pairs)
    return f'<dl class="keys">{entries}</dl>'


def grid(head, rows, cls="", caption="", foot=()):
    """Return a table of HTML cells; the first cell of a row is its head, and the table scrolls, not the page."""
    top = "".join(f'<th scope="col">{cell}</th>' for cell in head)
    lines = "".join(
        f'<tr><th scope="row">{first}</th>{"".join(f"<td>{cell}</td>" for cell in rest)}</tr>' for first, *rest in rows
    )
    bottom = "".join(f'<th scope="col">{cell}</th>' for cell in foot)
    return (
        f'<div class="scroll"><table{f" class={chr(34)}{cls}{chr(34)}" if cls else ""}>'
        f"{f'<caption>{caption}</caption>' if caption else ''}{f'<thead><tr>{top}</tr></thead>' if head else ''}"
        f"<tbody>{lines}</tbody>{f'<tfoot><tr>{bottom}</tr></tfoot>' if foot else ''}</table></div>"
    )


def details(summary, content):
    """Return what is shown on demand, and in print."""
    return f"<details><summary>{summary}</summary>{content}</details>"


def commands(blocks):
    """Return lines for a shell: pairs (comment, commands), as text."""
    return "<pre>" + "\n".join(
        f"<b># {escape(comment)}</b>\n" + "\n".join(map(escape, lines)) for comment, lines in blocks
    ) + "</pre>"


def lines(rows):
    """Return lines of text as they are."""
    return "<pre>" + "\n".join(map(escape, rows)) + "</pre>"


def words(text):
    """Return a text as HTML."""
    return escape(str(text), quote=False)
