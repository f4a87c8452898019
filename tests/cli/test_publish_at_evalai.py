"""`publish NAME` and `publish status`: what a user reads, and what EvalAI has afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fakes.demo_recording import DEMO, unpacked
from fakes.evalai_rules import HOST
from fakes.evalai_server import EvalAiServer, told
from fakes.evalai_user import set_up
from fakes.publications import resume_asked
from msgspec.structs import replace

from console import paths, wiring
from console.domain.facts import EvalAiPlace
from console.errors import NotFound
from console.operations.intake.queue_messages import read_message
from console.operations.outcome.view import results
from console.operations.ports.publications import Publication
from console.operations.publishing.by_hand import server_of
from console.operations.recording.recorded import recorded_board
from console.operations.telling import asked_by_hand


@pytest.fixture
def demo(stage, there: EvalAiServer):
    """The demo's recording, whose result is final, and a user who publishes challenge 1."""
    stage.context = DEMO.cluster
    services = unpacked(paths.state() / "recordings")
    set_up(there.url)
    return services


def publish(stage, *words: str):
    return stage.command("publish", *words, "-n", "default")


def test_a_final_result_is_sent_until_evalai_shows_it(stage, demo, there) -> None:
    ran = publish(stage, "demo")
    assert ran.code == 0
    assert "submission 1 of phase 1, challenge 1" in ran.out
    assert "published. EvalAI shows it as finished." in ran.out
    kept = there.rules.kept[1]
    assert (kept.status, kept.updates) == ("finished", ["finished"])
    assert kept.rank is not None
    asked = len(there.asked)
    again = publish(stage, "demo")
    assert (again.code, len(there.asked)) == (0, asked), "nothing is sent a second time"
    assert "published. EvalAI shows it as finished." in again.out


def test_a_dry_run_prints_the_request_to_the_byte_and_no_token(stage, demo, there) -> None:
    ran = publish(stage, "demo", "--dry-run")
    assert (ran.code, there.asked) == (0, [])
    assert "nothing was sent" in ran.told
    assert HOST not in ran.out + ran.told
    publish(stage, "demo")
    [put] = [each for each in there.asked if each.method == "PUT"]
    shown = ran.out.splitlines()
    assert shown[0] == f"PUT {there.url}{put.path}"
    assert shown[-1].encode() == put.body
    assert put.headers["authorization"] == f"Bearer {HOST}"
    assert "FINISHED" in shown[-1]


def test_a_dry_run_as_a_document_has_the_verified_file_as_metadata(stage, demo) -> None:
    [request] = json.loads(publish(stage, "demo", "--dry-run", "-o", "json").out)
    assert request["method"] == "PUT"
    assert request["url"].endswith("/api/jobs/challenge/1/update_submission/")
    board = recorded_board(demo, DEMO)
    assert board is not None
    assert request["body"]["metadata"] == results(board).document


def test_a_cancel_at_evalai_outranks_the_result(stage, demo, there) -> None:
    there.rules.cancel(1)
    ran = publish(stage, "demo")
    assert ran.code == 0
    assert there.rules.kept[1].updates == ["cancelled"]
    assert "EvalAI shows it as cancelled." in ran.out


def test_what_evalai_refuses_is_said_and_can_be_asked_for_again(stage, demo, there) -> None:
    error = {"error": "Challenge Phase Split does not exist with phase_id: 1"}
    shown = there.rules.kept[1].shown
    there.faults += [told(200, shown), told(400, error)]
    ran = publish(stage, "demo")
    assert ran.code == 1
    assert "Challenge Phase Split does not exist" in ran.told
    assert there.rules.kept[1].updates == []
    status = stage.command("publish", "status")
    assert "refused" in status.out
    assert publish(stage, "demo").code == 0
    assert there.rules.kept[1].updates == ["finished"]


def test_a_wrong_token_waits_and_is_never_shown(stage, demo, there) -> None:
    set_up(there.url, token="sEcReT")
    ran = publish(stage, "demo", "-o", "json")
    assert ran.code == 1
    told = json.loads(ran.out)
    assert told["state"] in ("publishing", "ending")
    assert "Waiting until" in told["what"]
    assert "sEcReT" not in ran.out + ran.told
    assert there.rules.kept[1].updates == []


def test_a_recorder_that_is_the_writer_is_asked_and_nothing_is_sent_beside_it(
    stage, demo, there, monkeypatch
) -> None:
    monkeypatch.setattr(asked_by_hand, "ANSWERED_WITHIN", 0.0)
    monkeypatch.setattr(asked_by_hand, "LOOKED_AFTER", 0.0)
    ledger, place = wiring.publications(), EvalAiPlace(there.url, 1, 1, 1)
    assert ledger.claim(place)
    ran = publish(stage, "demo")
    assert (ran.code, there.asked) == (6, [])
    assert "A recorder of yours publishes it now, and has not done so yet." in ran.told
    assert [wish.place for _, wish in ledger.wishes()] == [place]
    ledger.release(place)
    assert publish(stage, "demo").code == 0
    assert ledger.wishes() == (), "who sends has heard it"


