"""Any module can be imported at any time: no list of modules exists."""

from tests.unit.cdktf_lean.conftest import Bindings
from tests.unit.cdktf_lean.miniature import INDEX, write_miniature

ENABLE = "import cdktf_lean; cdktf_lean.enable()\n"


def test_a_late_import_works_and_changes_no_cache(bindings: Bindings) -> None:
    cached = bindings.cached
    outcome = bindings.run(
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
    assert bindings.cached == cached


def test_modules_are_attributes_of_the_package(bindings: Bindings) -> None:
    outcome = bindings.run(
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


def test_a_class_in_the_init_of_a_package_imports_the_whole_package_with_one_warning(
    bindings: Bindings,
) -> None:
    write_miniature(bindings.site, classes=["Miniature"])
    outcome = bindings.run(
        ENABLE
        + """
import sys
from cdktf_cdktf_provider_miniature import Miniature
print(Miniature.__name__, "cdktf_cdktf_provider_miniature.queue" in sys.modules)
"""
    )
    assert outcome.lines == ["Miniature True"]
    assert len(outcome.warnings) == 1
    assert "Miniature" in outcome.warnings[0]


def test_an_export_of_another_form_stays_eager(bindings: Bindings) -> None:
    write_miniature(
        bindings.site, index=INDEX.replace("exports.queue = require", "const queue = exports.queue = require")
    )
    outcome = bindings.run(
        ENABLE + "from cdktf_cdktf_provider_miniature.bucket import Bucket; print(*Bucket().used)"
    )
    assert outcome.lines == ["queue bucket"]
    assert outcome.warnings == []
