"""What each modality adds to a task: `classmark ablate`. A tool for organizers, which reads hidden labels; no solution.

modalities    the sets of columns that are compared
rows          all rows of a task, with their labels
features      the rows as numbers, modality by modality
learners      a committee of three
classes       every row classified out of fold
near, pairs   every pair of records decided out of fold
ablation      sets scored, differences paired, and the file that stands beside the card
plot          its picture
cli           the command
"""
