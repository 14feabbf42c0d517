"""The pages of proofs/: Markdown for people, with formulas that GitHub renders, and one JSON object for programs.

Statements are written with formulas as ``$…$`` and ``$$…$$``. On the pages they become ``$`…`$`` and blocks fenced as
math, the forms in which GitHub reads no Markdown inside them. Nothing on a page depends on time, place or version.
"""

import re

from exactrelu import data
from exactrelu.field import Integer, Rational, text
from exactrelu.lemmas.places import PLACES, VERSION
from exactrelu.lemmas.registry import COMMENTS, MODULES, SECTIONS, page_name
from exactrelu.lemmas.result import INSTANCES

FORMAT = "exactrelu-proofs/1"

PAPER = "T. Gantumur, *Exact ReLU realization of tensor-product refinement iterates*, arXiv:2605.03917"

INTRODUCTION = f"""# Proofs

An executable check of every numbered statement of {PAPER}.
Each page restates one statement, under the paper's label and in this project's notation, and says what was checked,
how, over which range and with which result. All arithmetic is exact; nothing is sampled.

* **for all**: proved for all values of what the statement leaves free, by exact symbolic computation or by a finite
  case distinction that covers everything.
* **for all, within a range**: proved like that, but only for the values in the range that the page names; whatever is
  not in the range is free.
* **for all inputs of given instances**: proved at every point of the domain, for the masks, seeds and n that the page
  names, by enumeration of all pieces.

`exactrelu proofs` writes these pages again, byte for byte; `exactrelu proofs --check` says which of them are stale. The
checks are `exactrelu/lemmas/`, one module a statement; `exactrelu proofs lemma-2-7` runs and prints that one alone.
`proofs.json` has the same data for programs. Where a statement has several labels, its page says which of its claims
has which.

[Errata](errata.md) has all places where the printed text needs a correction, also as LaTeX; [what the proofs
use](dependencies.md) is the graph of the statements.
"""

BROKEN = data.table("broken")
"""{name of a page: [{"broken": what is broken on purpose, "says": what the check then says}]}, as a test finds it."""

_DISPLAYED = re.compile(r"\$\$([^$]+)\$\$")
_INLINE = re.compile(r"\$([^$`]+)\$")
_BROKEN = re.compile(r"\s*\n\s*")


def index_page(checks):
    """Return the text of the index for ``checks``, a mapping from labels to `Check`."""
    parts = [INTRODUCTION]
    for section in SECTIONS:
        parts += [f"## {section.title}\n", section.introduction + "\n"]
        rows = []
        for label in section.modules:
            check = checks[label]
            rows.append((f"[{label}]({page_name(label)})", check.statement.title, check.kind, check.verdict))
            rows += _comment_rows(label)
        parts.append(table(("statement", "", "how", "verdict"), rows))
    return rendered("\n".join(parts))


def linked_index(checks, folder):
    """Return the index as one table (Markdown) for another page; ``checks`` are those of `json_object`."""
    rows, entries = [], iter(checks)
    for section in SECTIONS:
        rows.append((f"**{section.title}**", "", "", ""))
        for label, check in zip(section.modules, entries):
            kind = check["kind"].replace(INSTANCES, "instances")
            rows.append((f"[{label}]({folder}/{page_name(label)})", check["title"], kind, check["verdict"]))
            rows += _comment_rows(label)
    return table(("statement", "", "how", "verdict"), rows).rstrip()


def _comment_rows(label):
    """Return the rows of the index for the remark, if there is one, that follows a statement and asserts nothing."""
    comment = COMMENTS.get(label)
    return [] if comment is None else [(comment, "comments on method", "asserts nothing to check", "")]


def is_index(data):
    """Return whether ``data``, anybody's JSON, has what `linked_index` needs of a `json_object`, for all labels."""
    checks = data.get("checks") if isinstance(data, dict) else None
    if not (isinstance(checks, list) and all(isinstance(check, dict) for check in checks)):
        return False
    words = all(isinstance(check.get(name), str) for check in checks for name in ("title", "kind", "verdict"))
    return words and [check.get("label") for check in checks] == [label for part in SECTIONS for label in part.modules]


def statement_page(label, check):
    """Return the text of the page of one statement."""
    return rendered("\n".join((*_statement_parts(label, check), "---\n\n[All statements](README.md)\n")))


