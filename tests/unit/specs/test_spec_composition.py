"""Template plus values: what is resolved, and every mistake named with line, path and way out."""

import copy
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import paths
from console.errors import InvalidInput
from console.specs.compose import compose, load_template, parse_template
from console.specs.mistakes import SpecRejected
from console.specs.site_values import DEFAULTS
from console.specs.substitution import MARK
from console.specs.values import Values, leaves, load_profile

HEAD = "apiVersion: batch/v1\nkind: Job\nspec:\n  template:\n    spec:\n      containers:\n"
TEXT = (paths.job_specs() / "leaderboard_2.0.yaml").read_text()
LINES = TEXT.splitlines()
EMBEDDED = load_profile("embedded").values("2.0")
NEEDED = sorted(
    path
    for path in leaves(EMBEDDED.document)
    if not path.startswith("job.") and path not in DEFAULTS
)
"""The template has no value of its own for these."""


def rejection(text: str, values, **arguments) -> SpecRejected:
    with pytest.raises(SpecRejected) as refusal:
        compose(parse_template(text, "job.yaml"), values, files={}, **arguments)
    return refusal.value


def small(container: str, metadata: str = "") -> str:
    return metadata + HEAD + container


def test_a_reference_is_resolved_wherever_it_stands():
    text = small(
        "        - name: c\n          image.$: $.a.images[1]\n          command.$: $.words\n"
        "          env:\n            - name: X\n              value.$: $.a.b\n",
        "metadata:\n  name.$: $.name\n  labels:\n    some.io/label.$: $.a.b\n",
    )
    given_values = {"name": "n", "words": ["x", "y"], "a": {"b": "v", "images": ["one", "two"]}}
    manifest = compose(parse_template(text, "job.yaml"), given_values, files={}).manifest
    container = manifest["spec"]["template"]["spec"]["containers"][0]
    assert manifest["metadata"]["name"] == "n"
    assert manifest["metadata"]["labels"] == {"some.io/label": "v"}
    assert container["image"] == "two"
    assert container["command"] == ["x", "y"]
    assert container["env"] == [{"name": "X", "value": "v"}]


def test_no_reference_is_left_in_a_composed_job(composed):
    assert MARK + "'" not in repr(composed.manifest)
    assert "$.submission" not in repr(composed.manifest)


def test_composing_changes_neither_the_template_nor_the_values(template, values):
    before = copy.deepcopy((template.document.content, values.document))
    compose(template, values, backoff_limit=3, repetitions=2, files={}).manifest["spec"].clear()
    assert (template.document.content, values.document) == before


def test_the_same_arguments_make_the_same_job(template, values):
    first = compose(template, values, nonce="n", files={"a.sh": "x"})
    again = compose(template, values, nonce="n", files={"a.sh": "x"})
    assert (first.manifest, first.config_map) == (again.manifest, again.config_map)


def test_each_launch_draws_its_own_nonce(template, values):
    first, second = (compose(template, values, files={}).plan.nonce for _ in range(2))
    assert first != second
    assert len(first) >= 16


def test_a_missing_value_names_line_path_and_nearest_key():
    values = EMBEDDED.merged({"submission": {"nam": "x"}}, {})
    del values.document["submission"]["name"]
    mistakes = rejection(TEXT, values).mistakes
    line = 1 + next(
        n
        for n, text in enumerate(LINES)
        if "$.submission.name" in text and MARK in text and "name.$" in text
    )
    assert mistakes[0].text == (
        f"job.yaml, line {line}: metadata.name takes $.submission.name, but the values have no "
        "$.submission.name. Did you mean $.submission.nam?"
    )
    assert mistakes[0].path == "submission.name"


def test_a_value_that_several_places_take_is_missed_once():
    values = copy.deepcopy(EMBEDDED)
    del values.document["cluster"]["simulator_image"]
    error = rejection(TEXT, values)
    assert len(error.mistakes) == 1
    assert "containers[0].image and 3 more" in str(error)


def test_who_misses_values_reads_how_to_say_each() -> None:
    values = copy.deepcopy(EMBEDDED)
    del values.document["submission"]["submitted_image_uri"]
    del values.document["cluster"]["simulator_image"]
    assert rejection(TEXT, values).fix == (
        "Say what is missing: --set cluster.simulator_image=VALUE, --image IMAGE;"
        " or in a preset, or a file for -f."
    )


