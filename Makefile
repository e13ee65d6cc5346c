# Commands for people. `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Raw data for the demo: a folder, or empty to download what may be downloaded.
RAW ?= $(CLASSMARK_RAW)

.DEFAULT_GOAL := help
.PHONY: help install demo test test-all lint bench clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

install: $(VENV)/.installed ## create .venv and install everything that tests and the demo need

$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --upgrade pip
	$(BIN)/pip install --quiet -e '.[autogluon,leaderboard,ray,dev]'
	touch $@

demo: install ## run the main job and show who is ahead
	CLASSMARK_RAW="$(RAW)" PATH="$(CURDIR)/$(BIN):$$PATH" bash docs/demo.sh

lint: install ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: lint ## lint, types, and the tests (minutes)
	$(BIN)/pytest -n 2 --dist loadgroup -m 'not slow'

test-all: lint ## the same with the slow tests
	$(BIN)/pytest -n 2 --dist loadgroup

bench: install ## speed, as ratios inside one run
	$(BIN)/python -m tests.bench

clean: ## remove .venv and caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
