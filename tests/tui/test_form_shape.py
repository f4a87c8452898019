"""The form's SHAPE: how many pairs drive which routes, as the flags of `launch` say it."""

from __future__ import annotations

from pathlib import Path

from console.specs.compose import compose, load_template
from console.specs.plan import plan_of
from console.specs.rendering import to_yaml
from console.specs.tree import parse
from console.specs.values import load_profile
from console.tui import composing, fillings, form_state
from console.tui.drafts import Composition, Draft

BENCH = ("1711", "1773", "2050", "1825", "24041", "3086")


def composed(file: str = "", timed=composing.nobody_timed, **said: str) -> Composition:
    form = composing.form("2.0", "embedded")
    texts = {each.path: each.default for each in form.fields}
    texts |= {f"shape.{name}": text for name, text in said.items()}
    return composing.composition(Draft("2.0", "embedded", texts, 8, file), "default", timed=timed)


def subsets(found: Composition) -> tuple[str, ...]:
    return plan_of(parse(found.manifest, "Job").content).drives.subsets


def test_the_form_has_the_shape_in_a_group_of_its_own() -> None:
    form = composing.form("2.0", "embedded")
    shown = {each.label: each.default for each in form.fields if each.group == "shape"}
    rest = {"Pods": "one-pod", "Shared out by": "count"}
    assert shown == {"Pairs": "4", "Routes": "0-19", **rest}


def test_a_profile_s_nodes_say_how_many_pairs_a_form_begins_with() -> None:
    pairs = {
        profile: next(
            e.default for e in composing.form("2.0", profile).fields if e.label == "Pairs"
        )
        for profile in ("embedded", "g5.12xlarge")
    }
    assert pairs == {"embedded": "4", "g5.12xlarge": "4"}


def test_eight_pairs_are_told_before_the_launch() -> None:
    found = composed(pairs="8")
    assert found.summary == "17 containers, 20 drives, 8 GPUs"
    assert len(subsets(found)) == 8


def test_a_field_that_every_pair_takes_is_wrong_once_however_many_pairs_there_are() -> None:
    form = composing.form("2.0", "g5.48xlarge")
    texts = {each.path: each.default for each in form.fields}
    found = composing.composition(Draft("2.0", "g5.48xlarge", texts, 8), "default")
    empty = ("Agent image is empty.", "Leaderboard image is empty.", "Simulator image is empty.")
    assert tuple(each.text for each in found.findings) == empty


def test_all_of_a_routes_file_goes_by_its_order(tmp_path: Path) -> None:
    path = tmp_path / "bench.xml"
    routes = "".join(f'<route id="{number}"/>' for number in BENCH)
    path.write_text(f"<routes>{routes}</routes>")
    found = composed(str(path), pairs="3", routes="all")
    assert subsets(found) == ("1711,1773", "2050,1825", "24041,3086")
    assert found.findings == ()


def test_a_shape_that_cannot_be_is_said_at_its_field() -> None:
    (finding,) = composed(routes="all").findings
    assert finding.path == "shape.routes"
    assert "the form: shape.routes is all of the routes file" in finding.text


def test_who_shares_out_by_duration_is_told_where_nothing_is_recorded() -> None:
    (warning,) = composed(split="duration").findings
    assert (warning.path, warning.warning) == ("shape.split", True)
    took = {f"RouteScenario_{number}": 60.0 for number in range(1, 20)} | {"RouteScenario_0": 900.0}
    found = composed(timed=lambda _plan: took, split="duration")
    assert found.findings == ()
    assert subsets(found)[0] == "0"


def test_a_submission_is_launched_again_in_its_own_shape() -> None:
    values = load_profile("embedded").values("2.0")
    said = {"shape.pairs": 3, "shape.routes": "3,7,12-15"}
    values = values.override(said, origin="test", known=tuple(said))
    job = compose(load_template("2.0"), values, nonce="n").manifest
    copied = fillings.of_manifest(to_yaml(job))
    assert copied is not None
    form = form_state.filled(composing.form("2.0", "embedded"), (copied,), {})
    texts = {each.path: each.default for each in form.fields}
    again = composing.composition(Draft("2.0", "embedded", texts, 8), "default")
    assert subsets(again) == ("3,7", "12,13", "14,15")


def test_a_wrong_value_is_told_by_its_fields_name_and_not_by_the_lines_that_take_it() -> None:
    form = composing.form("2.0", "embedded")
    texts = {each.path: each.default for each in form.fields}
    for path in (each for each in texts if each.endswith("_image")):
        draft = Draft("2.0", "embedded", texts | {path: ""}, 8)
        [wrong] = composing.composition(draft, "default").findings
        label = next(each.label for each in form.fields if each.path == path)
        assert (wrong.path, wrong.text) == (path, f"{label} is empty.")
