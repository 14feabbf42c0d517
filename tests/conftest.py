"""Hypothesis profiles: reproducible by default, no deadline (exact arithmetic has no fixed cost per example)."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "default", deadline=None, derandomize=True, max_examples=100, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile("thorough", deadline=None, max_examples=2000, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("default")


def pytest_addoption(parser):
    """Add --real DIR: the folder of public networks that tests/unit/formats/test_real.py asks about."""
    parser.addoption("--real", metavar="DIR", help="a folder with public networks, for tests/unit/formats/test_real.py")
