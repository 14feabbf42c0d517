"""Certificates, measured: writing them with `exactrelu certify --output`, and the independent checker on them.

    python benchmarks/certificates.py
"""

import argparse
import tempfile
from pathlib import Path

from processes import answered
from table import Bar, Cost, Table, machine

INDUCTIONS = (
    # problem, construction, n
    ("bilinear", "one-pass", 100), ("bilinear", "one-pass", 300), ("butterfly", "one-pass", 100),
    ("bilinear", "compact", 100), ("bilinear", "compact", 1000), ("butterfly", "compact", 20),
    ("bilinear", "paper", 100),
)

ENUMERATIONS = (1, 2, 3)
"""The n for the problem bilinear, construction one-pass."""

LONGEST = 60
"""The processor seconds that the checker may take."""

TIMES = 5
"""So many times as long as the verdict the check before a certificate is written may take."""


def certificate_rows(table, folder, name, construction, n, method):
    """Print the rows of one certificate: written, and checked."""
    path = Path(folder, "certificate.json.gz")
    words = ("certify", name, "-n", n, "--construction", construction, "--method", method, "--output", path)
    _, usage = answered(*words, "--no-check")
    if method == "enumerate":
        checked_row(table, words, usage)
    cost = Cost(usage["wall"], usage["processor"], f"{usage['parent']:.0f} MB")
    table.row(f"{construction} {name} -n {n}, written", f"{path.stat().st_size / 1e6:.2f} MB as gzip", cost)
    data, usage = answered("check", path)
    cost = Cost(usage["wall"], usage["processor"], f"{usage['parent']:.0f} MB")
    bar = Bar(f"<= {LONGEST} s of processor", usage["processor"] <= LONGEST)
    table.row("  checked", "valid" if data["valid"] else "invalid", cost, bars=[bar])


def checked_row(table, words, unchecked):
    """Print the row of the check before a certificate is written, given what writing it without one uses."""
    _, verdict = answered(*words[:-2])
    _, usage = answered(*words)
    cost = Cost(usage["wall"] - unchecked["wall"], usage["processor"] - unchecked["processor"])
    ratio = (usage["processor"] - unchecked["processor"]) / verdict["processor"]
    bar = Bar(f"<= {TIMES} x the verdict", ratio <= TIMES)
    table.row(f"bilinear -n {words[3]}, checked before", f"{ratio:.1f} x the verdict", cost, bars=[bar])


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python benchmarks/certificates.py", description=__doc__.splitlines()[0])
    parser.parse_args()
    table = Table()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        table.heading("certificates by induction; memory of the process")
        for name, construction, n in INDUCTIONS:
            certificate_rows(table, folder, name, construction, n, "induction")
        table.heading("certificates by enumeration; memory of the parent")
        for n in ENUMERATIONS:
            certificate_rows(table, folder, "bilinear", "one-pass", n, "enumerate")
    table.summary()


if __name__ == "__main__":
    main()
