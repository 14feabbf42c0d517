"""Shards on several hosts: the workers of a dask.distributed scheduler do what the processes of one machine do.

The task, as text, is one value of the cluster: each worker gets it once, when it gets its first shard, and makes its
network of it. A shard comes back as a record that is checked like a file of `exactrelu.certification.state`. Workers
that die are survived: the scheduler gives their shards to others. dask is an extra, and this module is imported only
when it is asked for. It moves Python objects between hosts: name a scheduler only if you trust it.

A cluster is ``dask scheduler`` on one host and ``dask worker ADDRESS --nworkers -1 --nthreads 1`` on each: one process
a core (with ``auto`` there are threads, of which only one works at a time), the same version of exactrelu everywhere.
"""

import asyncio
import logging
import warnings
from contextlib import contextmanager
from functools import lru_cache
from queue import Empty, SimpleQueue
from threading import Lock
from time import monotonic

from exactrelu.certification.shards import digest, outcome_of, record, task_of, task_text
from exactrelu.errors import InputError, UndecidedError

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
    """Yield the `Outcome` of each of ``blocks``, as ``work(task, blocks, deadline)`` finds it on the cluster's workers.

    ``address`` is that of the scheduler, such as "127.0.0.1:8786". Raises `InputError` if no scheduler answers there,
    and `UndecidedError` if it is lost, if it has no workers, or if a shard cannot be finished.
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
            outcome = outcome_of(_result(future, address), identity, task, block)
            if outcome is None:
                raise AssertionError(f"a worker sent a record that is not of shard {block}")
            yield outcome


def _record(block, work, source):
    """Return the record of one block; runs on a worker, one block at a time even if it has several threads."""
    with _ONE_AT_A_TIME:
        identity, task = _received(source)
        (outcome,), _ = work(task, [block], 0)
        return record(identity, outcome)


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


def _result(future, address):
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
    return future.result()


def _lost(address):
    return UndecidedError(
        f"the dask scheduler at {address} cannot be reached any more, or has dropped the work; when it is back, run "
        "the same command again"
    )


def _first_line(error):
    return str(error).strip().split("\n")[0] or type(error).__name__
