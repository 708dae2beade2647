# One way to do a thing: CI runs what people run. A bare machine needs make and Python 3.11 or newer, no more.

.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE  # without bytecode a start takes three times as long

VENV := .venv
BIN := $(VENV)/bin
REQUIREMENTS := requirements.txt $(wildcard functions/*/requirements.txt) pyproject.toml local/bootstrap.sh

run: $(VENV)/.run-stamp  ## the whole service on http://localhost:8080 (PORT=… for another port)
	@$(BIN)/python -m local

functions: $(VENV)/.run-stamp  ## each function by itself, as on Google, on ports 8081 to 8084
	@$(BIN)/python -m local functions

test: $(VENV)/.test-stamp  ## the tests, but for the long ones
	@sh tests/setup.sh
	$(BIN)/python -m pytest -m "not long"

test-long: $(VENV)/.test-stamp  ## the long tests
	@sh tests/setup.sh
	$(BIN)/python -m pytest -m long

check: $(VENV)/.test-stamp  ## style, types, and who may import whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -q -k "not light and not poll" tests/test_architecture.py

bench: $(VENV)/.run-stamp  ## how long a film takes
	$(BIN)/python -m benchmarks.render

bench-scaling: $(VENV)/.run-stamp  ## what longer, larger and more cost; writes docs/performance.md
	$(BIN)/python -m benchmarks.scaling

deploy:  ## the four functions to Google; which settings that needs: docs/deploy.md
	./deploy.sh

clean:  ## what can be made again goes; films in var/ stay
	rm -rf $(VENV) var/tmp dist build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

$(VENV)/.run-stamp: $(REQUIREMENTS)
	@sh local/bootstrap.sh $(VENV) requirements.txt $@

$(VENV)/.test-stamp: $(REQUIREMENTS) requirements-dev.txt
	@sh local/bootstrap.sh $(VENV) requirements-dev.txt $@
	@touch $(VENV)/.run-stamp  # what the tests need holds what a run needs: no network is wanted again

.PHONY: run functions test test-long check bench bench-scaling deploy clean help
