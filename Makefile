# Two commands do all the set-up: `make bench` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: setup bench test lint check docs clean

setup: .venv/ready

.venv/ready: pyproject.toml
	@sh tools/make-venv $(PYTHON)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

bench: setup
	$(BIN)/codegym bench --agent repair

test: setup
	$(BIN)/python -m pytest

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: setup
	$(BIN)/mkdocs build --strict

check: setup
	$(BIN)/codegym problems check

clean:
	rm -rf .venv dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis
