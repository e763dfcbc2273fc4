# 督改: what a developer types. Each target is a script in scripts/, which can be read and run on its own.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help run test quick check fmt coverage lock

TARGETS := help|run|test|quick|check|fmt|coverage|lock

help: ## 列出可用的命令
	@grep -hE '^($(TARGETS)):.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

run: ## 准备环境，启动演示省份（make run ARGS="--port 8080"）
	@scripts/setup.sh run
	@exec .venv/bin/dugai up --demo $(ARGS)

test: ## 全部测试：SQLite、PostgreSQL、Chromium、代码检查
	@scripts/test.sh

quick: ## 三分钟以内：规则与服务（SQLite）、ruff、房间次序
	@scripts/setup.sh test
	@scripts/quick.sh

check: ## ruff、mypy、lint-imports、bandit、迁移、结构测试
	@scripts/setup.sh test
	@scripts/check.sh

fmt: ## 整理格式
	@scripts/setup.sh test
	@.venv/bin/ruff check --fix --exit-zero .
	@.venv/bin/ruff format .

coverage: ## 分支覆盖率（SQLite 与 PostgreSQL 合计）
	@scripts/setup.sh test
	@scripts/coverage.sh

lock: ## 按 pyproject.toml 重写依赖锁定文件（make lock ARGS=--upgrade）
	@scripts/setup.sh test
	@scripts/lock.sh $(ARGS)

# The measuring targets appear with the code that measures.
ifneq ($(wildcard bench/__main__.py),)
.PHONY: bench
TARGETS := $(TARGETS)|bench
bench: ## 测速，结果与同一次运行的基线并列
	@scripts/setup.sh test
	@scripts/with_postgres.sh .venv/bin/python -m bench $(ARGS)
endif
ifneq ($(wildcard bench/soak.py),)
.PHONY: soak
TARGETS := $(TARGETS)|soak
soak: ## 长时间运行测试
	@scripts/setup.sh test
	@scripts/with_postgres.sh .venv/bin/python -m bench.soak $(ARGS)
endif
ifneq ($(wildcard scripts/nightly.sh),)
.PHONY: nightly
TARGETS := $(TARGETS)|nightly
nightly: ## 夜间可靠性测试
	@scripts/setup.sh test
	@scripts/nightly.sh $(ARGS)
endif
