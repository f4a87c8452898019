"""Which drives of an ended submission are driven again, and what the new Job says of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from fakes.documents import merged_lines, record
from msgspec.structs import replace

from console.domain.driven_again import DrivenAgain, Why, chosen
from console.errors import Conflict, InvalidInput
from console.operations.outcome.verify import checked, judged
from console.operations.services import Services
from console.operations.submitting.rerun import Rerun, RerunWanted, rerun
from console.operations.submitting.resume import resume
from console.operations.submitting.routes_file import RoutesFile
from console.results.leaderboard import named
from console.results.partial_document import left_behind, unfinished
from console.specs.again_annotation import AGAIN_ANNOTATION, as_annotation, driven_again_of
from console.specs.compose import Composed, compose
from console.specs.plan import plan_of, subsets_of
from console.specs.template import load_template
from console.specs.validation import demand, validate
from console.specs.values import load_profile

COMPLETE = {"conditions": [{"type": "Complete", "status": "True"}]}
CRASHED, BLOCKED = "Failed - Simulation crashed", "Failed - Agent got blocked"
End = Callable[..., Any]


def launched(version: str, **shape: Any) -> Composed:
    template = load_template(version)
    values = load_profile("embedded").values(version)
    told = {f"shape.{key}": value for key, value in shape.items()}
    values = values.override(told, origin="test", known=template.paths)
    return compose(
        template, values, namespace="races", nonce="n0nce", repetitions=2 if version == "1.0" else 1
    )


@pytest.fixture
def ended(services: Services, cluster: Any) -> End:
    """A submission that is over, of whose drives those had that status."""

    async def end(
        composed: Composed, statuses: dict[tuple[int, int], str], missing: tuple[int, ...] = ()
    ) -> None:
        plan = plan_of(composed.manifest)
        version = plan.drives.leaderboard
        routes = [route for own in plan.drives.routes for route in own or ()]
        rows = []
        for route in [int(each.rpartition("_")[2]) for each in routes]:
            for repetition in range(plan.drives.repetitions if route not in missing else 0):
                row = record(version.name, route, repetition, len(rows), 100.0)
                if status := statuses.get((route, repetition)):
                    row |= {"status": status}
                    row["scores"] |= {"score_route": 10.0, "score_composed": 10.0}
                rows.append(row)
        total = len(routes) * plan.drives.repetitions
        make = unfinished if missing else left_behind
        text = version.text(make(version, rows, total, ["carla_camera"]))
        created = await cluster.create(composed.manifest)
        meta = created.manifest["metadata"]
        cluster.put({**created.manifest, "status": COMPLETE})
        job = await cluster.job("races", meta["name"])
        writer = services.recorder.claim(services.recording_of(job))
        assert writer is not None
        spool = writer.open_spool("logcopy", 0)
        for line in merged_lines(text, nonce=plan.nonce):
            spool.write(b"2026-11-22T10:00:00.000000000Z %b\n" % line.encode())
        spool.close()
        writer.release()

    return end


def shares(found: Rerun) -> tuple[str, ...]:
    demand(validate(found.resumption.composed))
    return subsets_of(found.resumption.composed.manifest)


def partial(found: Rerun, pair: int) -> dict[str, Any]:
    inner: dict[str, Any] = json.loads(
        found.resumption.composed.config_map["data"][f"resume__partial_{pair}.json"]
    )["_checkpoint"]
    return inner


@pytest.mark.parametrize("layout", ["one-pod", "pod-per-pair"])
async def test_one_pair_has_all_that_stays_and_is_through_and_the_others_drive(
    services: Services, ended: End, layout: str
) -> None:
    await ended(launched("2.0", layout=layout, pairs=2), {(6, 0): CRASHED, (11, 0): CRASHED})
    found = await rerun(services, "races", "demo", RerunWanted())
    stays, driven = shares(found)
    assert driven == "6,11"
    assert partial(found, 1)["progress"] == [18, 18]
    assert partial(found, 1)["global_record"]
    told = [row["route_id"].split("_")[1] for row in partial(found, 1)["records"]]
    assert ",".join(told) == stays


async def test_what_is_missing_is_driven_too(services: Services, ended: End) -> None:
    await ended(launched("2.0"), {(6, 0): CRASHED}, missing=(18, 19))
    found = await rerun(services, "races", "demo", RerunWanted())
    assert shares(found)[1:] == ("6", "18", "19")
    assert (found.resumption.kept, len(found.replaced), found.missing) == (17, 1, 2)


async def test_a_repetition_behind_one_that_is_driven_again_is_lost_only_when_that_is_said(
    services: Services, ended: End
) -> None:
    """Of 1.0 an evaluator drives all repetitions of a route one behind the other."""
    await ended(launched("1.0"), {(6, 0): CRASHED, (7, 1): CRASHED})
    with pytest.raises(Conflict, match=r"RouteScenario_6_rep1: Completed, 100\.00") as refused:
        await rerun(services, "races", "demo", RerunWanted())
    assert "drives all that stands behind" in refused.value.why
    assert "will not count" in refused.value.why
    found = await rerun(services, "races", "demo", RerunWanted(finished_too=True))
    assert [(each.name, each.why) for each in found.replaced] == [
        ("RouteScenario_6_rep0", Why.CRASHED),
        ("RouteScenario_7_rep1", Why.CRASHED),
        ("RouteScenario_6_rep1", Why.BEHIND),
    ]
    # What stood before it in its route stays; of the one behind it the better would be taken.
    own = shares(found).index("7") + 1
    assert [row["route_id"] for row in partial(found, own)["records"]] == ["RouteScenario_7"]
    manifest = json.dumps(found.resumption.composed.manifest)
    assert chosen(found.replaced) == found.replaced[2:]
    assert "CHOSEN_AGAIN" in manifest


async def test_one_pair_alone_drives_again_what_stands_behind(
    services: Services, ended: End
) -> None:
    await ended(launched("2.0", pairs=1), {(18, 0): CRASHED})
    with pytest.raises(Conflict, match="RouteScenario_19_rep0"):
        await rerun(services, "races", "demo", RerunWanted())
    found = await rerun(services, "races", "demo", RerunWanted(finished_too=True))
    assert found.resumption.kept == 18
    assert [each.why for each in found.replaced] == [Why.CRASHED, Why.BEHIND]


async def test_a_crashed_drive_behind_another_one_is_no_choice(
    services: Services, ended: End
) -> None:
    await ended(launched("2.0", pairs=1), {(18, 0): CRASHED, (19, 0): CRASHED})
    found = await rerun(services, "races", "demo", RerunWanted("18"))
    assert [each.why for each in found.replaced] == [Why.CRASHED, Why.CRASHED]
    assert chosen(found.replaced) == ()


async def test_where_nothing_was_given_up_nothing_is_driven_again_by_itself(
    services: Services, ended: End
) -> None:
    await ended(launched("2.0"), {(6, 0): BLOCKED})
    with pytest.raises(Conflict, match="nothing was given up"):
        await rerun(services, "races", "demo", RerunWanted())


async def test_routes_that_do_not_count_upwards_are_placed_by_their_file(
    services: Services, ended: End
) -> None:
    """An evaluator drives in the order of that file, and no other tells which record is which."""
    await ended(launched("2.0", pairs=2, routes="4,2;3,1"), {(4, 0): CRASHED})
    with pytest.raises(InvalidInput, match="in which order") as unknown:
        await rerun(services, "races", "demo", RerunWanted())
    assert "--routes-file" in unknown.value.fix
    way = '<waypoint x="0" y="0" z="0"/>'
    text = "".join(f'<route id="{each}" town="T">{way}</route>' for each in "4231")
    file = RoutesFile(f"<routes>{text}</routes>".encode(), "that file")
    found = await rerun(services, "races", "demo", RerunWanted(order=file))
    assert shares(found) == ("2,3,1", "4")


async def test_what_was_driven_again_is_told_by_all_that_go_on_from_there(
    services: Services, ended: End, cluster: Any
) -> None:
    """Also through a resume; and a choice keeps the result from counting for good."""
    await ended(launched("2.0"), {(6, 0): CRASHED, (3, 0): BLOCKED})
    wanted = RerunWanted("3", finished_too=True)
    first = await rerun(services, "races", "demo", wanted, new_name="second")
    await ended(first.resumption.composed, {(6, 0): CRASHED}, missing=(19,))
    then = await rerun(services, "races", "second", RerunWanted(), new_name="third")
    told = plan_of(then.resumption.composed.manifest).driven_again
    assert [(each.name, each.why, each.of) for each in told] == [
        ("RouteScenario_3_rep0", Why.CHOSEN, "demo"),
        ("RouteScenario_6_rep0", Why.CRASHED, "second"),
    ]
    assert "CHOSEN_AGAIN" in json.dumps(then.resumption.composed.manifest)
    resumed = (await resume(services, "races", "second", new_name="fourth")).composed
    assert plan_of(resumed.manifest).driven_again == told[:1]
    assert "CHOSEN_AGAIN" in json.dumps(resumed.manifest)
    listed = {each.name: each for each in await cluster.jobs("races")}
    assert listed["second"].plan is not None
    assert listed["second"].plan.driven_again == told[:1]


def test_a_result_with_a_choice_does_not_count_whatever_its_document_says() -> None:
    version = named("2.0")
    rows = [record("2.0", route, 0, route, 100.0) for route in range(20)]
    text = version.text(left_behind(version, rows, 20, ["carla_camera"]))
    plan = plan_of(launched("2.0").manifest)
    assert checked(plan, None, text).eligible is True
    again = DrivenAgain("RouteScenario_3", 0, BLOCKED, 10.0, Why.CHOSEN, "demo")
    verdict = judged(replace(plan, driven_again=(again,)), None, text)
    assert (verdict.final, verdict.eligible) == (True, False)
    assert verdict.why_not_eligible.startswith("RouteScenario_3_rep0 ended by the agent's own")
    crashed = replace(again, status=CRASHED, why=Why.CRASHED)
    assert checked(replace(plan, driven_again=(crashed,)), None, text).eligible is True


@pytest.mark.parametrize(
    "told",
    ["", "[1", "{}", '[["r",0,"s",1.0,"why","of"]]', '[["r\\u001b",0,"s",1.0,"crashed","of"]]'],
)
def test_an_annotation_that_this_console_did_not_write_names_no_drive(told: str) -> None:
    assert driven_again_of({AGAIN_ANNOTATION: told}) == ()


def test_a_drive_of_a_submission_with_the_longest_name_is_told_too() -> None:
    again = (DrivenAgain("RouteScenario_3", 0, BLOCKED, 10.0, Why.CHOSEN, "r" * 253),)
    assert driven_again_of({AGAIN_ANNOTATION: as_annotation(again)}) == again


def test_an_annotation_is_read_as_it_was_written_and_none_is_too_large() -> None:
    again = DrivenAgain("RouteScenario_3", 4, CRASHED, 12.5, Why.BEHIND, "demo")
    assert driven_again_of({AGAIN_ANNOTATION: as_annotation([again] * 3)}) == (again,) * 3
    with pytest.raises(InvalidInput, match="more than a Job can name"):
        as_annotation([again] * 5000)
