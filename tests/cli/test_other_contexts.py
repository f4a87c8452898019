"""Where the screens can go, as the kubeconfig and what was chosen before answer it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from console import paths, wiring
from console.domain.facts import JobFacts
from console.errors import ConsoleError, Forbidden, InvalidInput, LoginRefused
from console.operations.ports.cluster import ClusterDescription
from console.tui import chosen_namespaces
from console.tui.aims import Aims, Ways, as_chosen
from console.tui.chosen_namespaces import MOST_RECENT, NamespaceChoice
from console.tui.context_backends import LiveContexts
from console.tui.live import LiveBackend
from console.tui.whereabouts import Whereabouts, here
from console.wiring import WantedCluster, aimed_clusters

AIMS: Aims[WantedCluster] = Aims(aimed_clusters.known, aimed_clusters.aimed, wiring.describe)


@pytest.fixture
def kubeconfig(tmp_path: Path) -> str:
    path = tmp_path / "kubeconfig"
    path.write_text(
        json.dumps(
            {
                "current-context": "lab",
                "clusters": [
                    {"name": f"c-{name}", "cluster": {"server": f"https://{name}.example"}}
                    for name in ("lab", "prod")
                ],
                "contexts": [
                    {"name": "lab", "context": _context("c-lab", "races")},
                    {"name": "prod", "context": _context("c-prod", "")},
                    {"name": "torn", "context": _context("c-nowhere", "")},
                ],
                "users": [{"name": "ann", "user": {"token": "t"}}],
            }
        )
    )
    return str(path)


def _context(cluster: str, namespace: str) -> dict[str, str]:
    return {"cluster": cluster, "user": "ann", "namespace": namespace}


def described(asked: WantedCluster) -> tuple[str, str]:
    where = wiring.describe(asked)
    return where.context, where.namespace


def test_every_context_is_known_a_torn_one_too(kubeconfig: str) -> None:
    known = aimed_clusters.known(WantedCluster(kubeconfig))
    assert [(each.name, each.server, each.namespace, each.current) for each in known] == [
        ("lab", "https://lab.example", "races", True),
        ("prod", "https://prod.example", "", False),
        ("torn", "", "", False),
    ]
    assert aimed_clusters.known(WantedCluster()) == ()


def test_a_context_that_the_settings_make_read_only_is_marked(kubeconfig: str) -> None:
    paths.settings().mkdir(parents=True, exist_ok=True)
    (paths.settings() / "config.yaml").write_text("contexts: {prod: {readOnly: true}}")
    known = aimed_clusters.known(WantedCluster(kubeconfig))
    assert [each.name for each in known if each.read_only] == ["prod"]
    assert all(
        each.read_only for each in aimed_clusters.known(WantedCluster(kubeconfig, read_only=True))
    )


def test_another_context_is_gone_to_as_the_same_user_and_without_the_namespace(
    kubeconfig: str,
) -> None:
    asked = WantedCluster(kubeconfig, None, "mine", acts_as="bob", acts_as_groups=("ops",))
    other = aimed_clusters.aimed(asked, Whereabouts("prod"))
    assert (other.acts_as, other.acts_as_groups) == ("bob", ("ops",))
    assert described(other) == ("prod", "default")


@pytest.mark.parametrize("name", ["prodd", "torn"])
def test_what_cannot_be_gone_to_is_named_before_anything_is_left(
    kubeconfig: str, name: str
) -> None:
    with pytest.raises(InvalidInput, match="The kubeconfig has no"):
        aimed_clusters.aimed(WantedCluster(kubeconfig), Whereabouts(name))


@pytest.mark.parametrize("name", ["No", "a/b", "../x", "a" * 64])
def test_what_cannot_be_a_namespace_is_refused(kubeconfig: str, name: str) -> None:
    with pytest.raises(InvalidInput, match="No namespace can be called"):
        aimed_clusters.aimed(WantedCluster(kubeconfig), Whereabouts(namespace=name))


def test_leave_to_write_is_not_taken_along_and_reading_only_is(kubeconfig: str) -> None:
    writes = WantedCluster(kubeconfig, "lab", read_only=False)
    assert aimed_clusters.aimed(writes, Whereabouts("prod")).read_only is None
    assert aimed_clusters.aimed(writes, Whereabouts("lab", "races")).read_only is False
    assert aimed_clusters.aimed(writes, Whereabouts(everywhere=True)).read_only is False
    looks = WantedCluster(kubeconfig, "lab", read_only=True)
    assert aimed_clusters.aimed(looks, Whereabouts("prod")).read_only is True
    assert aimed_clusters.aimed(looks, Whereabouts(local=True)).read_only is True


def test_the_embedded_cluster_is_a_place_like_the_others(kubeconfig: str) -> None:
    local = aimed_clusters.aimed(WantedCluster(kubeconfig, "lab", "races"), Whereabouts(local=True))
    assert (local.local, local.context, local.namespace) == (True, None, None)
    mine = aimed_clusters.aimed(local, Whereabouts(namespace="mine", local=True))
    assert (mine.local, mine.namespace) == (True, "mine")
    back = aimed_clusters.aimed(local, Whereabouts("prod"))
    assert described(back) == ("prod", "default")


def test_the_current_context_is_kept_by_its_name(kubeconfig: str) -> None:
    asked = WantedCluster(kubeconfig)
    assert aimed_clusters.pinned(asked, wiring.describe(asked)).context == "lab"
    named = WantedCluster(kubeconfig, "prod")
    assert aimed_clusters.pinned(named, wiring.describe(named)) is named
    local = WantedCluster(local=True)
    assert aimed_clusters.pinned(local, wiring.describe(local)) is local


async def _never(_: WantedCluster) -> Any:
    raise AssertionError


def console_at(asked: WantedCluster) -> LiveContexts[WantedCluster]:
    present: LiveBackend[WantedCluster] = LiveBackend(_never, asked)  # type: ignore[arg-type]
    return LiveContexts(_never, present, Ways(), AIMS)  # type: ignore[arg-type]


def test_the_namespace_chosen_last_in_a_context_is_the_next_one_there(kubeconfig: str) -> None:
    at_lab = console_at(WantedCluster(kubeconfig))
    chosen = at_lab.open(Whereabouts("lab", "night"))
    at_lab.chose(wiring.describe(chosen.wanted), everywhere=False)
    assert described(at_lab.open(Whereabouts("prod")).wanted) == ("prod", "default")
    assert described(at_lab.open(Whereabouts("lab")).wanted) == ("lab", "night")
    assert described(as_chosen(WantedCluster(kubeconfig), AIMS)) == ("lab", "night")
    named = WantedCluster(kubeconfig, None, "races")
    assert as_chosen(named, AIMS) is named


def test_the_contexts_own_namespace_is_no_choice_and_all_of_them_is_one(kubeconfig: str) -> None:
    console, asked = console_at(WantedCluster(kubeconfig)), WantedCluster(kubeconfig)
    where = wiring.describe(asked)
    console.chose(where, everywhere=False)
    assert chosen_namespaces.recall(where) == NamespaceChoice("", ("races",))
    console.chose(where, everywhere=True)
    assert as_chosen(asked, AIMS).all_namespaces
    assert console.choice(where).recent == ("races",)


def test_of_a_kubeconfig_that_is_broken_nothing_is_recalled(kubeconfig: str) -> None:
    console_at(WantedCluster(kubeconfig)).chose(
        wiring.describe(WantedCluster(kubeconfig, None, "night")), everywhere=False
    )
    Path(kubeconfig).write_text("{")
    asked = WantedCluster(kubeconfig)
    assert as_chosen(asked, AIMS) is asked


def test_two_clusters_of_one_contexts_name_are_two() -> None:
    one, other = (ClusterDescription("lab", f"https://{n}", "night") for n in "ab")
    chosen_namespaces.remember(one, "races", everywhere=False)
    assert chosen_namespaces.recall(one).chosen == "night"
    assert chosen_namespaces.recall(other) == NamespaceChoice()


def test_nine_namespaces_have_a_digit_and_keep_it() -> None:
    for number in range(12):
        where = ClusterDescription("lab", "https://lab", f"n{number}")
        chosen_namespaces.remember(where, "own", everywhere=False)
    again = ClusterDescription("lab", "https://lab", "n5")
    chosen_namespaces.remember(again, "own", everywhere=False)
    recent = chosen_namespaces.recall(again).recent
    assert recent == tuple(f"n{number}" for number in range(3, 12))
    assert len(recent) == MOST_RECENT


@pytest.mark.parametrize("text", ["", "{", "[]", '{"lab https://lab": 7}'])
def test_a_file_that_cannot_be_read_is_no_choice(text: str) -> None:
    where = ClusterDescription("lab", "https://lab", "night")
    chosen_namespaces.remember(where, "own", everywhere=False)
    (paths.state() / "namespaces.json").write_text(text)
    assert chosen_namespaces.recall(where) == NamespaceChoice()


def test_the_way_back_to_a_pods_own_cluster_names_no_context() -> None:
    way = type(wiring.describe(WantedCluster(local=True)).way)
    inside = ClusterDescription("in-cluster", "https://x", "races", way=way(inside=True))
    assert here(inside) == Whereabouts()
    assert here(None) == Whereabouts()


def test_who_may_not_list_all_namespaces_is_told_of_those_that_the_kubeconfig_names(
    stage: Any, kubeconfig: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(error: ConsoleError) -> None:
        async def jobs(_: str | None) -> tuple[JobFacts, ...]:
            raise error

        monkeypatch.setattr(stage.cluster, "jobs", jobs)

    refuse(Forbidden("The cluster does not allow: list jobs.", fix="Ask for a role."))
    ran = stage.command("list", "-A", "--kubeconfig", kubeconfig)
    assert ran.code == Forbidden.exit_code
    assert "does not allow: list jobs" in ran.told
    assert "Name one namespace: -n NAME. The kubeconfig names default, races." in ran.told
    refuse(LoginRefused("Expired.", fix="Log in again."))
    assert "Log in again." in stage.command("list", "-A", "--kubeconfig", kubeconfig).told
