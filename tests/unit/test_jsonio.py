"""exactrelu.jsonio: strict reading, what is written is read back, one clear line for every failure."""

import gzip
import json
import os

import pytest
from gmpy2 import mpq, mpz

from exactrelu.errors import InputError
from exactrelu.jsonio import parse_json, read_json, replace_json


def refused(source):
    with pytest.raises(InputError) as error:
        parse_json(source, "here")
    message = str(error.value)
    assert message.startswith("here: ") and "\n" not in message
    return message.removeprefix("here: ")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('{"seed": {"values": [1, 0.5]}}', "seed.values[1]: 0.5 is a JSON float"),
        ("[[1, 2], [3, 1e5]]", "[1][1]: 1e5 is a JSON float"),
        ("1e999999", "1e999999 is a JSON float"),
        ('{"a": NaN}', "a: NaN is not a rational number"),
        ("[Infinity]", "[0]: Infinity is not"),
        ("[-Infinity]", "[0]: -Infinity is not"),
        ('{"a": {"k": 1, "l": 2, "k": 1}}', 'a: the key "k" appears twice'),
        ('{"a": {"k": {"a": 1, "a": 2}, "k": 1}}', 'a: the key "k" appears twice'),
        ("[" * 100_000, "nested deeper than 100 levels"),
        ("[" * 200 + "]" * 200, "nested deeper than 100 levels"),
        ('{"a":' * 101 + "1" + "}" * 101, "nested deeper than 100 levels"),
        ("1" * 100_001, "an integer of more than 100000 digits"),
        ('["\\ud83d"]', "[0]: a string with half of a surrogate pair"),
        ('{"\\udc00": 1}', "a string with half of a surrogate pair"),
        ("{", "not JSON: Expecting property name"),
        ("", "not JSON: Expecting value (line 1, column 1)"),
        ("[1] 2", "not JSON: Extra data (line 1, column 5)"),
        ("[01]", "not JSON"),
        ("[1,]", "not JSON"),
        ('"a\nb"', "not JSON: Invalid control character"),
    ],
)
def test_unusable_json(source, message):
    """Floats, constants, duplicate keys, deep nesting and broken text are refused with their place."""
    assert refused(source).startswith(message)


def test_long_numerals():
    """Integers of 10,000 and 100,000 digits are read exactly, beyond the 4300 digits of Python's int()."""
    for digits in (3999, 4000, 4001, 4300, 4301, 10_000, 99_999):
        assert parse_json("-" + "7" * digits, "here") == -int(mpz("7" * digits))
    assert len(refused("1." + "5" * 9999)) < 200


def test_nesting_at_the_limit():
    """A hundred levels are read."""
    deep = parse_json("[" * 100 + "]" * 100, "here")
    for _ in range(99):
        (deep,) = deep
    assert deep == []


def test_strings_beyond_ascii():
    """Proper surrogate pairs, letters beyond ASCII and a byte order mark are fine."""
    assert parse_json('["\\ud83d\\ude00", "\\u00e9", "é"]', "here") == ["\N{GRINNING FACE}", "é", "é"]


def test_files(tmp_path):
    """Plain and compressed files are read by content, whatever the name; all failures are one line."""
    plain, packed = tmp_path / "a.gz", tmp_path / "b.json"
    plain.write_bytes(b"\xef\xbb\xbf[1]")
    packed.write_bytes(gzip.compress(b"[1]"))
    assert read_json(plain) == read_json(packed) == [1]
    (tmp_path / "bytes").write_bytes(b'["\xff"]')
    (tmp_path / "cut").write_bytes(gzip.compress(b"[1]" * 100)[:-9])
    (tmp_path / "checksum").write_bytes(gzip.compress(b"[1]")[:-8] + b"12345678")
    for name, reason in {
        "bytes": "not UTF-8 text (byte 2)",
        "cut": "damaged gzip file",
        "checksum": "damaged gzip file",
        "missing": "No such file",
        ".": "Is a directory",
        "nul\0byte": "not a file name",
    }.items():
        with pytest.raises(InputError) as error:
            read_json(os.path.join(tmp_path, name))
        assert reason in str(error.value) and "\n" not in str(error.value)


def test_size_limit(tmp_path):
    """The limit holds for the file and for what it decompresses to."""
    for name, content in {"long": b" " * 2000, "bomb": gzip.compress(b" " * 10_000_000)}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="longer than 1000 bytes"):
            read_json(tmp_path / name, max_bytes=1000)
    (tmp_path / "fits").write_bytes(b" " * 999 + b"1")
    assert read_json(tmp_path / "fits", max_bytes=1000) == 1


def test_written_files_are_read_back(tmp_path):
    """Rationals are written as strings, compressed when the name ends in .gz, the same bytes every time."""
    answer = {"a": [mpq(-7, 16), mpz(3), 2, None, True], "b": {"c": "é"}}
    expected = {"a": ["-7/16", "3", 2, None, True], "b": {"c": "é"}}
    for name in ("a.json", "a.json.gz"):
        replace_json(tmp_path / name, answer)
        first = (tmp_path / name).read_bytes()
        assert read_json(tmp_path / name) == expected
        replace_json(tmp_path / name, answer)
        assert (tmp_path / name).read_bytes() == first
    assert (tmp_path / "a.json.gz").read_bytes()[:2] == b"\x1f\x8b"
    assert sorted(os.listdir(tmp_path)) == ["a.json", "a.json.gz"]


def test_floats_are_not_written(tmp_path):
    """NaN is refused by the writer, and so is an object that JSON does not know; nothing is left behind."""
    for answer in ([float("nan")], [object()]):
        with pytest.raises((ValueError, TypeError)):
            replace_json(tmp_path / "a.json", answer)
    assert os.listdir(tmp_path) == []


def test_decimals_that_are_long_when_they_are_written_out(tmp_path):
    """A small file with many large exponents is refused before a number is made of them, however they are spelt."""
    for numeral in ("1e9999", " -.5E+09999 ", "\\u0031\\u0065-9999", "1e5000+1e4999*sqrt(3)"):
        path = tmp_path / "bomb.json"
        path.write_text('["relu", {"x": [' + ", ".join([f'"{numeral}"'] * 30_000) + "]}]")
        with pytest.raises(InputError, match="written out, its decimals have more than 268435456 digits"):
            read_json(path)
    path.write_text(json.dumps(["1e9999"] * 20_000 + ["relu1e9", "3e"]))
    assert len(read_json(path)) == 20_002
