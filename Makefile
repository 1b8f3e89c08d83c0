# The two commands: `make run` plays the default experiment, `make test` checks everything that is not a model's opinion.
PYTHON ?= python3
BIN := .venv/bin

# What is installed, as far as each goal needs it: to play, to open the app, to work on the code.
PLAY := .venv/.play
APP := .venv/.app
DEV := .venv/.dev

.PHONY: help run demo app test check lint types bench clean
.NOTPARALLEL:

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

run: $(PLAY) ## play the default experiment with a small local model, and show what came out
	$(BIN)/arena run worlds/designs/first_light.toml

demo: $(PLAY) ## the whole chain with scripted agents, in seconds
	$(BIN)/arena demo

app: $(APP) ## explore the run last played in a browser
	$(BIN)/arena app

# The tests start many processes, which are to find bytecode also where Python is told to write none.
test: $(DEV) ## the whole suite
	PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -n logical --maxprocesses 4

check: lint types ## before each commit: lint, types and the fast tests, within a minute
	$(BIN)/pytest -m "not slow" -n 2 -q

lint: $(DEV) ## ruff: rules and form
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(DEV) ## mypy, strict
	$(BIN)/mypy

bench: $(DEV) ## speed and memory, beside other frameworks
	$(BIN)/python -m benchmarks

clean: ## remove the environment
	rm -rf .venv

$(PLAY) $(APP) $(DEV): pyproject.toml constraints.txt
	@$(PYTHON) tools/environment.py $@
