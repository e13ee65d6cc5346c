"""What is measured: metrics by their spelling, and what they are computed from.

    classification    macro_f1                  mean F1 over the classes that have a row (headline)
                      accuracy, balanced_accuracy, f1@label=...
                      log_loss, top_accuracy@k=3, ece@bins=15      need probabilities
                      recoverable_value                            needs values of the classes
    matching          pair_f1                   over all true pairs, proposed or not (headline)
                      pair_precision, pair_recall
                      average_precision, best_f1, recall@precision=0.95
                      pairs_completeness, reduction_ratio, closure_f1
    clustering        bcubed_f1                 each record itself left out (headline)
                      bcubed_precision, bcubed_recall, cluster_pair_f1, ari, v_measure
                      bcubed_f1_ordinary, bcubed_f1_singletons
                      exact_cluster_f1, closest_cluster_f1
                      hard_negatives_merged                        needs hard groups

One module per kind computes from an outcome (predictions against labels, as integer arrays); `metric` spells.
Intervals are made in `benchmark.intervals`; nothing here reads a file or knows a task.
"""

from benchmark.metrics.classification import LabelOutcome
from benchmark.metrics.clustering import ClusterOutcome
from benchmark.metrics.matching import PairOutcome
from benchmark.metrics.metric import DEFAULT_METRICS, Metric

__all__ = ["DEFAULT_METRICS", "ClusterOutcome", "LabelOutcome", "Metric", "PairOutcome"]
