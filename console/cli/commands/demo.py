"""`demo`: one submission on the embedded cluster, from launch to merged results, headless."""

from __future__ import annotations

import argparse
from functools import partial

from console import wiring
from console.cli import interruptions, narration
from console.cli.commands.launch import conclude
from console.cli.connection import refuse_read_only_local
from console.cli.findings import refuse_faulty
from console.cli.flags import CLUSTER_FLAGS, add_output_flag
from console.cli.following import Followed, follow_to_the_end
from console.cli.refusing import refuse_all
from console.cli.shape_flags import add_shape_flags, shaped, with_embedded_routes
from console.domain.submission import free_name
from console.operations.services import Services
from console.operations.submitting.launch import launch
from console.operations.submitting.sharing_out import shared_out
from console.results.leaderboard import LAUNCHED, USUAL, names
from console.specs.compose import compose, load_template
from console.specs.values import load_profile, usual_profile


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser("demo")
    parser.add_argument(
        "--leaderboard",
        choices=names(LAUNCHED),
        default=USUAL.name,
        help=f"version (default: {USUAL.name})",
    )
    add_shape_flags(parser.add_argument_group("submission"))
    add_output_flag(parser, "text", "json")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """About a minute: pair 2's server crashes once on purpose and the pair resumes."""
    refuse_all(options, CLUSTER_FLAGS, beside="demo, which runs on the embedded cluster,")
    refuse_read_only_local(options, "The demo")
    ran_before = wiring.local_status().cluster is not None
    cluster = wiring.local_up(owned=True)
    narration.say(f"embedded cluster running at {cluster.server}")
    try:
        followed = interruptions.run(_drive(options, ran_before))
    finally:
        if not ran_before:
            wiring.local_down()
            narration.say("embedded cluster stopped")
    return conclude(followed, options.output)


async def _drive(options: argparse.Namespace, outlives: bool) -> Followed:
    async with wiring.connect(wiring.WantedCluster(local=True)) as services:
        namespace = services.cluster.description.namespace
        name = await _launch(services, namespace, options)
        return await follow_to_the_end(services, namespace, name, outlives=outlives)


async def _launch(services: Services, namespace: str, options: argparse.Namespace) -> str:
    taken = {job.name for job in await services.cluster.jobs(namespace)}
    template = load_template(options.leaderboard)
    values = load_profile(usual_profile(local=True)).values(options.leaderboard)
    name = free_name(values.get("submission.name"), taken)
    values = values.override({"submission.name": name}, origin="demo", known=template.paths)
    values = with_embedded_routes(shaped(options, values, template.paths))
    make = partial(compose, template, namespace=namespace, repetitions=options.repetitions)
    composed, remark = shared_out(values, make, lambda plan: wiring.archive().route_seconds(plan))
    if remark:
        narration.say(f"warning: {remark}")
    await launch(services, refuse_faulty(composed))
    narration.say(f"launched {name} for Leaderboard {options.leaderboard}")
    return name