def test_a_submission_there_takes_the_results_of_one_here(stage, demo, there) -> None:
    place, now = EvalAiPlace(there.url, 1, 1, 1), datetime.now(UTC)
    other = replace(DEMO, name="earlier", uid="0123456789")
    wiring.publications().put(Publication(place, other, now, now))
    ran = publish(stage, "demo")
    assert ran.code == 6
    assert "has the results of earlier (uid 01234567)" in ran.told


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("", "publishing is not set up"),
        ("evalai: {challenges: [2], token-file: t}", "challenge 1 is not among those"),
    ],
)
def test_what_has_no_place_at_evalai_is_not_published(stage, demo, there, settings, said) -> None:
    (paths.settings() / "publishing.yaml").write_text(settings)
    ran = publish(stage, "demo")
    assert (ran.code, there.asked) == (5, [])
    assert "demo has no place at EvalAI." in ran.told
    assert said in ran.told


def test_a_job_cannot_name_a_challenge_that_its_user_has_not_set(stage, demo, there) -> None:
    rules, settings = wiring.publishing_rules(), wiring.publishing_file()
    assert server_of(rules, EvalAiPlace(there.url, 1, 1, 1), settings)
    with pytest.raises(NotFound, match="Nothing is sent to challenge 2 of") as refused:
        server_of(rules, EvalAiPlace(there.url, 2, 1, 1), settings)
    assert "does not name that server and that challenge" in refused.value.why


def test_one_that_goes_on_is_left_to_its_recorder(stage, there) -> None:
    set_up(there.url)
    stage.record(stage.launch(), "agent-1", b"one")
    ran = stage.run("publish", "demo")
    assert (ran.code, there.asked) == (0, [])
    assert "it goes on, and a recorder sends what is new" in ran.told
    dry = stage.run("publish", "demo", "--dry-run")
    assert (dry.code, dry.out) == (0, "")
    assert "nothing is to be sent: no drive has finished yet" in dry.told


def test_status_tells_what_is_set_and_how_each_submission_stands(stage, demo, there) -> None:
    publish(stage, "demo")
    ran = stage.command("publish", "status")
    assert ran.out.splitlines()[0].split()[:3] == ["SUBMISSION", "EVALAI", "STATE"]
    assert ran.out.splitlines()[1].split()[:4] == ["default/demo", "1", "published", "finished"]
    assert f"{there.url}, challenges 1" in ran.told
    assert f"the token is read from: file {paths.settings() / 'token'}" in ran.told
    assert HOST not in ran.out + ran.told
    document = json.loads(stage.command("publish", "status", "-o", "json").out)
    [entry] = document["publications"]
    assert (entry["state"], entry["taken"]["outcome"]) == ("published", "FINISHED")
    assert document["challenges"] == [1]


def test_status_offers_to_resume_what_its_host_wants_resumed(stage, demo, there) -> None:
    wiring.publications().put(resume_asked(recording=replace(DEMO, name="it's", cluster="lab")))
    ran = stage.command("publish", "status")
    assert "default/it's" in ran.out
    assert "resuming" in ran.out
    command = "carla-console resume 'it'\"'\"'s' -n default --context lab"
    assert f"it's is to be resumed: {command}" in ran.told
    wiring.publications().put(resume_asked(recording=DEMO))
    told = stage.command("publish", "status").told
    assert "carla-console resume demo" in told
    assert "--local" in told


def test_of_one_that_has_finished_nothing_status_offers_the_launch_that_works(
    stage, demo, there, monkeypatch
) -> None:
    monkeypatch.setattr("console.operations.publishing.way_on._finished", lambda _: False)
    wiring.publications().put(resume_asked(recording=DEMO))
    told = stage.command("publish", "status").told
    assert "demo is to be launched anew, for no drive of it has finished: echo '{" in told
    message = told.partition("echo '")[2].partition("'")[0]
    assert read_message(message.encode(), "shown").submission == resume_asked().place.submission
    assert "carla-console launch --from-evalai - " in told
    assert "carla-console resume" not in told


def test_status_warns_of_a_token_that_is_not_there_or_that_others_may_read(stage, there) -> None:
    set_up(there.url)
    token: Path = paths.settings() / "token"
    token.chmod(0o644)
    assert "others may read the token" in stage.command("publish", "status").told
    token.unlink()
    assert "there is no file" in stage.command("publish", "status").told
    (paths.settings() / "publishing.yaml").unlink()
    assert "nothing goes to EvalAI" in stage.command("publish", "status").told


@pytest.mark.parametrize(
    "words",
    [("demo", "--folder", "x"), ("demo", "--endpoint", "http://x"), ("status", "--dry-run")],
)
def test_flags_that_mean_nothing_there_are_refused(stage, words) -> None:
    ran = stage.command("publish", *words)
    assert (ran.code, ran.stdout) == (2, b"")
    assert "has no use for" in ran.told
