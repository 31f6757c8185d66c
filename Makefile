# `make` lists the targets. Each sets up what is missing first; a second set-up does nothing and takes no time.
SHELL := /bin/sh
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export RASA_TELEMETRY_ENABLED := false
export TF_CPP_MIN_LOG_LEVEL := 2
export SQLALCHEMY_SILENCE_UBER_WARNING := 1

PY := .venv/bin/python
# Any Python from 3.6 that really runs may start the set-up; a version manager's shim may be dead.
STARTER = $(shell for p in $(PY) python3 /usr/bin/python3 python3.10 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 6))' >/dev/null 2>&1 && { echo $$p; break; }; done)
SET_UP = @starter="$(STARTER)"; [ -n "$$starter" ] || { \
	echo 'Python 3 is needed to start: install python3 (apt install python3-venv, brew install python@3.10).' >&2; \
	exit 1; }; "$$starter" bootstrap.py

# Text as typed, quotes, apostrophes and dollars included, reaches the command through its environment.
override TEXT_GIVEN := $(filter-out undefined,$(origin TEXT))
override GOLD_GIVEN := $(filter-out undefined,$(origin GOLD))
override TEXT := $(value TEXT)
override GOLD := $(value GOLD)
SHOW ?= 10
export TEXT GOLD SHOW
WITH_TEXT = $(if $(TEXT_GIVEN),--text="$$TEXT")

TALK_RUNS ?= 500
.PHONY: help channel-page run telegram shell test test-web test-talk test-channels test-faults test-cluster bench bench-reading train parse understand evaluate chart evidence raiser lint lock clean setup setup-dev cluster check-deploy sbom page page-figures page-pictures

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

setup:  ## make .venv with what the bot needs
	$(SET_UP)

setup-dev:  ## and what the tests need
	$(SET_UP) --dev

run: setup  ## start the bot: page and API on http://localhost:5005/
	@$(PY) web/build.py || true  # without the page the API still answers, and the page says what is missing
	@$(PY) -m bot serve

page: setup  ## build the web chat, if its sources have changed
	@$(PY) web/build.py

page-figures: setup-dev  ## measure the web chat: size, accessibility, first interaction, what moves, policy reports
	@$(PY) web/build.py --tests
	@$(PY) -m tools.browser
	@$(PY) -m bot train
	@$(PY) -m tools.page_figures

page-pictures: setup-dev  ## pictures of the web chat in every state, in web/screenshots
	@$(PY) web/build.py --tests
	@$(PY) -m tools.browser
	@$(PY) -m tools.page_pictures

telegram: setup  ## start the bot and talk to it on Telegram, without a public address: TELEGRAM_TOKEN=... make telegram
	@$(PY) -m bot telegram status  # a wrong token is told here and not only in a log
	@BOT_CHANNELS=telegram TELEGRAM_MODE=polling $(PY) -m bot serve

channel-page: setup-dev  ## draw the talks of docs/channels.md anew: one on every platform, with the real servers
	@$(PY) -m bot train
	@$(PY) -m tools.channel_page

shell: setup  ## talk to the bot in the terminal
	@$(PY) -m bot shell

train: setup  ## train the model, if anything it is made of has changed
	@$(PY) -m bot train

parse: setup  ## what is in a text: TEXT="my calf keeps twitching", or JSON lines on standard input
	@$(PY) -m bot parse $(WITH_TEXT)

understand: setup  ## what is meant by a text: TEXT="...", or JSON lines on standard input
	@$(PY) -m bot understand $(WITH_TEXT)

evaluate: setup  ## score the reading against annotated text, medspaCy beside it: GOLD=file.jsonl SHOW=10
	$(if $(GOLD_GIVEN),,@echo 'Name the annotated file: make evaluate GOLD=file.jsonl' >&2; exit 2)
	@$(PY) -m bot evaluate --gold="$$GOLD" --show="$$SHOW"
	@echo; $(PY) -m tools.compare_medspacy "$$GOLD"

chart: setup  ## draw docs/reading.svg: what is read right, by phenomenon
	@$(PY) -m tools.chart_reading

evidence: setup  ## write docs/evidence.md: the whole evidence base as tables to sign off
	@$(PY) -m tools.evidence_page

raiser: setup  ## learn anew which words raise a red flag, from data/raiser; MEASURE=yes only tells how well it does
	@$(PY) -m tools.train_raiser $(if $(filter yes,$(MEASURE)),--measure)

lint: setup-dev  ## style, types and the direction of imports
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	.venv/bin/lint-imports

test-web: setup-dev  ## the web chat alone: its types, its units, its behaviour in a browser
	@$(PY) web/build.py --tests
	@$(PY) -m tools.browser
	cd web && PATH="$$PWD/.node/bin:$$PATH" npm run --silent check && PATH="$$PWD/.node/bin:$$PATH" npm test --silent
	$(PY) -m pytest tests/web