def test_a_value_that_the_template_asks_for_is_no_slip_of_the_pen_for_a_missing_one():
    values = copy.deepcopy(EMBEDDED)
    del values.document["cluster"]["simulator_image"]
    assert values.get("cluster.logcopy_image")
    (mistake,) = rejection(TEXT, values).mistakes
    assert mistake.text.endswith("but the values have no $.cluster.simulator_image.")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (5, "is a number, but text is wanted. Put it in quotes."),
        (True, "is true or false, but text is wanted."),
        (None, "is null, but text is wanted."),
        (["a"], "is a list, but text is wanted."),
        ({"a": "b"}, "is a mapping, but text is wanted."),
    ],
)
def test_a_value_of_the_wrong_type_is_named_with_who_said_it(value, words):
    values = EMBEDDED.override(
        {"submission.name": value}, origin="--set", known=["submission.name"]
    )
    text = str(rejection(TEXT, values))
    assert re.match(r"job.yaml, line \d+: metadata.name takes \$.submission.name", text)
    assert "(--set)" in text
    assert words in text


def test_an_unused_value_is_named_with_its_own_line_and_the_nearest_path():
    profile = load_profile("embedded")
    values = profile.values("2.0").merged(
        {"submission": {"team_di": "x"}}, {"submission.team_di": "mine.yaml, line 7"}
    )
    assert str(rejection(TEXT, values)) == (
        "mine.yaml, line 7: $.submission.team_di is used nowhere in job.yaml."
        " Did you mean $.submission.team_id?"
    )


def test_an_unknown_key_is_named_with_its_line_and_the_nearest_one():
    text = small("        - name: c\n          comand: [x]\n")
    assert str(rejection(text, {})) == (
        "job.yaml, line 8: spec.template.spec.containers[0].comand is no key of Container."
        " Did you mean command?"
    )


def test_a_literal_of_the_wrong_type_is_named_with_its_line():
    text = small(
        "        - name: c\n          env:\n            - name: X\n              value: 5\n"
    )
    assert "line 10: spec.template.spec.containers[0].env[0].value is a number" in str(
        rejection(text, {})
    )


def test_a_key_that_kubernetes_needs_is_missed():
    text = small("        - image: x\n")
    assert "containers[0].name is missing; Container needs it." in str(rejection(text, {}))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "image.$: $.a\n          image: x",
            "image.$ and spec.template.spec.containers[0].image are both",
        ),
        ("image.$: a.b", "'a.b', which is no path such as $.submission.name"),
        ("image.$: $.a..b", "no path such as"),
        ("image.$: $.a[x]", "no path such as"),
        ("image.$: $", "no path such as"),
        ("image.$: 5", "5, which is no path"),
        (".$: $.a", "has no key before .$"),
        ("image: $.a.b", "Write the key as image.$"),
        ("args: [$.a.b]", "Only mappings can hold references."),
    ],
)
def test_a_malformed_reference_is_named_with_its_line(line, words):
    text = small(f"        - name: c\n          {line}\n")
    with pytest.raises(SpecRejected) as refusal:
        parse_template(text, "job.yaml")
    assert "job.yaml, line 8" in str(refusal.value)
    assert words in str(refusal.value)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("$.a.b.c", "$.a.b is text and has no key c"),
        ("$.a[0]", "$.a is a mapping, not a list"),
        ("$.l[2]", "$.l has 2 items; [2] is beyond its end"),
    ],
)
def test_a_path_into_the_wrong_thing_says_what_is_there(path, words):
    text = small(f"        - name: c\n          image.$: {path}\n")
    error = rejection(text, {"a": {"b": "x"}, "l": ["x", "y"]})
    assert words in error.mistakes[0].text


@pytest.mark.parametrize(
    ("old", "new"), [("kind: Job", "kind: Jop"), ("batch/v1", "batch/v1beta1")]
)
def test_only_a_batch_v1_job_is_composed(old, new):
    assert "is wanted" in str(rejection(TEXT.replace(old, new, 1), EMBEDDED))


