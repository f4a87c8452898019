"""Where files and marks go by themselves, as `publishing.yaml` says it: field and fix of a mistake."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from console.errors import InvalidInput
from console.operations.ports.publishing_settings import PublishingSettings, StorageSettings
from console.publish.folder_place import FolderPlace
from console.publish.own_name import OwnName
from console.publish.publishing_file import PublishingOnDisk
from console.publish.targets import TargetsAsSet


def settings(folder: Path, text: str) -> PublishingSettings:
    (folder / "publishing.yaml").write_text(text)
    return PublishingOnDisk(folder).settings()


def test_a_bucket_and_a_table_without_evalai_are_enough(tmp_path: Path) -> None:
    text = "storage: {to: s3://submissions/2026/, every: 90}\ndynamodb: {table: submissions}\n"
    found = settings(tmp_path, text)
    assert found.evalai is None
    assert found.storage == StorageSettings("s3://submissions/2026", 90.0)
    assert found.table == "submissions"


def test_a_directory_is_named_by_its_whole_path(tmp_path: Path) -> None:
    """A recorder runs elsewhere than who wrote it."""
    for text in ("storage: {to: bucket}", f"storage: {{to: {tmp_path}/bucket}}"):
        assert settings(tmp_path, text).storage == StorageSettings(str(tmp_path / "bucket"))


@pytest.mark.parametrize(
    ("text", "what", "fix"),
    [
        ("storage: s3://b", ": storage is no mapping", "one a line"),
        ("storage: {}", ": storage.to names no place", "s3://BUCKET/PREFIX"),
        ("storage: {to: 7}", ": storage.to names no place", "s3://BUCKET/PREFIX"),
        ("storage: {to: s3://B}", ": storage: No bucket can be called so.", "s3://BUCKET/PREFIX"),
        ("storage: {to: ftp://b}", ": storage: No place begins with ftp://.", "a directory"),
        ("storage: {to: s3://bkt, every: 5}", ": storage.every is no time", "from 60 to 86400"),
        ("storage: {to: s3://bkt, evry: 60}", ": storage has a key", "to, every, endpoint"),
        ("storage: {to: s3://bkt, endpoint: 7}", ": storage.endpoint is no address", "https://"),
        ("storage: {to: d, endpoint: http://m}", ": storage: endpoint is the address", ""),
        ("storage: {to: s3://bkt, endpoint: http://u:hunter2@m}", "endpoint holds no login", ""),
        ("dynamodb: submissions", ": dynamodb is no mapping", "one a line"),
        ("dynamodb: {}", ": dynamodb.table names no table", "3 to 255"),
        ("dynamodb: {table: a b c}", ": dynamodb.table names no table", "3 to 255"),
        ("dynamodb: {table: t, region: eu}", ": dynamodb has a key", "There is: table."),
    ],
)
def test_a_mistake_is_told_with_its_field_and_what_may_stand_there(
    tmp_path: Path, text: str, what: str, fix: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        settings(tmp_path, text)
    assert what in caught.value.what
    assert fix in caught.value.fix
    assert "hunter2" not in str(caught.value)


def test_a_target_is_open_while_the_settings_name_it_and_no_longer(tmp_path: Path) -> None:
    file = tmp_path / "publishing.yaml"
    targets = TargetsAsSet(PublishingOnDisk(tmp_path), OwnName(tmp_path, "alice@laptop"))
    assert (targets.storage, targets.place("/x")) == ("", None)
    file.write_text("storage: {to: /x, every: 120}")
    assert isinstance(targets.place("/x"), FolderPlace)
    assert targets.place("/y") is None
    assert targets.period.total_seconds() == 120
    file.write_text("storage: {to: /y}")
    assert targets.place("/x") is None


def test_settings_that_cannot_be_read_stop_nothing_and_are_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    targets = TargetsAsSet(PublishingOnDisk(tmp_path), OwnName(tmp_path, "alice@laptop"))
    (tmp_path / "publishing.yaml").write_text("storage: {to: /x}")
    assert targets.storage == "/x"
    (tmp_path / "publishing.yaml").write_text("storage: {to: [")
    assert [targets.storage, targets.storage] == ["/x", "/x"]
    assert len([each for each in caplog.records if "settings of publishing" in each.message]) == 1


def test_the_same_place_is_one_whatever_its_period(tmp_path: Path) -> None:
    one = settings(tmp_path, "storage: {to: s3://bkt/a/}").storage
    two = settings(tmp_path, "storage: {to: s3://bkt/a, every: 600}").storage
    assert one is not None
    assert two is not None
    assert replace(one, seconds=0) == replace(two, seconds=0)
