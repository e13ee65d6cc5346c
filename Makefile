# Commands for people. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO_TASKS := product_type,tax_category,music_genre,returns_disposition,duplicates,variants
DEMO_SOLUTIONS := constant,tfidf_linear,neighbours,autogluon,blend
DEMO_BUDGET := 40s

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all lint bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## create .venv and install everything that tests and the demo need

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet torch==2.13.0
	$(BIN)/pip install --quiet -e '.[all,dev]'
	$(BIN)/python tests/support/torchvision_stub.py
	touch $@

demo: export CLASSMARK_HOME ?= $(CURDIR)/.classmark
demo: install ## make the six embedded tasks, run the baselines for 40 s each, show who is ahead
	$(BIN)/classmark prepare embedded
	$(BIN)/classmark run --task $(DEMO_TASKS) --solution $(DEMO_SOLUTIONS) --budget $(DEMO_BUDGET)
	$(BIN)/classmark compare --budget $(DEMO_BUDGET) --plot .classmark/compare.png --markdown .classmark/compare.md
	@echo; echo "Plot: .classmark/compare.png. Everything lies under $(CLASSMARK_HOME)."
	@echo "Next: . $(BIN)/activate; export CLASSMARK_HOME=$(CLASSMARK_HOME)"
	@echo "      classmark show product_type; then the README, for a solution of your own."

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=. $(BIN)/mypy --explicit-package-bases --namespace-packages datasets/*.py datasets/*/*.py datasets/*/*/*.py

test: lint ## lint, types, and the tests (minutes)
	$(BIN)/pytest -n 2 --dist loadgroup -m 'not slow'

test-all: lint ## the same with the slow tests
	$(BIN)/pytest -n 2 --dist loadgroup

bench: install ## speed, as ratios inside one run
	$(BIN)/python -m tests.bench

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
