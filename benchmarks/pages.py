"""What the benchmarks share that write a page of docs/: the command line, and the page when all is known."""

import argparse
import time
from pathlib import Path

from table import machine


def write_page(script, words, kind, problems, seconds, file, *, rows, page, shown):
    """Measure and write a page; ``script`` is the module's file and ``words`` are those of its command line or None.

    Its problems are some of ``problems`` {name: problem}, all of one ``kind``; certifying may take ``seconds`` and
    ``file`` is the page if nothing else is asked for. ``rows(problems, to, seconds)`` yields lines, ``page(lines,
    machine, seconds)`` returns the text, and ``shown(line)`` what is printed of a line as soon as it is there.
    """
    parser = argparse.ArgumentParser(prog=f"python benchmarks/{Path(script).name}", description=f"Write {file.name}.")
    parser.add_argument("names", metavar="NAME", nargs="*", help=f"{kind} (default: all)")
    parser.add_argument("--to", type=int, default=3, metavar="N", help="the largest n (default 3)")
    parser.add_argument(
        "--seconds", type=float, default=seconds, metavar="S", help=f"what certifying may take (default {seconds})"
    )
    parser.add_argument("--output", type=Path, default=file, metavar="FILE", help="the page (default: that of docs/)")
    options = parser.parse_args(words)
    unknown = sorted(set(options.names) - set(problems))
    if unknown:
        parser.error(f"no {kind}: {', '.join(unknown)}")
    start, where, lines = time.monotonic(), machine(), []
    for line in rows({name: problems[name] for name in options.names or problems}, options.to, options.seconds):
        lines.append(line)
        print(f"{shown(line)} ({time.monotonic() - start:.0f} s)", flush=True)
    options.output.write_text(page(lines, where, options.seconds), encoding="utf-8")
    print(f"{options.output}: {len(lines)} rows, {time.monotonic() - start:.0f} s")
