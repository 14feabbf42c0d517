"""Scripts for shells: every command and option is in them, and bash completes with the one for it."""

import re
import shutil
import subprocess
import sys

import pytest
from command import answer, refusal, run

from exactrelu.cli import command_line

pytest.importorskip("shtab", reason="needs shtab: pip install 'exactrelu[completion]'")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_every_command_and_option_is_there(capsys, shell):
    """The script for each shell has all commands and their long options."""
    code, script, err = run(capsys, "completion", shell)
    assert (code, err) == (0, "") and answer(capsys, "completion", shell)[1]["script"].rstrip() == script.rstrip()
    for name, command in command_line().siblings.items():
        assert name in script
        for option in command.names:
            assert option.lstrip("-") in script, (name, option)


def test_bash_completes(capsys, tmp_path):
    """``exactrelu reg`` gives ``regions``, ``exactrelu equal --wi`` the option, and NET is a file of the folder."""
    (tmp_path / "script").write_text(run(capsys, "completion", "bash")[1])
    (tmp_path / "network.onnx").touch()

    def completed(*words):
        program = f"""source ./script
COMP_WORDS=({' '.join(words)}); COMP_CWORD={len(words) - 1}; COMP_LINE="${{COMP_WORDS[*]}}"; COMP_POINT=${{#COMP_LINE}}
COMPREPLY=(); $(complete -p exactrelu | sed 's/.*-F \\([^ ]*\\).*/\\1/') exactrelu "${{COMP_WORDS[COMP_CWORD]}}" x
printf '%s\\n' "${{COMPREPLY[@]}}"
"""
        ended = subprocess.run(["bash", "-c", program], check=True, capture_output=True, text=True, cwd=tmp_path)
        return ended.stdout.split()

    assert completed("exactrelu", "reg") == ["regions"]
    assert completed("exactrelu", "equal", "--wi") == ["--within"]
    assert completed("exactrelu", "bound", "net") == ["network.onnx"]


EXPECTED = [
    ("exactrelu reg", "regions"), ("exactrelu equal --wi", "--within"), ("exactrelu bound net", "network.onnx"),
    ("exactrelu prove network.onnx que", "query.vnnlib"), ("exactrelu certify --output que", "query.vnnlib"),
]
"""What is typed, and what its last word becomes."""


@pytest.fixture
def folder(capsys, tmp_path, request):
    """A folder with two files and the script for the shell that is the parameter; skipped where there is no such."""
    if shutil.which(request.param) is None:
        pytest.skip(f"needs the shell {request.param}")
    for name in ("network.onnx", "query.vnnlib"):
        (tmp_path / name).touch()
    (tmp_path / "_exactrelu").write_text(run(capsys, "completion", request.param)[1])
    return tmp_path


@pytest.mark.parametrize("folder", ["fish"], indirect=True)
def test_fish_completes(folder):
    """The same in fish, asked by its command complete."""
    for typed, word in EXPECTED:
        program = f"source ./_exactrelu; complete -C '{typed}'"
        ended = subprocess.run(
            ["fish", "--no-config", "-c", program], check=True, capture_output=True, text=True, cwd=folder, timeout=60
        )
        assert [line.split("\t")[0] for line in ended.stdout.splitlines()] == [word]


@pytest.mark.parametrize("folder", ["zsh"], indirect=True)
def test_zsh_completes(folder):
    """The same in zsh, typed at its prompt in a pseudo terminal, with the script as a file in $fpath."""
    (folder / "type").write_text("""zmodload zsh/zpty; zpty z zsh -f -i
ask() { zpty -n -w z "$1"; zpty -r -m z found "*$2*"; print -r -- $found }
zpty -w z "fpath=($PWD \\$fpath); autoload -Uz compinit; compinit -u -D; print done-\\$((1+1))"
zpty -r -m z found "*done-2*"
""" + "".join(f"ask '{typed}'$'\\t' '{word}'; zpty -n -w z $'\\x15'\n" for typed, word in EXPECTED))
    ended = subprocess.run(
        ["zsh", "-f", "type"], check=True, capture_output=True, text=True, cwd=folder, timeout=30
    )
    for typed, word in EXPECTED:
        assert re.search(re.escape(f"{typed.rpartition(' ')[0]} {word}"), ended.stdout), typed


def test_other_shells_and_a_missing_library(capsys, monkeypatch):
    """A shell that is not known is refused with those that are; without shtab, a line says how to install it."""
    assert "bash, zsh, fish" in refusal(capsys, "completion", "csh")
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert "pip install 'exactrelu[completion]'" in refusal(capsys, "completion", "bash")
