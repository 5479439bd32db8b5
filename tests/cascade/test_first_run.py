import pytest

from tests.cascade.machine import run_machine


@pytest.mark.no_cover  # what it walks through is counted by the tests that look at it; counting would double its time
@pytest.mark.django_db
def test_whatever_officers_try_no_framework_placement_lacks_its_proof():
    assert run_machine(1).steps > 0