test: lint  ## every check and every test
	@$(PY) web/build.py --tests
	@$(PY) -m tools.browser
	cd web && PATH="$$PWD/.node/bin:$$PATH" npm run --silent check && PATH="$$PWD/.node/bin:$$PATH" npm test --silent
	$(PY) -m rasa data validate --domain domain.yml --config config.yml --data data
	$(PY) -m bot train
	$(PY) -m pytest

test-talk: setup-dev  ## 500 talks of 20 steps with the whole bot, whatever a person may say: TALK_RUNS=500
	$(PY) -m bot train
	TALK_RUNS=$(TALK_RUNS) $(PY) -m pytest tests/talk

bench: setup-dev  ## the bot beside the assistant of rasa init: docs/bench.md; BENCH_QUICK=yes only tries the tool
	@$(PY) -m bot train
	@$(PY) -m tools.bench

bench-reading: setup-dev  ## what reading a text costs, and the slowest texts that are known
	@$(PY) -m tools.bench.reading

# `FAULTS=small make test-faults` tries it in minutes; FAULTS_KILLS=20 and the like set one number (tools/faults/numbers.py).
FAULTS ?= full
test-faults: setup-dev  ## break every part of a running bot, hundreds of times: docs/reliability.md; FAULTS=small only tries it
	$(PY) -m bot train
	@rm -f .pytest_cache/faults.json
	FAULTS=$(FAULTS) $(PY) -m pytest tests/faults; status=$$?; \
	[ "$(FAULTS)" = small ] || $(PY) -m tools.faults.table; exit $$status

test-channels: setup-dev  ## 30 talks, 500 events with 10 kills and every red flag on each messaging platform, against stand-ins
	$(PY) -m bot train
	CHANNEL_TALKS=30 CHANNEL_EVENTS=500 CHANNEL_KILLS=10 CHANNEL_RED_FLAGS=all $(PY) -m pytest tests/messaging

# One lock for Linux and macOS; the marker that says just that on every line is left out.
LOCK_NOTE := ; python_full_version < '3\.11' and (sys_platform == 'darwin' or sys_platform == 'linux')
COMPILE = .venv/bin/uv pip compile --quiet --universal --generate-hashes --no-header --no-annotate \
	--no-emit-index-url --no-emit-find-links
cluster: setup-dev  ## PostgreSQL, two Rasa, two action servers and nginx on this machine, without containers
	@$(PY) web/build.py || true
	@$(PY) -m tools.cluster

test-cluster: setup-dev  ## the same shape put to the test: a killed Rasa, a rolling restart under load, closed paths
	$(PY) -m bot train
	TEST_CLUSTER=yes $(PY) -m pytest tests/deploy/test_cluster.py tests/deploy/test_image_runs.py

check-deploy: setup-dev  ## deploy/ read by its own tools: helm, Kubernetes' schemas, docker compose, hadolint, nginx
	@$(PY) -m tools.deploy_tools
	CHECK_DEPLOY=yes $(PY) -m pytest tests/deploy tests/setup/test_sbom.py

sbom: setup  ## the list of parts of what runs, CycloneDX, in sbom.cdx.json
	@$(PY) -m tools.sbom

lock: setup  ## renew the locked versions from requirements*.in
	$(COMPILE) --python-version 3.10 requirements.in -o requirements.txt
	sed -i.old "s/ $(LOCK_NOTE) / /" requirements.txt
	$(COMPILE) --python-version 3.10 requirements-dev.in -o requirements-dev.txt
	sed -i.old "s/ $(LOCK_NOTE) / /" requirements-dev.txt
	$(COMPILE) --no-config --python-version 3.8 requirements-uv.in -o requirements-uv.txt
	$(COMPILE) --no-config --python-version 3.10 requirements-medspacy.in -o requirements-medspacy.txt
	sed -i.old "s/ $(LOCK_NOTE) / /" requirements-medspacy.txt
	$(COMPILE) --no-config --python-version 3.10 requirements-schemathesis.in -o requirements-schemathesis.txt
	sed -i.old "s/ $(LOCK_NOTE) / /" requirements-schemathesis.txt
	$(COMPILE) --no-config --python-version 3.10 requirements-node.in -o requirements-node.txt
	$(COMPILE) --no-config --python-version 3.10 requirements-deploy.in -o requirements-deploy.txt
	$(COMPILE) --no-config --python-version 3.12 requirements-compose.in -o requirements-compose.txt
	$(PY) web/build.py --tests && cd web && PATH="$$PWD/.node/bin:$$PATH" npm update --package-lock-only --save=false
	$(PY) -c 'import json; p = "web/package-lock.json"; d = json.load(open(p)); \
		[v.pop("funding", 0) for v in d["packages"].values()]; open(p, "w").write(json.dumps(d, indent=2) + "\n")'
	rm -f requirements.txt.old requirements-dev.txt.old requirements-medspacy.txt.old requirements-schemathesis.txt.old

clean:  ## remove the environment, the models and all caches; conversations stay
	rm -rf web/dist web/.node web/node_modules web/screenshots
	rm -rf .venv .venv-* .venv.lock models .rasa .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis
	rm -f sbom.cdx.json
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
