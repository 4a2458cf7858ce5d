# Beiqin (备勤). Each target first sets up what it needs in a private .venv beside this file;
# the machine needs only Python 3.11+, make and a package index. `make help` lists the targets.
PYTHON ?= python3
BIN := .venv/bin
COVERAGE_FLOOR := 90

.PHONY: help demo test check types contracts pytest wheel bench format lock clean ready-run ready-dev ready-bench

help:  ## this list
	@echo "make TARGET        (another Python: make PYTHON=/path/to/python3.12 TARGET)"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  \1|\2/p' Makefile | awk -F'|' '{printf "%-12s %s\n", $$1, $$2}'

demo: ready-run  ## simulate the built-in county and write its report in both languages
	@$(BIN)/beiqin demo

test: ready-dev check types contracts wheel pytest  ## everything the project asks of a change

check: ready-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: ready-dev
	$(BIN)/mypy

contracts: ready-dev
	$(BIN)/lint-imports

wheel: ready-dev
	$(BIN)/python tools/check_wheel.py

pytest: ready-dev
	$(BIN)/pytest --numprocesses auto --cov --cov-fail-under=$(COVERAGE_FLOOR)

bench: ready-bench  ## measure the speed on this machine; prints every figure
	@$(BIN)/beiqin bench

format: ready-dev  ## put the code into the project's form
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

lock: ready-dev  ## renew the lock files from pyproject.toml (see CONTRIBUTING.md)
	$(BIN)/python -m pip install --quiet "uv>=0.9"
	$(BIN)/python tools/renew_locks.py

clean:  ## remove what the targets made: .venv, caches, dist
	rm -rf .venv dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

ready-run ready-dev ready-bench:
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "Beiqin needs Python 3.11 or newer, and there is no '$(PYTHON)' here: install Python, or name one with make PYTHON=..." >&2; \
	  echo "未找到 $(PYTHON)：请先安装 Python 3.11 或更高版本，或用 make PYTHON=… 指定。" >&2; exit 1; }
	@"$(PYTHON)" tools/set_up.py $(patsubst ready-%,%,$@)
