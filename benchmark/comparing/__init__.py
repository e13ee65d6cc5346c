"""Comparing solutions on their records: which records may meet, pooled results, ranks, differences, cost.

    selection     the records that may be compared: one version of each task, one budget
    pooling       folds and seeds of one task become one result per solution
    sampled       a value with its bootstrap draws; means and paired differences of such, ranks with ties
    ratings       mean rank, win rate and Elo over many tasks, by `bencheval`
    comparison    tasks, tracks and paired differences, put together
    report        the comparison as JSON and CSV
    sheets        the comparison as tables for people, on the terminal and in Markdown
    plot          score against cost

Only records are read: no task needs to be prepared, no solution and no label is touched.
"""
