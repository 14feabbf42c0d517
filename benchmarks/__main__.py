"""One table of everything that is measured, on this machine, with the baseline and the peers in the same run.

    pip install '.[peers]' && python benchmarks [--long] [--only regions|certify] [--jobs J] [--without-baseline]

It takes some ten minutes on two cores, and half an hour more with --long: certify -n 7, 8, 9; the baselines on the
larger perceptrons, z3 on k = 8. Each row says what it has to reach and whether it does. A peer that is not installed is
named as such.
"""

import argparse

from table import Table, machine


def main():
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python benchmarks", description=__doc__.splitlines()[0])
    parser.add_argument("--long", action="store_true", help="with n up to 9, and the peers on the larger networks")
    parser.add_argument("--only", choices=("regions", "certify"), help="a part of the table")
    parser.add_argument("--jobs", type=int, help="the number of processes (default: one for each core)")
    parser.add_argument("--without-baseline", action="store_true", help="without the plain Fraction clipper")
    options = parser.parse_args()
    table = Table()
    print(machine(), flush=True)
    if options.only != "certify":
        from regions import enumerations

        enumerations(table, options.jobs, options.long, not options.without_baseline)
    if options.only != "regions":
        from certify import certifications

        certifications(table, options.jobs, options.long)
    table.summary()


if __name__ == "__main__":  # processes that are spawned import this module, too
    main()