def test_all_mistakes_come_at_once():
    text = TEXT.replace("backoffLimit: 8", 'backoffLimit: "8"').replace(
        "restartPolicy", "restartPolcy"
    )
    values = copy.deepcopy(EMBEDDED)
    del values.document["submission"]["name"]
    error = rejection(text, values)
    assert "job.yaml has 3 mistakes." in str(error)
    assert all(word in str(error) for word in ("backoffLimit", "restartPolcy", "$.submission.name"))


def test_the_restart_budget_and_the_repetitions_can_be_changed(template, values):
    plan = compose(template, values, backoff_limit=17, repetitions=3, files={}).plan
    assert (plan.backoff_limit, plan.drives.repetitions) == (17, 3)
    wished = values.merged({"job": {"backoff_limit": "9", "repetitions": 2}}, {})
    plan = compose(template, wished, files={}).plan
    assert (plan.backoff_limit, plan.drives.repetitions) == (9, 2)


@pytest.mark.parametrize(
    "wrong", [{"repetitions": 0}, {"backoff_limit": "many"}, {"repetitions": True}]
)
def test_a_budget_or_repetition_that_is_no_such_number_is_refused(wrong):
    assert "a whole number from" in str(rejection(TEXT, EMBEDDED.merged({"job": wrong}, {})))


@pytest.mark.parametrize("wrong", [{"repetitions": 0}, {"backoff_limit": -1}])
def test_an_argument_below_the_least_is_refused(wrong):
    assert "is the least" in str(rejection(TEXT, EMBEDDED, **wrong))


def test_the_namespace_is_that_of_the_launch(template, values):
    made = compose(template, values, namespace="team-a", files={})
    assert (
        made.manifest["metadata"]["namespace"]
        == made.config_map["metadata"]["namespace"]
        == "team-a"
    )


def test_a_template_that_is_not_there_is_refused_by_name():
    with pytest.raises(InvalidInput, match=r"nowhere\.yaml cannot be read"):
        load_template("nowhere.yaml")


KEY_LINES = [
    (number, match[1])
    for number, text in enumerate(LINES)
    if (match := re.match(r"\s*(?:- )?([A-Za-z]+)(?:\.\$)?:", text))
]


@given(st.sampled_from(KEY_LINES))
def test_any_renamed_key_of_the_spec_is_reported_by_name_and_line(spot):
    number, key = spot
    wrong = list(LINES)
    wrong[number] = wrong[number].replace(key, key + "x", 1)
    text = str(rejection("\n".join(wrong), EMBEDDED))
    assert f"job.yaml, line {number + 1}: " in text
    assert f"{key}x is no key of " in text
    assert re.search(rf"(Did you mean {key}\?|There is )", text)


@given(st.sampled_from(NEEDED), st.sampled_from(["remove", "rename"]))
def test_any_removed_or_renamed_value_is_reported_by_its_path(path, how):
    document = copy.deepcopy(EMBEDDED.document)
    section, key = path.split(".")
    removed = document[section].pop(key)
    if how == "rename":
        document[section][key + "x"] = removed
    text = str(rejection(TEXT, Values(document)))
    assert f" $.{path}, but the values have no $.{path}." in text
    if how == "rename":
        assert f"Did you mean $.{path}x?" in text
        assert f"$.{path}x is used nowhere in job.yaml. Did you mean $.{path}?" in text


@given(
    st.sampled_from(NEEDED),
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.just([]),
        st.just({}),
    ),
)
def test_any_value_that_is_no_text_is_reported_by_its_path(path, wrong):
    values = EMBEDDED.override({path: wrong}, origin="--set", known=[path])
    if isinstance(wrong, dict):
        section, key = path.split(".")
        values.document[section][key] = {}
    assert f"takes $.{path} (--set), which is" in str(rejection(TEXT, values))


@pytest.mark.parametrize("leaderboard", ["1.0", "2.0"])
def test_the_attempts_of_a_route_are_the_operators_choice(leaderboard):
    template = load_template(leaderboard)
    chosen = Values({"job": {"route_attempts": "0"}})
    values = load_profile("embedded").values(leaderboard).merged(chosen.document, {})
    manifest = compose(template, values, files={}).manifest
    told = {
        each["name"]: variable["value"]
        for each in manifest["spec"]["template"]["spec"]["containers"]
        for variable in each["env"]
        if variable["name"] == "ROUTE_ATTEMPTS"
    }
    assert told == {f"agent-{pair}": "0" for pair in range(1, 5)}
