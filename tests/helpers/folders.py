"""Where things are, for tests that may be moved about: the project, its tests, and the inputs that tests share."""

from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
ROOT = TESTS.parent
CASES = TESTS / "cases"
CERTIFICATES = TESTS / "certificates"
CERTIFICATES_1 = TESTS / "certificates1"
