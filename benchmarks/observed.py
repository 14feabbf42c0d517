"""Runs one command of exactrelu, and ends its answer with a line of JSON that says what it took.

    python observed.py certify bilinear -n 3 --json
"""

import json
import resource
import sys

from exactrelu.cli import main


def usage():
    """Return the processor seconds of all processes, and the peak memory of this one and of the largest other, in MB.

    What the workers took is known when they were waited for, and None if there were none.
    """
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {
        "processor": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
        "parent": peak(),
        "worker": others.ru_maxrss / 1024 or None,
    }


def peak():
    """Return the peak memory of this process in MB; ru_maxrss would include that of the process that started it."""
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


if __name__ == "__main__":
    code = main()
    print(json.dumps(usage()))
    sys.exit(code)
