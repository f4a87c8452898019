"""The compose screen: defaults, errors beneath their fields, dry run, launch."""

from __future__ import annotations

from pathlib import Path

import pytest
from fakes.pilots import opened, seen, shows, until
from fakes.recordings import archive_in, recorded
from fakes.screens import FakeBackend
from fakes.sweeps import sweep
from msgspec.structs import replace
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Button, Input

from console.domain.facts import EvalAiPlace
from console.errors import Conflict
from console.operations.delivering.asked_before import TakenBefore
from console.operations.ports.evalai import RemoteStatus, RemoteSubmission
from console.operations.publishing.asked_before import AskedBefore
from console.publish.publishing_file import PublishingOnDisk
from console.specs.presets import preset_file
from console.tui.app import ConsoleApp
from console.tui.backend import ClusterLink
from console.tui.drafts import Draft
from console.tui.form_state import NO_PRESET
from console.tui.recorded_source import RecordedSubmissions
from console.tui.screens import asked_beside
from console.tui.screens.compose import ComposeScreen
from console.tui.screens.dialogs import ErrorDialog
from console.tui.screens.monitor import MonitorScreen
from console.tui.screens.submissions import SubmissionsScreen
from console.tui.widgets.form import Form, TextLine
from console.tui.widgets.line_pane import LinePane


async def compose(app: ConsoleApp, pilot: Pilot[None]) -> ComposeScreen:
    await pilot.press("n")
    await shows(pilot, "✓ ready", "9 containers")
    assert isinstance(app.screen, ComposeScreen)
    return app.screen


def field(screen: ComposeScreen, path: str) -> Input:
    return screen.query_one(f"#field-{path.replace('.', '-')} Input", Input)


async def says_at_its_end(pilot: Pilot[None], *words: str) -> None:
    """The form, whose end moves as there is more or less to say above it."""

    def said() -> bool:
        pilot.app.screen.query_one(Form).scroll_end(animate=False)
        return all(each in seen(pilot.app) for each in words)

    await until(pilot, said)


def launched(backend: FakeBackend) -> Draft:
    drafts = [asked[2] for asked in backend.asked if asked[0] == "launch"]
    assert isinstance(drafts[-1], Draft)
    return drafts[-1]


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


async def test_the_manifest_is_previewed_also_in_a_small_terminal(backend: FakeBackend) -> None:
    async with opened(backend, (80, 24)) as (app, pilot):
        await compose(app, pilot)
        assert "backoffLimit" not in seen(app)
        await pilot.press("ctrl+y")
        await shows(pilot, "kind: Job", "backoffLimit: 8")
        await pilot.press("escape")
        await shows(pilot, "Agent image")


async def test_a_dry_run_shows_the_servers_warnings_and_stays(backend: FakeBackend) -> None:
    backend.warnings = ('unknown field "spec.x" [/odd]',)
    async with opened(backend) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("ctrl+t")
        await shows(pilot, 'unknown field "spec.x" [/odd]', "the server accepts it")
        assert isinstance(app.screen, ComposeScreen)
    assert backend.asked[-2][:2] == ("launch", True)


