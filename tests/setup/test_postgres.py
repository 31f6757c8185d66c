"""The PostgreSQL that tests and faults use: private, and it can be stopped, killed and frozen."""

from __future__ import annotations

import contextlib

import psycopg2
import pytest

from tools import postgres


def ask(url: str, question: str = "select 1") -> object:
    with contextlib.closing(psycopg2.connect(url, connect_timeout=2)) as connection:
        cursor = connection.cursor()
        cursor.execute(question)
        return cursor.fetchone()[0]


def test_databases_are_apart(cluster: postgres.Cluster) -> None:
    one, other = cluster.database(), cluster.database()
    with contextlib.closing(psycopg2.connect(one)) as connection:
        connection.cursor().execute("create table kept (word text)")
        connection.cursor().execute("insert into kept values ('canary')")
        connection.commit()
    assert b"canary" in cluster.dump(one)
    assert b"canary" not in cluster.dump(other)


def test_nobody_gets_in_without_the_password(cluster: postgres.Cluster) -> None:
    with pytest.raises(psycopg2.OperationalError):
        ask(cluster.url.replace(cluster.password, "wrong"))


@pytest.mark.parametrize("fault", [lambda c: c.stop(), lambda c: c.stop("immediate"), lambda c: c.kill()])
def test_it_goes_down_and_comes_back_with_its_data(cluster: postgres.Cluster, fault) -> None:
    url = cluster.database()
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.cursor().execute("create table kept as select 7 as number")
        connection.commit()
    fault(cluster)
    with pytest.raises(psycopg2.OperationalError):
        ask(url)
    cluster.start()
    assert ask(url, "select number from kept") == 7


def test_frozen_it_does_not_answer_and_thawed_it_does(cluster: postgres.Cluster) -> None:
    cluster.hang()
    try:
        with pytest.raises(psycopg2.OperationalError, match="timeout"):
            ask(cluster.url)
    finally:
        cluster.resume()
    assert ask(cluster.url) == 1


def test_the_programs_of_the_package_do_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_places", lambda: iter(()))
    with postgres.running() as other:
        assert ask(other.database()) == 1
