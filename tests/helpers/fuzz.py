"""Coverage-guided fuzzing of the readers of all formats, with atheris: not a test, but a command that never ends.

    pip install '.[test,fuzz]'
    python tests/helpers/fuzz.py problem|network|certificate|certificate-1 [options of libFuzzer: -max_total_time=60]

It starts from the corpus in tests/ and ends at the first input that gets anything but an answer or one clear line.
"""

import sys
import tempfile
from pathlib import Path

import atheris
from folders import CASES, CERTIFICATES, CERTIFICATES_1

SEEDS = {
    "problem": CASES / "bad_problems", "network": CASES / "bad_networks", "certificate": CERTIFICATES,
    "certificate-1": CERTIFICATES_1,
}

with atheris.instrument_imports(include=["exactrelu", "json"]):
    from readers import CHECKERS, READERS, assert_clean_answer, assert_clean_reading

    from exactrelu.jsonio import read_json


def answers_cleanly(kind, path):
    """Read the file at ``path``; raises whatever a reader raises that it should not."""
    if kind in CHECKERS:
        assert_clean_answer(path, kind)
    else:
        assert_clean_reading(lambda: READERS[kind](read_json(path), str(path)))


def main(kind, options):
    """Fuzz the reader of one ``kind`` of file."""
    with tempfile.TemporaryDirectory() as folder:
        seeds, path = Path(folder, "seeds"), Path(folder, "input")
        seeds.mkdir()
        for k, file in enumerate(sorted(p for p in SEEDS[kind].rglob("*") if p.is_file())):
            if file.stat().st_size < 1 << 16:
                Path(seeds, str(k)).write_bytes(file.read_bytes())

        def one_input(data):
            path.write_bytes(data)
            answers_cleanly(kind, path)

        atheris.Setup([sys.argv[0], *options, str(seeds)], one_input)
        atheris.Fuzz()


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in SEEDS:
        sys.exit(f"usage: python tests/helpers/fuzz.py {'|'.join(SEEDS)} [options of libFuzzer]")
    main(sys.argv[1], sys.argv[2:])
