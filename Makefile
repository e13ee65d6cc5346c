# Commands for people. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DEMO := $(CURDIR)/.classmark/demo
DEMO_SOLUTIONS := constant,tfidf_linear,neighbours,autogluon,blend
DEMO_BUDGET := 60s

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

demo: install ## a competition of the six embedded tasks: run the baselines for a minute each, show the leaderboard
	@test -d $(DEMO) || $(BIN)/classmark competition new $(DEMO) --practice --title "The embedded tasks"
	$(BIN)/classmark competition baseline $(DEMO) --solution $(DEMO_SOLUTIONS) --budget $(DEMO_BUDGET)
	CLASSMARK_HOME=$(DEMO)/home $(BIN)/classmark compare --budget $(DEMO_BUDGET) --plot .classmark/compare.png \
		--markdown .classmark/compare.md
	$(BIN)/classmark competition rebuild $(DEMO)
	$(BIN)/classmark publish $(DEMO) .classmark/site
	@echo
	@echo "The leaderboard as pages:  .classmark/site/index.html    the plot: .classmark/compare.png"
	@echo "Served, with MLflow's:     . $(BIN)/activate; classmark serve $(DEMO)"
	@echo "                           mlflow ui --backend-store-uri sqlite:///$(DEMO)/mlflow/mlflow.db"
	@echo "Next: export CLASSMARK_HOME=$(DEMO)/home; classmark show product_type; then the README."

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
