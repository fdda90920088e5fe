"""Bounds of what is under way."""

import threading

import pytest

from terrarium.artifacts.transfer import MEBIBYTE, TransferConfig, map_ahead

TEBIBYTE = 2**40


@pytest.mark.parametrize("size", [0, 1, 160 * 2**30, 5 * TEBIBYTE])
def test_no_file_has_more_parts_than_s3_allows(size: int) -> None:
    part_size = TransferConfig().part_size_of(size)
    assert part_size >= 5 * MEBIBYTE
    assert size / part_size <= 10_000


@pytest.mark.parametrize("size", [1, 160 * 2**30, 1 * TEBIBYTE])
def test_parts_in_progress_stay_within_the_memory_limit(size: int) -> None:
    config = TransferConfig()
    part_size = config.part_size_of(size)
    assert 1 <= config.workers_for(part_size) <= config.workers
    assert config.workers_for(part_size) * part_size <= config.memory


def test_results_keep_their_order_and_few_wait() -> None:
    begun = 0
    lock = threading.Lock()

    def begin(item: int) -> int:
        nonlocal begun
        with lock:
            begun += 1
        return item

    for taken, result in enumerate(map_ahead(begin, range(100), workers=4)):
        assert result == taken
        assert begun <= taken + 4


def test_starts_no_call_after_an_error() -> None:
    begun: list[int] = []

    def fail(item: int) -> None:
        begun.append(item)
        raise ValueError(item)

    with pytest.raises(ValueError, match="0"):
        list(map_ahead(fail, range(1000), workers=2))
    assert len(begun) <= 3
