# Every target makes .venv from nothing but python3, and reuses it until pyproject.toml changes.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: quickstart test docs bench

quickstart: .venv/.has-examples
	$(BIN)/python examples/quickstart.py

test: .venv/.has-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/python -m pytest -n auto

docs: .venv/.has-docs
	$(BIN)/mkdocs build --strict

bench: .venv/.has-dev
	$(BIN)/python -m benchmarks

.venv/.has-%: pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --disable-pip-version-check --editable '.[$*]'
	touch $@
