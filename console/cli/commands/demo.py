"""`demo`: one submission on the embedded cluster, from launch to merged results, headless."""

from __future__ import annotations

import argparse

from console import wiring
from console.cli import interruptions, narration
from console.cli.commands.launch import conclude
from console.cli.connection import refuse_read_only_local
from console.cli.findings import refuse_faulty
from console.cli.flags import CLUSTER_FLAGS
from console.cli.following import Followed, follow_to_the_end
from console.cli.refusing import refuse_all
from console.domain.submission import free_name
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.results.leaderboard import LAUNCHED, USUAL, names
from console.specs.compose import compose, load_template
from console.specs.values import load_profile, usual_profile


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo")
    parser.add_argument("--leaderboard", choices=names(LAUNCHED), default=USUAL.name)
    parser.add_argument("-o", "--output", choices=["text", "json"], default="text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """About a minute: pair 2's server crashes once on purpose and the pair resumes."""
    refuse_all(options, CLUSTER_FLAGS, beside="demo, which runs on the embedded cluster,")
    refuse_read_only_local(options, "The demo")
    ran_before = wiring.local_status().cluster is not None
    cluster = wiring.local_up(owned=True)
    narration.say(f"embedded cluster running at {cluster.server}")
    try:
        followed = interruptions.run(_drive(options.leaderboard, ran_before))
    finally:
        if not ran_before:
            wiring.local_down()
            narration.say("embedded cluster stopped")
    return conclude(followed, options.output)


async def _drive(leaderboard: str, outlives: bool) -> Followed:
    async with wiring.connect(wiring.WantedCluster(local=True)) as services:
        namespace = services.cluster.description.namespace
        name = await _launch(services, namespace, leaderboard)
        return await follow_to_the_end(services, namespace, name, outlives=outlives)


async def _launch(services: Services, namespace: str, leaderboard: str) -> str:
    taken = {job.name for job in await services.cluster.jobs(namespace)}
    values = load_profile(usual_profile(local=True)).values(leaderboard)
    name = free_name(values.get("submission.name"), taken)
    template = load_template(leaderboard)
    values = values.override({"submission.name": name}, origin="demo", known=template.paths)
    composed = compose(template, values, namespace=namespace)
    await launch(services, refuse_faulty(composed))
    narration.say(f"launched {name} for Leaderboard {leaderboard}")
    return name
