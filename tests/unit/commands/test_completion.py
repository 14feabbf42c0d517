"""Scripts for shells: every command and option is in them, and bash completes with the one for it."""

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


def test_other_shells_and_a_missing_library(capsys, monkeypatch):
    """A shell that is not known is refused with those that are; without shtab, a line says how to install it."""
    assert "bash, zsh, fish" in refusal(capsys, "completion", "csh")
    monkeypatch.setitem(sys.modules, "shtab", None)
    assert "pip install 'exactrelu[completion]'" in refusal(capsys, "completion", "bash")
