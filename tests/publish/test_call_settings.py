"""What a user sets of the calls: each mistake is named with its field, and no address is repeated."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from console.domain.calls import Occasion
from console.errors import InvalidInput
from console.operations.ports.call_settings import CallSettings, Desktop, Webhook, WebhookForm
from console.publish.settings_file import read

URL = "https://hooks.example/services/sEcReT"


def settings(folder: Path, text: str) -> CallSettings:
    (folder / "calls.yaml").write_text(text)
    return read(folder / "calls.yaml")


def test_without_a_file_everything_is_on_and_no_webhook_is_told(tmp_path: Path) -> None:
    assert read(tmp_path / "calls.yaml") == CallSettings()
    assert CallSettings().occasions == set(Occasion)


def test_each_occasion_and_each_way_can_be_switched_off(tmp_path: Path) -> None:
    told = settings(tmp_path, "occasions: {complete: off}\nways: {bell: off, desktop: off}\n")
    assert told.occasions == set(Occasion) - {Occasion.COMPLETE}
    assert (told.toast, told.bell, told.title, told.desktop) == (True, False, True, Desktop.OFF)
    named = settings(tmp_path, "ways: {toast: off, title: off, desktop: osc777}")
    assert (named.toast, named.title, named.desktop) == (False, False, Desktop.OSC777)
    assert settings(tmp_path, "ways: {desktop: on}").desktop is Desktop.AUTO


def test_how_long_one_may_wait_for_room_is_set_in_minutes(tmp_path: Path) -> None:
    assert read(tmp_path / "calls.yaml").patience == timedelta(minutes=30)
    assert settings(tmp_path, "waiting-minutes: 90").patience == timedelta(minutes=90)


def test_a_webhook_has_its_form_and_its_occasions(tmp_path: Path) -> None:
    told = f"webhooks:\n  - {{url: '{URL}', form: slack, occasions: [failed, last-resume]}}\n"
    [webhook] = settings(tmp_path, told).webhooks
    assert webhook == Webhook(
        URL, WebhookForm.SLACK, frozenset({Occasion.FAILED, Occasion.LAST_RESUME})
    )
    assert repr(webhook) == "Webhook(hooks.example, slack)"


def test_an_address_can_be_kept_in_a_file_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "slack").write_text(f"{URL}\n")
    [webhook] = settings(tmp_path, "webhooks: [{url-file: slack, form: json}]").webhooks
    assert webhook.url == URL


@pytest.mark.parametrize(
    ("text", "place", "fix"),
    [
        ("occasion: {}", "", "There is: occasions, ways, webhooks, waiting-minutes."),
        ("occasions: [failed]", ": occasions is no mapping", "one a line"),
        ("occasions: {fialed: off}", ": occasions has a key", "failed, blocked, waiting"),
        ("occasions: {failed: 7}", ": occasions.failed is neither", "on or off"),
        ("waiting-minutes: 0", ": waiting-minutes is no number", "1 to 10080"),
        ("waiting-minutes: 30m", ": waiting-minutes is no number", "waiting: off"),
        ("waiting-minutes: off", ": waiting-minutes is no number", "waiting: off"),
        ("ways: {bel: off}", ": ways has a key", "toast, bell, title, desktop"),
        ("ways: {desktop: osc8}", ": ways.desktop is not one", "auto, osc9, osc777, off"),
        (f"webhooks: {{url: '{URL}'}}", ": webhooks is no list", "- url"),
        (f"webhooks: ['{URL}']", ": webhooks[1] is no mapping", "name: value"),
        (f"webhooks: [{{url: '{URL}'}}]", ": webhooks[1].form is not one", "slack, json"),
        ("webhooks: [{form: json}]", ": webhooks[1] needs url or url-file", ""),
        (f"webhooks: [{{ulr: '{URL}', form: json}}]", ": webhooks[1] has a key", "url, url-file"),
        (f"webhooks: [{{url: 'x{URL}', form: json}}]", ": webhooks[1].url is no http", "https://"),
        (f"webhooks: [{{url: '{URL} x', form: json}}]", ": webhooks[1].url has char", "https://"),
        ("webhooks: [{url: 'https://a:b/', form: json}]", ": webhooks[1].url is no", "https://"),
        (
            f"webhooks: [{{url: '{URL}', form: json, occasions: [fail]}}]",
            ": webhooks[1].occasions has",
            "failed, blocked",
        ),
        ("webhooks: [{url-file: none, form: json}]", ": webhooks[1].url-file cannot", ""),
        ("webhooks: [{url-file: ~nobody-here/a, form: json}]", ": webhooks[1].url-file cannot", ""),
        ('webhooks: [{url-file: "a\\0b", form: json}]', ": webhooks[1].url-file cannot", ""),
        (f"webhooks: [{{url: {URL}\n  x", " is no YAML. Line 2", ""),
        ("webhooks: 2020-13-45", " is no YAML.", "Mend it"),
        pytest.param("[" * 700, " is no YAML.", "Mend it", id="deep"),
        pytest.param("#" * 70_000 + "\noccasions: {}", " has more than", "Shorten", id="long"),
    ],
)
def test_a_mistake_is_named_with_its_field_and_without_the_address(
    tmp_path: Path, text: str, place: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as found:
        settings(tmp_path, text)
    assert f"calls.yaml{place}" in found.value.what
    assert fix in found.value.fix
    assert "sEcReT" not in str(found.value)
