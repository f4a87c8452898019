"""The keys a Job may have are those that the embedded API publishes."""

from tests.job_schema import FILE, cut_down, published, text_of


def test_the_console_s_schema_of_a_job_is_cut_out_of_the_published_one():
    assert FILE.read_text() == text_of(cut_down(published())), "run: make schema"


def test_the_status_of_a_job_is_left_out_and_that_of_a_condition_is_not():
    types = cut_down(published())
    assert "status" not in types["Job"]["keys"]
    assert "status" in types["PodFailurePolicyOnPodConditionsPattern"]["keys"]
    assert "JobStatus" not in types
