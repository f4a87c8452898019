"""What is not ours is followed, and each thing that would change it has another way."""

from __future__ import annotations

import pytest
from fakes.upstream_seen import seen, usual

from console.cluster.upstream_joined import joined
from console.domain.facts import JobFacts
from console.domain.upstream_refusals import INSTEAD, refuse_upstreams, why_not_changed
from console.errors import ReadOnly

THEIRS = joined({each.job.name: each for each in map(seen, usual().jobs())})
OURS = JobFacts("demo", "default", "uid", None, 8)


@pytest.mark.parametrize("verb", INSTEAD)
def test_each_refusal_says_why_and_what_to_do(verb: str) -> None:
    with pytest.raises(ReadOnly) as refused:
        refuse_upstreams(THEIRS, verb)
    assert refused.value.why
    assert refused.value.fix in why_not_changed(THEIRS, verb)


@pytest.mark.parametrize("verb", INSTEAD)
def test_of_ours_nothing_is_refused(verb: str) -> None:
    assert why_not_changed(OURS, verb) == ""
    refuse_upstreams(OURS, verb)
    refuse_upstreams(None, verb)