async def test_the_servers_answer_stands_until_the_form_says_something_else(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await pilot.press("ctrl+t")
        await shows(pilot, "the server accepts it")
        assert screen.composition is not None
        screen._show(replace(screen.composition))
        await pilot.pause()
        assert "the server accepts it" in seen(app)
        await pilot.press("x")
        await until(pilot, lambda: "the server accepts it" not in seen(app))


async def test_the_manifest_ends_with_what_no_server_can_see(backend: FakeBackend) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(pilot, "✓ ready")
        told = "\n".join(screen.query_one(LinePane).rows)
    manifest, _, notes = told.rpartition("volumes:")
    assert "kind: Job" in manifest
    assert "# Display: the servers need an X server on their node" in notes
    assert "sudo and setuid programs" in notes


async def test_a_refused_launch_explains_itself_and_keeps_the_form(backend: FakeBackend) -> None:
    backend.raises = Conflict("There is a Job named demo already.", fix="Choose another name.")
    async with opened(backend) as (app, pilot):
        await compose(app, pilot)
        await pilot.press("ctrl+l")
        await until(pilot, lambda: isinstance(app.screen, ErrorDialog))
        await shows(pilot, "There is a Job named demo already.", "Choose another name.")
        await pilot.press("escape")
        await shows(pilot, "✓ ready")


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


async def test_beneath_the_fields_is_said_what_will_be_published(
    backend: FakeBackend, tmp_path: Path
) -> None:
    (tmp_path / "publishing.yaml").write_text("evalai: {challenges: 7, token-file: token}")
    backend.publishing = PublishingOnDisk(tmp_path)
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        await says_at_its_end(pilot, "PUBLISHING", "Nothing is published: challenge 1 is not among")
        field(screen, "submission.challenge_id").value = "7"
        await says_at_its_end(pilot, "The recorder sends results to EvalAI's submission 1 of")
        assert "leaderboard.carla.org/evalai: https://eval.ai 7/1/1" in screen.composition.manifest
        field(screen, "submission.submission_id").value = "draft"
        await says_at_its_end(pilot, "Nothing is published: its submission id is no", "1 warning")
        (tmp_path / "publishing.yaml").write_text("evalai: {}")
        field(screen, "submission.submission_id").value = "12"
        await says_at_its_end(pilot, "✗ PUBLISHING, at the form's end: its settings are wrong.")
        assert "has no place of the token." in screen.composition.publishing


async def test_evalai_is_asked_after_a_pause_and_what_does_not_fit_is_said(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_beside, "PAUSE_SECONDS", 0.05)
    (tmp_path / "publishing.yaml").write_text("evalai: {challenges: 1, token-file: token}")
    backend.publishing = PublishingOnDisk(tmp_path)
    shown = RemoteSubmission(RemoteStatus.FAILED, "failed", 77, "Ravens", 9)
    backend.there = AskedBefore(EvalAiPlace("https://eval.ai", 1, 1, 12), shown)

    def asked() -> list[int]:
        return [each[1].submission for each in backend.asked if each[0] == "evalai"]

    async with opened(backend, (100, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        for typed in ("3", "30", "301"):
            field(screen, "submission.submission_id").value = typed
        await until(pilot, lambda: 301 in asked())
        assert not {3, 30} & {*asked()}, "no digit is asked for"
        await says_at_its_end(
            pilot, "EvalAI shows submission 12: team 77 (Ravens), phase 9, failed."
        )
        screen.query_one(Form).scroll_home(animate=False)
        await shows(pilot, "3 warnings", "! It is of team 77 (Ravens) there, and this launch names")
        assert screen.why_not == "", "it can be launched all the same"
        field(screen, "submission.team_id").value = "77"
        await until(pilot, lambda: "names team" not in seen(app))
        assert asked().count(301) == 1, "another team is no other question"


async def test_a_folder_of_another_submission_is_said_before_the_launch(
    backend: FakeBackend, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asked_beside, "PAUSE_SECONDS", 0.05)
    (tmp_path / "publishing.yaml").write_text("storage: {to: 's3://board/2026'}")
    backend.publishing = PublishingOnDisk(tmp_path)
    backend.taken = TakenBefore("raven")
    async with opened(backend, (120, 40)) as (app, pilot):
        screen = await compose(app, pilot)
        await shows(
            pilot, "1 warning", "! The folder s3://board/2026/1", "belongs to raven: nothing"
        )
        assert screen.why_not == "", "it can be launched all the same"
        backend.taken = TakenBefore()
        field(screen, "submission.submission_id").value = "12"
        await until(pilot, lambda: "belongs to raven" not in seen(app))


async def test_where_nobody_can_say_what_is_published_the_form_says_nothing(
    backend: FakeBackend,
) -> None:
    async with opened(backend) as (app, pilot):
        screen = await compose(app, pilot)
        screen.query_one(Form).scroll_end(animate=False)
        await pilot.pause()
        assert "PUBLISHING" not in seen(app)


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
