# Two commands do everything on a bare machine with Python 3.11, venv, make and git:
#   make demo    a small dataset to look at
#   make test    lint, types and the test suite
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
WORKERS ?= 2

.PHONY: help install demo test test-slow lint bench physics-report gallery clean
help:
	@echo "make demo       generate a small dataset, draw a contact sheet and a film of it"
	@echo "make test       lint, types and tests"
	@echo "make test-slow  the tests that take minutes"
	@echo "make bench      measure against named peers, write benchmarks/results.md"
	@echo "make gallery    scenarios and sensors as pages with pictures, docs/scenarios.md and docs/sensors.md"
	@echo "make physics-report  weather sweeps through sensors and tyres against their laws, benchmarks/physics_report.md"

.venv/installed: pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if v == (3, 11) else f"Python 3.11 is needed (pybullet has wheels up to 3.11), found {v[0]}.{v[1]}; set PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[test]'
	$(BIN)/cornercase compile --workers $(WORKERS)
	@touch $@

install: .venv/installed

demo: install
	$(BIN)/cornercase demo --out demo --workers $(WORKERS)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -p cornercase

test: lint
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal -m "not slow"

test-slow: install
	$(BIN)/python -m pytest -q -m slow

bench: install
	$(BIN)/python -m benchmarks

physics-report: install
	$(BIN)/python -m benchmarks.laws

gallery: install
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[docs]'
	$(BIN)/python examples/gallery.py
	$(BIN)/python examples/sensors_page.py

clean:
	rm -rf .venv build dist *.egg-info demo
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
