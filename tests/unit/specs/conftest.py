"""The shipped templates and the embedded profile, ready to compose."""

import pytest

from console import paths
from console.specs.compose import Composed, compose
from console.specs.template import Template, load_template
from console.specs.values import Values, load_profile

FILES = {"pair_supervisor.sh": "", "private_contents.sh": "", "console/workers/logcopy.py": ""}


@pytest.fixture(scope="session", params=["1.0", "2.0"])
def leaderboard(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def template(leaderboard: str) -> Template:
    return load_template(leaderboard)


@pytest.fixture(scope="session")
def template_text(leaderboard: str) -> str:
    return (paths.job_specs() / f"leaderboard_{leaderboard}.yaml").read_text()


@pytest.fixture
def values(leaderboard: str) -> Values:
    return load_profile("embedded").values(leaderboard)


@pytest.fixture
def composed(template: Template, values: Values) -> Composed:
    return compose(template, values, nonce="n0nce", files=FILES)
