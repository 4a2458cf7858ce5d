"""The store: the same on SQLite and on PostgreSQL, whole or not at all; nobody overwrites others unseen."""

import threading

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import select
from stores import KINDS, bring, database, files_in, opened, postgres

from api import jobs, library
from api.library import Author
from api.models import AuditRow, Row
from api.store import Conflict, NotThere, database_url, open_store
from api.trouble import Trouble, WrongUsage
from sim.scenarios.problems import ScenarioError

pytestmark = pytest.mark.filterwarnings("ignore::Warning:platformdirs")
LI, WANG = Author("li", "planner"), Author("wang", "planner")


@pytest.fixture(scope="module", params=KINDS)
def url_for(request):
    """Give addresses of empty databases of a kind; None is SQLite in the store's folder."""
    if request.param == "sqlite":
        yield lambda: None
    else:
        with postgres() as server:
            yield lambda: database(server)


@pytest.fixture
def store(url_for, tmp_path):
    with opened(tmp_path / "home", url_for()) as store:
        yield store


def test_the_tables_are_as_the_program_thinks(store):
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Row.metadata) == []


def test_a_store_opened_again_keeps_what_it_has(url_for, tmp_path, tiny_folder):
    url = url_for()
    with opened(tmp_path / "home", url) as store:
        bring(store, tiny_folder)
    with opened(tmp_path / "home", url) as store:
        assert library.entry(store, "tiny").card["name_en"] == "Tiny County"
        assert store.is_well()


def test_processes_that_open_a_new_store_at_once_both_can(url_for, tmp_path):
    url, opened_stores = url_for(), []
    threads = [
        threading.Thread(target=lambda: opened_stores.append(open_store(tmp_path / "home", url)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [store.is_well() for store in opened_stores] == [True] * 4
    for store in opened_stores:
        store.close()


def go_wrong(store):
    """Begin a piece of work and do not come to its end."""
    with store.work() as session:
        session.add(AuditRow(at=0.0, who="li", role="planner", action="x", subject="y", detail={}))
        session.flush()
        raise ZeroDivisionError


def test_what_goes_wrong_leaves_nothing_behind(store, tiny_folder):
    with pytest.raises(ZeroDivisionError):
        go_wrong(store)
    (tiny_folder / "units.csv").unlink()
    with pytest.raises(ScenarioError, match=r"units\.csv"):
        bring(store, tiny_folder)
    with store.work() as session:
        assert session.scalars(select(AuditRow)).all() == []
    assert [entry.version for entry in library.entries(store)] == [0] * len(library.entries(store))


def test_a_scenario_comes_out_as_it_went_in(store, tiny_folder):
    bring(store, tiny_folder)
    assert library.files_of(store, "tiny") == files_in(tiny_folder)
    assert files_in(library.folder_of(store, "tiny")) == files_in(tiny_folder)


def test_two_planners_cannot_overwrite_each_other_unseen(store, tiny_folder):
    before = bring(store, tiny_folder)
    files = files_in(tiny_folder)
    by_li = files | {"SOURCES.md": b"# Li was here\n"}
    after = library.change(store, "tiny", by_li, before.tag, LI, "sources")
    assert (after.version, after.who, after.note) == (2, "li", "sources")
    with pytest.raises(library.Stale, match="changed by li meanwhile: it is at version 2 now"):
        library.change(store, "tiny", files, before.tag, WANG)
    assert library.files_of(store, "tiny") == by_li
    assert library.files_of(store, "tiny", 1) == files
    assert [entry.version for entry in library.versions(store, "tiny")] == [2, 1]


def test_of_two_changes_at_the_same_moment_one_holds(store, tiny_folder):
    tag, ended = bring(store, tiny_folder).tag, []
    files = files_in(tiny_folder)

    def change(who):
        try:
            mine = files | {"SOURCES.md": who.encode()}
            ended.append(library.change(store, "tiny", mine, tag, Author(who, "planner")).version)
        except library.Stale:
            ended.append("stale")

    threads = [threading.Thread(target=change, args=(who,)) for who in ("li", "wang", "zhao")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended, key=str) == [2, "stale", "stale"]


def test_who_changed_what_is_written_down(store, tiny_folder):
    tag = bring(store, tiny_folder).tag
    library.change(store, "tiny", files_in(tiny_folder), tag, WANG)
    with store.work() as session:
        told = [(row.who, row.action, row.subject) for row in session.scalars(select(AuditRow))]
    assert told == [("local", "scenario.create", "tiny"), ("wang", "scenario.change", "tiny")]


def test_built_in_counties_can_be_read_not_changed(store, tiny_folder):
    built_in = library.entry(store, "lanshui")
    assert (built_in.version, built_in.card["code"]) == (0, "lanshui")
    with pytest.raises(Conflict, match="is built in"):
        library.change(store, "lanshui", files_in(tiny_folder), "*")
    with pytest.raises(Conflict, match="already"):
        bring(store, tiny_folder, "lanshui")
    with pytest.raises(NotThere):
        library.entry(store, "nowhere")


@pytest.mark.parametrize("code", ["", "A", "../up", "-x", "a b", "岚水", "a" * 64])
def test_codes_that_could_be_paths_are_refused(store, tiny_folder, code):
    with pytest.raises(WrongUsage, match="can be no code"):
        bring(store, tiny_folder, code)


def test_an_idempotency_key_gives_one_job(store, tiny_folder):
    entry = bring(store, tiny_folder)
    first, new = jobs.submit(store, "run", entry, {"seed": 1}, LI, "k1")
    again, new_again = jobs.submit(store, "run", entry, {"seed": 1}, LI, "k1")
    assert (new, new_again, again.id) == (True, False, first.id)
    with pytest.raises(jobs.AnotherRequest):
        jobs.submit(store, "run", entry, {"seed": 2}, LI, "k1")
    assert jobs.submit(store, "run", entry, {"seed": 2}, WANG, "k1")[1]


def test_lists_of_jobs_go_on_where_they_stopped(store, tiny_folder):
    entry = bring(store, tiny_folder)
    ids = [jobs.submit(store, "run", entry, {"seed": seed})[0].id for seed in range(5)]
    first = jobs.jobs(store, limit=2)
    rest = jobs.jobs(store, after=first[-1].id)
    assert [job.id for job in (*first, *rest)] == [job.id for job in jobs.jobs(store)]
    assert sorted(job.id for job in jobs.jobs(store)) == sorted(ids)


def test_an_address_that_is_none_is_told(tmp_path):
    with pytest.raises(Trouble, match="no address of a database; write it like postgresql"):
        database_url("mysql://u:secret@host/db", tmp_path)
    with pytest.raises(Trouble, match="cannot be used") as caught:
        open_store(tmp_path, "postgresql://u:secret@127.0.0.1:1/db")
    assert "secret" not in str(caught.value)
