"""Whatever stands in a manifest: validation finds words for it."""

import json

from hypothesis import given
from hypothesis import strategies as st

from console.specs.compose import compose, load_template
from console.specs.tree import parse
from console.specs.validation import validate_manifest
from console.specs.values import load_profile

FILES = {"pair_supervisor.sh": "", "private_contents.sh": ""}
SOUND = compose(
    load_template("2.0"), load_profile("embedded").values("2.0"), nonce="n", files=FILES
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


def places(value, place=()):
    yield place
    children = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, child in children:
        yield from places(child, (*place, key))


PLACES = list(places(SOUND.manifest))[1:]


@given(st.sampled_from(PLACES), JSON)
def test_no_manifest_however_broken_makes_validation_fail(place, junk):
    job = json.loads(json.dumps(SOUND.manifest))
    parent = job
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = junk
    for finding in validate_manifest(job, SOUND.config_map, parse("a: 1", "x.yaml")):
        assert str(finding)
