"""Certificates of V^n g by enumeration on the line and in the plane: any dilation, components, masks, source."""

import gzip
import json
from random import Random

import pytest
from command import answer, refusal
from network_mutants import mutants
from random_schemes import random_scheme

from exactrelu import build, certify, checker, write_certificate
from exactrelu.field import RATIONALS
from exactrelu.network.files import network_text

FAST = [("spline_1", 0), ("spline_1", 3), ("ternary", 2), ("hermite", 2), ("takagi", 3), ("dd4_line", 1), ("sqrt3", 0),
        ("d4", 2), ("ghm", 1), ("d4_wavelet", 1)]
SLOW = [("sqrt3", 1), ("dilations", 1), ("quincunx_zp", 1), ("quincunx_rotated", 2), ("tile", 1), ("spline_3", 8),
        ("d4", 6), ("ghm", 4), ("d4_tensor", 0), ("d4_tensor", 1), ("bilinear", 2), ("bilinear", 3)]


def written(folder, verdict):
    """Return the certificate of a verdict, through which the checker has gone, as a JSON value."""
    path = folder / "c.json"
    write_certificate(path, verdict)
    return json.loads(path.read_text())


def answered(certificate):
    """Return the `Answer` of the checker to a JSON value."""
    return checker.judged(json.dumps(certificate).encode, checker.Certificate.check)


@pytest.mark.parametrize(("name", "n"), [*FAST, *(pytest.param(*row, marks=pytest.mark.exhaustive) for row in SLOW)])
def test_schemes(tmp_path, name, n):
    """The statement is about the scheme, and the evidence does not show it of a network that is 2^-60 larger."""
    verdict = certify(name, n)
    certificate = written(tmp_path, verdict)
    statement, evidence = certificate["statement"], certificate["evidence"]
    assert (statement["kind"], statement["n"], evidence["kind"]) == ("iterate", n, "enumeration")
    assert answered(certificate).statement.endswith(f"equals V^{n} g of the problem '{name}' at every point of R^"
                                                    f"{verdict.problem.dimension}")
    network = statement["network"]
    network["nodes"].append({"op": "affine", "terms": [[network["outputs"][0], 1]], "bias": f"1/{2**60}"})
    network["outputs"] = [network["inputs"] + len(network["nodes"]) - 1]
    assert answered(certificate).valid is False


def schemes(count, is_rational):
    """Return so many random schemes on the line, over Q or over fields Q(√D), with a diagonal dilation."""
    random, found = Random(3), []
    while len(found) < count:
        problem = random_scheme(random, 1, diagonal=True)
        if (problem.field == RATIONALS) is is_rational:
            found.append(problem)
    return found


@pytest.mark.parametrize("problem", schemes(5, True) + schemes(3, False))
def test_random_schemes(tmp_path, problem):
    """On the line there is a certificate for each of them, and one for each network with a hair on a weight, or for
    another n, that is refuted; the checker takes no tree for these."""
    network = build(problem, 1)
    certificate = written(tmp_path, certify(problem, 1, network))
    assert certificate["statement"]["kind"] == "iterate"
    hairs = [made for name, made in mutants(network.flatten()) if name.endswith("a hair")]
    for other in (*(made() for made in hairs[:: len(hairs) // 6]), build(problem, 2)):
        verdict = certify(problem, 1, other)
        found = written(tmp_path, verdict)
        assert found["statement"]["kind"] == ("iterate" if verdict.verdict == "certified" else "refutation")
        if verdict.verdict == "refuted":
            certificate["statement"]["network"] = json.loads("".join(network_text(other.flatten())))
            assert answered(certificate).valid is False


def test_command(tmp_path, capsys):
    """A certificate of the default method is written and checked where it can be; in space it is refused at once."""
    path = tmp_path / "c.json.gz"
    code, data = answer(capsys, "certify", "spline_2", "-n", 2, "--output", path)
    assert code == 0 and data["certificate"] == str(path) and data["certificate_checked"]
    assert json.loads(gzip.decompress(path.read_bytes()))["format"] == checker.FORMAT
    assert answer(capsys, "check", path)[0] == 0
    assert "about the line and the plane" in refusal(capsys, "certify", "trilinear", "-n", 0, "--output", path)
