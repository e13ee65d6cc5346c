from __future__ import annotations

import numpy as np
import pytest

from benchmark.metrics.definition import harmonic, leave_one_out, ratio, sums


def test_nothing_over_nothing_is_zero():
    assert ratio(np.array([0.0, 3.0]), np.array([0.0, 4.0])).tolist() == [0.0, 0.75]
    assert harmonic(np.array([0.0, 1.0]), np.array([0.0, 0.5])).tolist() == [0.0, pytest.approx(2 / 3)]


def test_sums_by_place_keep_empty_places():
    assert sums(np.array([2, 0, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist() == [2.0, 0.0, 4.0, 0.0]
    assert sums(np.array([], int), None, 2).tolist() == [0.0, 0.0]


def test_left_out_counts_add_up_and_leave_absent_buckets_empty():
    lost = np.array([[2.0, 1.0], [2.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
    total = np.array([2.0, 1.5])
    present = np.array([True, True, True, False])
    counts = leave_one_out(lost, total, present)
    assert counts.sum(axis=0) == pytest.approx(total)
    assert counts[3].tolist() == [0.0, 0.0]
    assert counts[0] - counts[1] == pytest.approx(lost[0] - lost[1])
