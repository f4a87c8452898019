"""The compose screen: defaults, errors beneath their fields, what is launched."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.compose_form import compose, field, launched
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from textual.widget import Widget
from textual.widgets import Button, Input

from console.specs.presets import preset_file
from console.tui.backend import ClusterLink
from console.tui.drafts import Draft
from console.tui.form_state import NO_PRESET
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.form import Form, TextLine


@pytest.mark.parametrize("size", sweep([(80, 24), (120, 40)], (80, 24)))
async def test_the_filled_in_form_is_launched_by_one_key(
    backend: FakeBackend, size: tuple[int, int]
) -> None:
    async with opened(backend, size) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
    draft = launched(backend)
    assert draft.values["submission.name"] == "demo"
    assert (draft.leaderboard, draft.backoff_limit) == ("2.0", 8)


async def test_a_wrong_value_is_explained_beneath_its_field_and_cannot_be_launched(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        field(screen, "submission.name").value = "Not A Name"
        await shows(pilot, "✗ Name ")
        await pilot.press("ctrl+l")
        await pilot.pause()
        assert isinstance(app.screen, ComposeScreen)
        assert not [asked for asked in backend.asked if asked[0] == "launch"]
        field(screen, "submission.name").value = "a-name"
        await shows(pilot, "✓ ready")


async def test_what_was_typed_last_is_what_is_launched(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("end", *"-x", "ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, MonitorScreen))
    assert launched(backend).values["submission.name"] == "demo-x"


async def test_a_routes_file_with_more_routes_than_are_launched_is_told_on_its_field(
    backend: FakeBackend, tmp_path: Path
) -> None:
    path = tmp_path / "routes.xml"
    routes = "".join(f'<route id="{number}"/>' for number in range(26))
    path.write_text(f"<routes>{routes}</routes>")
    async with opened(backend, (160, 50)) as (app, pilot):
        screen = await compose(app, pilot)
        field(screen, "run.routes").value = str(path)
        await shows(pilot, "! 20 of the file's 26 routes are launched", "1 warning")
        field(screen, "run.routes").value = str(tmp_path / "none.xml")
        await shows(pilot, "✗ The routes file")
        field(screen, "run.routes").value = ""
        await until(pilot, lambda: "routes file" not in seen(app))
        assert "✓ ready" in seen(app)


async def test_more_resumes_are_a_larger_backoff_limit(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        field(screen, "run.resumes").value = "5"
        await shows(pilot, "backoffLimit: 11")
        field(screen, "run.resumes").value = "many"
        await shows(pilot, "A whole number is wanted.")


async def test_choosing_leaderboard_1_0_changes_images_and_repetitions(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (120, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        screen.set_focus(screen.query_one("#field-run-leaderboard Choice"))
        await pilot.press("right")
        await shows(pilot, "leaderboard:1.0", "100 drives")


async def test_what_was_typed_stays_at_another_version_and_is_not_left_unasked(
    backend: FakeBackend,
) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        screen = await compose(app, pilot)
        assert "F1 Help" in seen(app)
        await pilot.press(*"falcon", "question_mark")
        await shows(pilot, "falcon?", "✗ Name")
        button = screen.query_one(Button)
        await until(pilot, lambda: button.disabled)
        await pilot.press("backspace")
        await until(pilot, lambda: not button.disabled)
        screen.set_focus(screen.query_one("#field-run-leaderboard Choice"))
        await pilot.press("right")
        await shows(pilot, "falcon", "100 drives")
        for ways, stay in ((("escape",), "escape"), (("ctrl+c",), "escape")):
            await pilot.press(*ways)
            await shows(pilot, "not launched and kept nowhere: Name.")
            await pilot.press(stay)
            await until(pilot, lambda: app.screen is screen and app.gate.is_open)
        await pilot.press("f1")
        await shows(pilot, "Create the Job now")
        await pilot.press("escape")
        await until(pilot, lambda: app.screen is screen and app.gate.is_open)
        await pilot.press("colon", *"submissions", "enter")
        await shows(pilot, "kept nowhere: Name.")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, SubmissionsScreen))


async def test_a_form_begins_with_the_last_launch_and_a_preset_fills_it_otherwise(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    recorded(tmp_path, cluster="lab", **{"submission.submitted_image_uri": "team:7"})
    recordings = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(backend, (120, 60), recordings) as (app, pilot):
        screen = await compose(app, pilot)
        image = field(screen, "submission.submitted_image_uri")
        assert image.value == "team:7"
        screen.set_focus(image)
        await shows(pilot, "Used before:", "team:7 (→ completes)")
        await pilot.press(*"team:8", "ctrl+s")
        await shows(pilot, "a name for it")
        await until(pilot, lambda: app.screen is not screen and isinstance(app.focused, Input))
        await pilot.press(*"eight", "enter")
        await shows(pilot, "From a shell:", "● eight")
        await pilot.press("escape")
        await shows(pilot, "▌Submissions")
        await pilot.press("n")
        await shows(pilot, "● (none)", "team:7", "✓ ready")
        await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        app.screen.set_focus(app.screen.query_one("#field-run-preset Choice"))
        await pilot.press("right")
        await shows(pilot, "● eight", "team:8")
        preset_file("eight").write_text("vales: {}\n")
        app.screen.set_focus(app.screen.query_one("#field-run-leaderboard Choice"))
        await pilot.press("right")
        await shows(pilot, "vales is no key of a preset")
        await pilot.press("escape")
        await shows(pilot, "● (none)", "team:7", "✓ ready")


async def test_the_field_that_has_the_focus_stays_in_view_when_the_form_is_filled_anew(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        form = screen.query_one(Form)
        lowest = form.fields[-1]
        screen.set_focus(lowest.query("Input, Choice").first(Widget))
        await until(pilot, lambda: screen.focused and screen.can_view_entire(screen.focused))
        await screen.choose_preset(NO_PRESET)
        anew = form.fields[-1].query("Input, Choice").first(Widget)
        assert form.fields[-1] is not lowest
        assert anew is screen.focused
        await until(pilot, lambda: screen.can_view_entire(anew))


@pytest.mark.parametrize("typed", ["", "mine"])
async def test_a_form_opened_before_the_cluster_is_known_begins_with_its_last_launch_all_the_same(
    backend: FakeBackend, tmp_path: Path, typed: str
) -> None:
    recorded(tmp_path, cluster="lab", **{"submission.submitted_image_uri": "team:7"})
    recordings = RecordedSubmissions(lambda: archive_in(tmp_path))
    connected, backend.shown_connection = backend.shown_connection, ClusterLink()
    async with opened(backend, (120, 60), recordings) as (app, pilot):
        screen = await compose(app, pilot)
        assert "team:7" not in seen(app)
        app.screen.set_focus(screen.query_one("#field-submission-name Input"))
        await pilot.press("end", *typed)
        await until(pilot, lambda: field(screen, "submission.name").value.endswith(typed))
        backend.shown_connection = connected
        if not typed:
            await shows(pilot, "team:7")
            return
        await pilot.press("tab")
        await shows(pilot, "mine", "● live")
        assert "team:7" not in seen(app)


async def test_a_submission_is_launched_again_with_all_that_its_job_says(
    backend: FakeBackend, tmp_path: Path
) -> None:
    image = {"submission.submitted_image_uri": "team:7", "cluster.agent_shm": "1Gi"}
    recorded(tmp_path, "heron", **image)
    recordings = RecordedSubmissions(lambda: archive_in(tmp_path))
    async with opened(backend, (120, 40), recordings) as (app, pilot):
        await pilot.press("h")
        await shows(pilot, "heron", "L Again as…")
        await pilot.press("slash", *"heron", "enter", "L")
        await shows(pilot, "team:7", "✓ ready")
        assert isinstance(app.screen, ComposeScreen)
        assert field(app.screen, "submission.name").value == "heron"
        assert field(app.screen, "cluster.agent_shm").value == "1Gi"


async def test_a_letter_asks_for_no_layout_of_the_whole_screen(
    backend: FakeBackend, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        refresh = TextLine.refresh

        def noted(line: TextLine, *args: object, **options: object) -> object:
            asked.append(options.get("layout", False))
            return refresh(line, *args, **options)  # type: ignore[arg-type]

        monkeypatch.setattr(TextLine, "refresh", noted)
        await pilot.press("end", *"-again")
        await until(pilot, lambda: field(screen, "submission.name").value == "demo-again")
    assert asked
    assert not any(asked)


async def test_a_form_that_is_taken_down_says_nothing_any_more(backend: FakeBackend) -> None:
    """What was typed last settles a moment later, when esc may have closed the screen."""
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        assert screen.draft() is not None
        await screen.query_one(Form).remove()
        assert screen.draft() is None
        assert screen.why_not == "The form is being filled in."
        found = backend.compose(Draft("2.0", "embedded", {}, 8))
        screen._show(found)
        screen.tick()
        assert screen.composition == found
