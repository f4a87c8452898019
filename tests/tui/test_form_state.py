"""What stands in a form when its version changes, and what is filled in beforehand."""

from __future__ import annotations

from msgspec.structs import replace

from console.tui.drafts import ComposeForm, FormField
from console.tui.form_state import (
    Filling,
    draft_of,
    filled,
    left_behind,
    name_of,
    run_fields,
    text_of,
    typed,
)

NAME = FormField("submission.name", "Name", "demo")
TRACK = FormField("submission.track_codename", "Track", "SENSORS", choices=("SENSORS", "MAP"))
IMAGE = FormField("cluster.simulator_image", "Simulator image", "carla:0.9.14")
TEAM = FormField("submission.team_id", "Team id", "1")
NEW = ComposeForm("2.0", "embedded", (NAME, TEAM, TRACK, IMAGE), 8)
OLD = ComposeForm("1.0", "embedded", (NAME, TEAM, replace(IMAGE, default="carla:0.9.10")), 8)


def shown_above(form: ComposeForm, presets: tuple[str, ...] = ()) -> tuple[FormField, ...]:
    return run_fields(
        form, leaderboards=("2.0", "1.0"), profiles=("embedded",), presets=presets, preset="(none)"
    )


def texts(form: ComposeForm, wanted: dict[str, str]) -> dict[str, str]:
    return {each.path: text_of(each, wanted) for each in form.fields}


def test_what_was_typed_stays_when_the_version_changes_and_the_rest_is_the_new_one_s() -> None:
    shown = texts(NEW, {}) | {"submission.name": "mine"}
    wanted = typed(NEW.fields, shown, {})
    assert texts(OLD, wanted) == {
        "submission.name": "mine",
        "submission.team_id": "1",
        "cluster.simulator_image": "carla:0.9.10",
    }


def test_what_has_no_place_in_between_is_there_again_afterwards() -> None:
    wanted = typed(NEW.fields, texts(NEW, {}) | {"submission.track_codename": "MAP"}, {})
    between = typed(OLD.fields, texts(OLD, wanted), wanted)
    assert texts(NEW, between)["submission.track_codename"] == "MAP"


def test_a_choice_that_another_version_does_not_have_waits_for_one_that_has() -> None:
    qualifier = replace(TRACK, choices=("SENSORS", "SENSORS_QUALIFIER"))
    wanted = {"submission.track_codename": "SENSORS_QUALIFIER"}
    assert text_of(TRACK, wanted) == "SENSORS"
    kept = typed([TRACK], {"submission.track_codename": "SENSORS"}, wanted)
    assert text_of(qualifier, kept) == "SENSORS_QUALIFIER"
    chosen = typed([TRACK], {"submission.track_codename": "MAP"}, wanted)
    assert chosen == {"submission.track_codename": "MAP"}


def test_what_is_put_back_to_the_default_was_not_typed() -> None:
    wanted = typed(NEW.fields, texts(NEW, {}), {})
    assert wanted == {}
    assert typed(NEW.fields, texts(NEW, {}), {"submission.name": "mine"}) == {}


def test_a_launch_of_before_fills_its_own_version_wholly_and_another_with_the_team_s_part() -> None:
    before = Filling(
        {"submission.team_id": "7", "cluster.simulator_image": "carla:mine"},
        leaderboard="2.0",
        backoff_limit=5,
    )
    same, other = filled(NEW, [before], {}), filled(OLD, [before], {})
    assert [each.default for each in same.fields] == ["demo", "7", "SENSORS", "carla:mine"]
    assert [each.default for each in other.fields] == ["demo", "7", "carla:0.9.10"]
    assert (same.backoff_limit, other.backoff_limit) == (5, 5)


def test_a_preset_stands_over_a_launch_of_before_and_beneath_what_is_typed() -> None:
    layers = (Filling({"submission.team_id": "a"}, backoff_limit=5), Filling({TEAM.path: "b"}))
    form = filled(NEW, layers, {TEAM.path: ("a", "b")})
    assert (form.fields[1].default, form.backoff_limit) == ("b", 5)
    assert form.fields[1].used == ("a", "b")
    assert texts(form, {TEAM.path: "c"})[TEAM.path] == "c"


def test_the_name_of_what_fills_a_form_is_asked_for_a_free_one_and_not_taken_over() -> None:
    layers = (Filling({"submission.name": "mine"}), Filling())
    assert name_of(layers) == "mine"
    assert filled(NEW, layers, {}).fields[0].default == "demo"
    assert name_of([Filling()]) == ""


def test_the_spec_s_own_limit_stays_until_the_resumes_are_changed() -> None:
    form = replace(NEW, backoff_limit=8)
    told = {each.path: each.default for each in shown_above(form)}
    untouched = draft_of(form, told)
    assert untouched is not None
    assert untouched.backoff_limit == 8
    more = draft_of(form, told | {"run.resumes": "5"})
    assert more is not None
    assert more.backoff_limit == 11
    assert draft_of(form, told | {"run.resumes": "many"}) is None


def test_presets_are_offered_where_there_are_some() -> None:
    assert "run.preset" not in {each.path for each in shown_above(NEW)}
    offered = shown_above(NEW, presets=("a", "b"))[0]
    assert (offered.default, offered.choices) == ("(none)", ("(none)", "a", "b"))
    chosen = typed([offered], {"run.preset": "a"}, {})
    assert chosen == {}


def test_who_leaves_hears_which_values_are_lost() -> None:
    assert left_behind(NEW.fields, {}) == ()
    assert left_behind(NEW.fields, {"submission.name": "demo"}) == ()
    (told,) = left_behind(NEW.fields, {"submission.name": "x", "run.routes": "y"})
    assert "Name, run.routes" in told
