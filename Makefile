# The two commands: `make run` plays the default experiment, `make test` checks everything that is not a model's opinion.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: run app test lint types demo bench clean

run: $(READY)
	$(BIN)/arena run worlds/designs/first_light.toml

app: $(READY)
	$(BIN)/arena app

test: $(READY)
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n logical --maxprocesses 4

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy

demo: $(READY)
	$(BIN)/arena demo

bench: $(READY)
	$(BIN)/python -m benchmarks

clean:
	rm -rf $(VENV)

# Bytecode is compiled once here, so that every later start is fast even where Python is told not to write any.
$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $(READY)
