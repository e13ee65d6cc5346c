# Commands for people. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# The demo's raw data: a folder that has them, or nothing, and what can be downloaded is downloaded.
RAW ?= $(or $(CLASSMARK_RAW),$(wildcard ../shared/data))
DEMO_TASKS := spotify_genres pricerunner $(if $(RAW),flipkart wdc_products)
DEMO_SOLUTIONS := constant,tfidf_linear,gradient_boosting,neighbours,neighbours_strip,autogluon
comma := ,
empty :=
space := $(empty) $(empty)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all lint bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## create .venv and install everything that tests and the demo need

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet -e '.[autogluon,leaderboard,ray,dev]'
	touch $@

demo: export CLASSMARK_HOME ?= $(CURDIR)/.classmark
demo: install ## prepare real tasks, run the baselines for 60 s each, show who is ahead
	$(BIN)/classmark prepare $(DEMO_TASKS) $(if $(RAW),--raw $(RAW),--download)
	$(BIN)/classmark run --task $(subst $(space),$(comma),$(strip $(DEMO_TASKS))) --solution $(DEMO_SOLUTIONS) \
	  --fold 0 --budget 60s
	$(BIN)/classmark compare --budget 60s --plot .classmark/compare.png --markdown .classmark/compare.md
	@echo; echo "Plot: .classmark/compare.png. Everything lies under $(CLASSMARK_HOME). Next: the README."

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	MYPYPATH=. $(BIN)/mypy --explicit-package-bases --namespace-packages datasets/*.py datasets/*/*.py

test: lint ## lint, types, and the tests (minutes)
	$(BIN)/pytest -n 2 --dist loadgroup -m 'not slow'

test-all: lint ## the same with the slow tests
	$(BIN)/pytest -n 2 --dist loadgroup

bench: install ## speed, as ratios inside one run
	$(BIN)/python -m tests.bench

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
