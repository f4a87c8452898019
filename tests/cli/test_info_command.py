"""`carla-console info`: versions and paths, of a user who has set some and of one who has not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console import paths
from console.cli.commands.info import is_there
from console.cli.main import main
from console.version import VERSION


def told(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, list[str]]:
    """What -> its paths."""
    assert main([*words, "info", "-o", "json"]) == 0
    found: dict[str, list[str]] = {}
    for each in json.loads(capsys.readouterr().out)["paths"]:
        found.setdefault(each["what"], []).append(each["path"])
    return found


def test_each_folder_stands_where_the_user_has_put_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(paths.STATE_VARIABLE, str(tmp_path / "state"))
    monkeypatch.setenv(paths.CONFIG_VARIABLE, str(tmp_path / "set"))
    monkeypatch.setenv(paths.LOGS_VARIABLE, str(tmp_path / "logs"))
    found = told(capsys)
    assert found["recordings"] == [str(tmp_path / "state" / "recordings")]
    assert found["presets"] == [str(tmp_path / "set" / "presets")]
    assert found["own log"] == [str(tmp_path / "logs")]
    assert not any((tmp_path / made).exists() for made in ("state", "set", "logs"))


def test_every_kubeconfig_is_told_as_kubectl_would_read_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", "/a:b")
    assert told(capsys)["kubeconfig"] == ["/a", str(tmp_path / "b")]
    assert told(capsys, "--kubeconfig", "/c")["kubeconfig"] == ["/c"]
    assert main(["info", "--kubeconfig", "/d"]) == 0
    assert capsys.readouterr().out.splitlines()[-4].split() == ["kubeconfig", "no", "/d"]


def test_the_table_says_the_version_and_what_is_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(paths.STATE_VARIABLE, str(tmp_path / "no\x1b[2Jne"))
    assert main(["info"]) == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["carla-console", VERSION] in lines
    assert ["guide", "yes", str(paths.guide())] in lines
    assert ["state", "no"] in [line[:2] for line in lines]
    assert "\x1b" not in str(lines)


def test_where_nobody_may_look_nobody_says_that_nothing_is_there(tmp_path: Path) -> None:
    assert is_there(tmp_path) is True
    assert is_there(tmp_path / "none") is False
    assert is_there(tmp_path / ("long" * 100)) is None


def test_a_flag_that_it_has_no_use_for_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--context", "far", "info"]) == 2
    assert "no use for --context" in capsys.readouterr().err