def _where(label):
    """Return where a statement stands in the paper, where its check stands, and how to run and to break it."""
    name = page_name(label).removesuffix(".md")
    path = f"exactrelu/lemmas/{MODULES[label].replace('.', '/')}.py"
    rows = [
        ("checked by", f"[{path}](../{path})"),
        ("alone", f"`exactrelu proofs {name}`"),
        ("broken", f"`pytest tests/unit/lemmas/test_lemmas_mutations.py -k {name}`, as below"),
    ]
    place = PLACES.get(label)
    if place is not None:
        rows.insert(0, ("in the paper", f"{VERSION}, Section {place.section}"))
    if place is not None and place.uses:
        links = ", ".join(f"[{used}]({page_name(used)})" for used in place.uses)
        rows.append(("uses", links))
    broken = [(entry["broken"], f"`{entry['says']}`") for entry in BROKEN[name]]
    return [
        "## Where\n", table(("", ""), rows),
        "## Broken\n", table(("what is broken on purpose", "what the check then says"), broken),
    ]


def statement_text(label, check, seconds):
    """Return what the page of one statement says, with formulas as they are written, and how long the check took."""
    return "\n".join((*_statement_parts(label, check), f"checked in {seconds:.2f} s"))


def _statement_parts(label, check):
    parts = [
        f"# {label}: {check.statement.title}\n",
        check.statement.text.strip() + "\n",
        "## What was checked\n",
        f"**Verdict: {check.verdict}** ({check.kind}).\n",
    ]
    for number, fact in enumerate(check.facts, 1):
        parts += _fact_lines(number, fact)
    return parts + _where(label)


def json_object(checks):
    """Return the JSON object with everything that the pages show."""
    return {
        "format": FORMAT,
        "checks": [check_object(label, checks[label]) for section in SECTIONS for label in section.modules],
    }


def check_object(label, check):
    """Return the JSON object of one statement, with everything that its page shows."""
    return {
        "label": label,
        "title": check.statement.title,
        "page": page_name(label),
        "section": PLACES[label].section if label in PLACES else None,
        "uses": list(PLACES[label].uses) if label in PLACES else [],
        "statement": check.statement.text.strip(),
        "kind": check.kind,
        "verdict": check.verdict,
        "cases": check.cases,
        "facts": [_fact_object(fact) for fact in check.facts],
        "broken": BROKEN[page_name(label).removesuffix(".md")],
    }


def _fact_lines(number, fact):
    how = "Refuted" if fact.printed else f"Checked {fact.kind}"
    lines = [
        f"**{number}. {_outcome(fact)}** {fact.claim.strip()}\n",
        f"*{how}*: {_scope(fact)} ({_counted(fact.cases, 'case')}).\n",
    ]
    if fact.is_undecided:
        lines.append(f"Neither proved nor refuted: {fact.witness['not decided']}.\n")
    elif fact.witness is not None:
        lines.append(table(("fails at", ""), [(name, shown(value)) for name, value in fact.witness.items()]))
    if fact.table is not None:
        lines.append(table(fact.table.header, [tuple(map(shown, row)) for row in fact.table.rows]))
    return lines


def _scope(fact):
    """Return the scope of a fact and the range, which is written from its data."""
    ranges = (fact.within or {}).items()
    bounds = (
        f"${name} = {shown(low)}$" if low == high else rf"${shown(low)} \leq {name} \leq {shown(high)}$"
        for name, (low, high) in ranges
    )
    return "; ".join((fact.scope, *([", ".join(bounds)] if ranges else ())))


def _outcome(fact):
    if fact.printed:
        return f"{fact.reading}, {'fails.' if fact.is_as_expected else 'DOES NOT FAIL as it should.'}"
    if fact.is_undecided:
        return "NOT DECIDED."
    return "Holds." if fact.is_as_expected else "FAILS."


def _counted(number, noun):
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def table(header, rows):
    """Return a table in Markdown."""
    lines = ["| " + " | ".join(header) + " |", "|" + " --- |" * len(header)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def shown(value):
    """Return an exact value for people."""
    if isinstance(value, (Rational, Integer)):
        return text(value)
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(shown, value)) + ")"
    return str(value)


def rendered(source):
    """Return Markdown with the formulas in GitHub's own notation."""
    displayed = _DISPLAYED.sub(lambda found: f"```math\n{found[1].strip()}\n```", source)
    return _INLINE.sub(lambda found: f"$`{_BROKEN.sub(' ', found[1])}`$", displayed)


def _fact_object(fact):
    table, witness = fact.table, fact.witness
    return {
        "claim": fact.claim.strip(),
        "kind": fact.kind,
        "scope": fact.scope,
        "range": None if fact.within is None else {name: _plain(ends) for name, ends in fact.within.items()},
        "cases": fact.cases,
        "expected": "fails" if fact.printed else "holds",
        "holds": None if fact.is_undecided else witness is None,
        "witness": None if witness is None else {name: _plain(value) for name, value in witness.items()},
        "data": None if table is None else [dict(zip(table.header, map(_plain, row))) for row in table.rows],
    }


def _plain(value):
    if isinstance(value, (Rational, Integer)):
        return text(value)
    if isinstance(value, (tuple, list)):
        return [_plain(entry) for entry in value]
    return value
