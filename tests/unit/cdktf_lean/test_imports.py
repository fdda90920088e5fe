"""There is no list of modules to be kept, nor one that a cache could outgrow: any import works, at any time."""

from tests.unit.cdktf_lean.conftest import Bench
from tests.unit.cdktf_lean.miniature import INDEX, write_miniature

ENABLE = "import cdktf_lean; cdktf_lean.enable()\n"


def test_a_module_imported_late_works_in_the_same_process_and_rewrites_nothing(bench: Bench) -> None:
    kept = bench.kept
    outcome = bench.run(
        ENABLE
        + """
from cdktf_cdktf_provider_miniature.bucket import Bucket
print(*Bucket().used)
from cdktf_cdktf_provider_miniature.queue import Queue
print(*Queue().used)
"""
    )
    assert outcome.lines == ["bucket", "bucket queue"]
    assert outcome.warnings == []
    assert bench.kept == kept


def test_modules_are_attributes_of_the_package_as_ever(bench: Bench) -> None:
    outcome = bench.run(
        ENABLE
        + """
import cdktf_cdktf_provider_miniature as miniature
print(*miniature.bucket.Bucket().used)
from cdktf_cdktf_provider_miniature import queue
print(queue.Queue.__name__, *miniature.__all__, hasattr(miniature, "topic"))
"""
    )
    assert outcome.lines == ["bucket", "Queue bucket queue False"]
    assert outcome.warnings == []


def test_a_class_of_the_package_itself_has_all_of_it_imported_with_one_warning(bench: Bench) -> None:
    write_miniature(bench.site, classes=["Miniature"])
    outcome = bench.run(
        ENABLE
        + """
from cdktf_cdktf_provider_miniature import Miniature
from cdktf_cdktf_provider_miniature.queue import Queue
print(Miniature.__name__, *Queue().used)
"""
    )
    assert outcome.lines == ["Miniature bucket queue"]
    assert len(outcome.warnings) == 1
    assert "Miniature" in outcome.warnings[0]


def test_an_export_of_another_form_stays_as_it_is(bench: Bench) -> None:
    write_miniature(
        bench.site, index=INDEX.replace("exports.queue = require", "const queue = exports.queue = require")
    )
    outcome = bench.run(
        ENABLE + "from cdktf_cdktf_provider_miniature.bucket import Bucket; print(*Bucket().used)"
    )
    assert outcome.lines == ["queue bucket"]
    assert outcome.warnings == []
