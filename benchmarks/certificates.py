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

ENUMERATIONS = {1: 30, 2: 90, 3: 900}
"""The n for the problem bilinear, construction one-pass, with the processor seconds that all of it may take: the
verdict, the certificate and its check."""

LONGEST = 60
"""The processor seconds that the checker may take for an induction."""


def certificate_rows(table, folder, name, construction, n, method):
    """Print the rows of one certificate: written, and checked."""
    path = Path(folder, "certificate.json.gz")
    words = ("certify", name, "-n", n, "--construction", construction, "--method", method, "--output", path)
    _, written = answered(*words, "--no-check")
    cost = Cost(written["wall"], written["processor"], f"{written['parent']:.0f} MB")
    table.row(f"{construction} {name} -n {n}, written", f"{path.stat().st_size / 1e6:.2f} MB as gzip", cost)
    data, usage = answered("check", path)
    cost = Cost(usage["wall"], usage["processor"], f"{usage['parent']:.0f} MB")
    if method == "enumerate":
        most = ENUMERATIONS[n]
        bar = Bar(f"<= {most} s of processor with what is above", written["processor"] + usage["processor"] <= most)
    else:
        bar = Bar(f"<= {LONGEST} s of processor", usage["processor"] <= LONGEST)
    table.row("  checked", "valid" if data["valid"] else "invalid", cost, bars=[bar])


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
