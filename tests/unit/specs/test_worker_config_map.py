"""The workers' files travel in a ConfigMap and arrive as the tree they were."""

import pytest

from console import paths
from console.errors import InvalidInput
from console.specs.compose import compose
from console.specs.validation import validate
from console.specs.worker_files import config_map, mount_items, owned_by

FILES = {"run.sh": "exec\n", "console/workers/logcopy.py": "import sys\n"}


def test_a_slash_becomes_two_underscores_and_back():
    made = config_map("demo-workers", "races", FILES)
    tree = {item["path"]: made["data"][item["key"]] for item in mount_items(FILES)}
    assert tree == FILES
    assert set(made["data"]) == {"run.sh", "console__workers__logcopy.py"}


def test_two_files_that_would_share_a_key_are_refused():
    with pytest.raises(InvalidInput):
        mount_items(["a/b", "a__b"])


def test_the_job_mounts_exactly_what_the_config_map_has(template, values):
    made = compose(template, values)
    volumes = made.manifest["spec"]["template"]["spec"]["volumes"]
    source = next(each["configMap"] for each in volumes if each["name"] == "workers")
    assert source["name"] == made.config_map["metadata"]["name"] == "demo-workers"
    assert {item["path"] for item in source["items"]} == set(paths.worker_files())
    assert {item["key"] for item in source["items"]} == set(made.config_map["data"])
    assert validate(made) == ()


def test_an_owned_config_map_is_deleted_with_its_job():
    made = config_map("demo-workers", "races", FILES)
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "demo", "uid": "u"}}
    (owner,) = owned_by(made, job)["metadata"]["ownerReferences"]
    assert owner == {"apiVersion": "batch/v1", "kind": "Job", "name": "demo", "uid": "u"}
    assert "ownerReferences" not in made["metadata"]
