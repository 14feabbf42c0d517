"""What Python programs use: the public names, verdicts in conditions, and arguments that cannot be used."""

import pytest

import exactrelu
from exactrelu import InputError, Verdict, build, certify, load_problem, write_certificate
from exactrelu.checker import check_file
from exactrelu.construction import CONSTRUCTIONS
from exactrelu.network import Network


def bare(network):
    """Return a network without the marks that an induction needs."""
    flat = network.flatten()
    return Network(flat.inputs, flat.nodes, flat.outputs)


@pytest.mark.parametrize("method", [None, "enumerate", "induction"])
@pytest.mark.parametrize("construction", CONSTRUCTIONS)
def test_certify_decides_about_networks_of_its_own(construction, method):
    """Without a network that of the construction is taken; the problem may be given by name."""
    verdict = certify("haar", 1, construction=construction, method=method, jobs=1)
    assert (verdict.verdict, verdict.n, verdict.method) == ("certified", 1, method or "enumerate")
    assert verdict.problem is load_problem("haar") and verdict.counterexample is None
    assert (verdict.proof is not None) == (method == "induction")
    assert verdict.network.evaluate((0, 0)) == build("haar", 1, construction).evaluate((0, 0))


def test_certify_proves_every_n():
    """n = "all" has a proof and the sizes of the family, by induction."""
    verdict = certify("haar", "all", construction="compact")
    assert verdict and (verdict.n, verdict.network, verdict.method) == ("all", None, "induction")
    assert verdict.sizes.depth == "2n+7" and "For every n >= 1" in verdict.proof.theorem
    assert verdict.statement == "the network equals V^n g at every point of R^2, for every n >= 1"


def verdicts():
    """Return a certified, a refuted and two undecided verdicts, one of these beyond the limit of enumeration."""
    network = build("haar", 2)
    return {
        "certified": [certify("haar", 2, network, jobs=1), certify("haar", 2, network, method="induction")],
        "refuted": [certify("haar", 1, network, jobs=1), certify("haar", 1, network, method="induction")],
        "undecided": [certify("haar", 2, bare(network), method="induction"), certify("haar", 10**9, network)],
    }


def test_only_what_is_certified_is_true():
    """A refuted and an undecided verdict are false in a condition; each says what is the case in one line."""
    for word, found in verdicts().items():
        for verdict in found:
            assert isinstance(verdict, Verdict) and verdict.verdict == word
            assert bool(verdict) is (word == "certified")
            assert repr(verdict) == f"<Verdict on 'haar': {word}: {verdict.statement}>"
            assert (verdict.counterexample is not None) == (word == "refuted")
            if word == "undecided":
                assert verdict.reason.startswith("nothing was decided: ")


def test_certificates_are_written_of_verdicts(tmp_path):
    """Every verdict on one n that decides anything has a certificate, and the checker confirms it; no other has one."""
    found = verdicts()
    for number, verdict in enumerate(found["certified"] + found["refuted"]):
        path = tmp_path / f"{number}.json.gz"
        write_certificate(path, verdict)
        answer = check_file(path)
        assert answer.valid and ("equals" in answer.statement) == bool(verdict)
    for verdict in (*found["undecided"], certify("haar", "all")):
        with pytest.raises(InputError, match="certificate"):
            write_certificate(tmp_path / "none.json", verdict)
    assert not (tmp_path / "none.json").exists()


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        (("haar", -1), {}, "n: expected an integer >= 0, got -1"),
        (("haar", 1.0), {}, "n: expected an integer >= 0, got 1.0"),
        (("haar", -(10**5000)), {}, "n: expected an integer >= 0, got an integer of very many digits"),
        (("haar", "every"), {}, "n: expected an integer >= 0, got 'every'"),
        (("haar", True), {}, "n: expected an integer >= 0, got True"),
        (("har", 1), {}, "'har' is neither a file nor a built-in problem"),
        (({"mask": {}}, 1), {}, "got a dict; problem_from_json"),
        ((None, 1), {}, "got a NoneType; "),
        (("haar", 1), {"method": "enumerat"}, "did you mean enumerate?"),
        (("haar", 1), {"method": 7}, "there is no method 7"),
        (("haar", 1), {"construction": "onepass"}, "did you mean one-pass?"),
        (("haar", 1), {"method": "induction", "state": "x"}, "state belongs to the method enumerate"),
        (("haar", "all"), {"method": "enumerate"}, "n = all belongs to the method induction"),
        (("haar", "all"), {"network": build("haar", 1)}, "one network has one n"),
        (("haar", 0), {"method": "induction"}, "needs n >= 1"),
    ],
)
def test_what_cannot_be_asked(arguments, options, words):
    """Bad arguments of `certify` are refused with a hint."""
    with pytest.raises(InputError) as caught:
        certify(*arguments, **options)
    assert words in str(caught.value)


def test_public_names_are_functions_and_classes():
    """No public name is a module."""
    assert exactrelu.certify is certify
