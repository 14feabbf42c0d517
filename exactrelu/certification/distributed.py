"""Shards on several hosts: the workers of a dask.distributed scheduler do what the processes of one machine do.

The task, as text, is one value of the cluster: each worker gets it once, when it gets its first shard, and makes its
network of it. It refuses a task of other code than its own. A shard comes back as the text of a record, which is
checked like a file of `exactrelu.certification.state`. Workers that die are survived: the scheduler gives their shards
to others. dask is an extra, and this module is imported only when it is asked for.

dask moves pickled Python objects: whoever listens at the address, and every worker, can run code in this process. Name
a scheduler only if you trust it and its workers. Mistakes of theirs are found by `exactrelu.certification.again`.

A cluster is ``dask scheduler`` on one host and ``dask worker ADDRESS --nworkers -1 --nthreads 1`` on each: one process
a core (with ``auto`` there are threads, of which only one works at a time), the same version of exactrelu everywhere.
"""

import asyncio
import json
import logging
import warnings
from contextlib import contextmanager
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic

from exactrelu.certification.again import DISTRUST
from exactrelu.certification.shards import digest, outcome_of, record, task_of, task_text
from exactrelu.errors import ExactReluError, InputError, UndecidedError
from exactrelu.jsonio import parse_json

try:
    import dask
    import distributed
except ImportError as error:
    raise InputError(f"--scheduler needs dask.distributed: pip install distributed ({error})") from None

ANSWER_SECONDS = 5
"""How long a scheduler may take to answer at first."""

LOST_SECONDS = 30
"""How long it may take to answer later, when it has work to do."""

WORKERS_SECONDS = 60
"""How long it may be without workers."""

RETRIES = 2
"""How often a shard that fails with an exception is tried again, maybe on another worker."""

_ONE_AT_A_TIME = Lock()


def outcomes_from(address, work, task, blocks):
    """Yield (`Outcome`, name of the worker) for ``blocks``, as ``work(task, blocks, deadline)`` finds them there.

    ``address`` is that of the scheduler, such as "127.0.0.1:8786". Raises `InputError` if no scheduler answers there or
    if the workers have other code, and `UndecidedError` if the scheduler is lost, if it has no workers, if a shard
    cannot be finished, or if a worker sends something else.
    """
    source = task_text(task)
    identity = digest(source)
    with _client(address) as client:
        # a computed value, not a scattered one: it is made again if the workers that hold it die
        statement = client.submit(str, source, key=f"exactrelu-{identity}")
        names = [f"exactrelu-shard-{identity}-{block}" for block in blocks]
        futures = client.map(_record, blocks, key=names, retries=RETRIES, work=work, source=statement)
        block_of = dict(zip(futures, blocks, strict=True))
        for future in _finished(client, futures, address):
            block = block_of.pop(future)
            worker = _worker(client, future, address)
            outcome = _outcome(_result(future, worker, address), identity, task, block)
            if outcome is None:
                raise UndecidedError(f"nothing was decided: {worker} sent no record of shard {block}: it {DISTRUST}")
            yield outcome, worker


def _outcome(found, identity, task, block):
    """Return the `Outcome` in what a worker sent, None if that is not the text of its record."""
    if type(found) is not str:
        return None
    try:
        return outcome_of(parse_json(found, "record"), identity, task, block)
    except InputError:
        return None


def _record(block, work, source):
    """Return the record of one block as text; runs on a worker, one block at a time even if it has several threads."""
    with _ONE_AT_A_TIME:
        identity, task = _received(source)
        (outcome,), _ = work(task, [block], 0)
        return json.dumps(record(identity, outcome))


@lru_cache(maxsize=1)
def _received(source):
    return digest(source), task_of(source)


@contextmanager
def _client(address):
    """Yield a client of the scheduler; dask's own messages are kept from the standard error stream."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado", "asyncio")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GB"}):
            warnings.simplefilter("ignore", distributed.versions.VersionMismatchWarning)
            check_answer(address)
            client = distributed.Client(address, timeout=ANSWER_SECONDS, set_as_default=False, name="exactrelu")
            try:
                yield client
            finally:
                client.close(timeout=ANSWER_SECONDS)
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def check_answer(address):
    """Raise `InputError` unless a scheduler answers at the address."""

    async def ask():
        security = distributed.Security().get_connection_args("client")
        async with asyncio.timeout(ANSWER_SECONDS), distributed.rpc(address, connection_args=security) as scheduler:
            await scheduler.ncores()

    try:
        asyncio.run(ask())
    except Exception as error:  # whatever listens there may answer anything
        raise InputError(
            f"no dask scheduler answers at {address!r} ({_first_line(error)}); start one there with: dask scheduler"
        ) from None


def _finished(client, futures, address):
    """Yield the futures as they finish, however they do."""
    arrived = SimpleQueue()
    for future in futures:
        future.add_done_callback(arrived.put)
    since = monotonic()
    for _ in futures:
        while True:
            try:
                yield arrived.get(timeout=ANSWER_SECONDS)
                since = monotonic()
                break
            except Empty:
                if _workers(client, address):
                    since = monotonic()
                elif monotonic() - since > WORKERS_SECONDS:
                    raise UndecidedError(
                        f"the dask scheduler at {address} has had no workers for {WORKERS_SECONDS} s; start some with: "
                        f"dask worker {address}"
                    ) from None


def _workers(client, address):
    """Return the number of workers; raises `UndecidedError` if the scheduler does not answer."""
    try:
        return len(client.sync(client.scheduler.ncores, callback_timeout=LOST_SECONDS))
    except (OSError, TimeoutError):
        raise _lost(address) from None


def _worker(client, future, address):
    """Return the name of the worker that has the result of a future, for messages."""
    try:
        holders = client.sync(client.scheduler.who_has, keys=[future.key], callback_timeout=LOST_SECONDS)
    except (OSError, TimeoutError):
        raise _lost(address) from None
    return f"the worker {', '.join(holders.get(future.key, ())) or 'of a shard'}"


def _result(future, worker, address):
    """Return what a worker sent, or raise what happened instead."""
    if future.cancelled():
        raise _lost(address)
    error = future.exception()
    if isinstance(error, distributed.KilledWorker):
        raise UndecidedError(
            "a shard was given up because the workers that did it died, one after the other (out of memory?): start "
            f"workers with more memory ({_first_line(error)})"
        )
    if isinstance(error, ImportError):
        raise UndecidedError(f"the workers cannot import exactrelu: install it on every host ({_first_line(error)})")
    if isinstance(error, ExactReluError):
        raise error
    if error is not None:
        raise UndecidedError(
            f"nothing was decided: a worker failed ({type(error).__name__}: {_first_line(error)}); the same command "
            "without --scheduler does the work here"
        )
    try:
        return future.result()
    except asyncio.CancelledError:
        raise _lost(address) from None
    except Exception as failure:  # whatever happens while it is unpickled
        raise UndecidedError(
            f"nothing was decided: {worker} sent what cannot be read ({_first_line(failure)}): it {DISTRUST}"
        ) from None


def _lost(address):
    return UndecidedError(
        f"the dask scheduler at {address} cannot be reached any more, or has dropped the work; when it is back, run "
        "the same command again"
    )


def _first_line(error):
    return str(error).strip().split("\n")[0] or type(error).__name__
