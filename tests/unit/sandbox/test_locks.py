"""Locks: one request at a time within a service, and none while the state is saved."""

import threading

from terrarium_sandbox.locks import ServiceLocks


def test_services_do_not_wait_for_each_other() -> None:
    locks = ServiceLocks()
    entered = threading.Event()

    def other() -> None:
        with locks.holding("glue"):
            entered.set()

    with locks.holding("s3"):
        threading.Thread(target=other).start()
        assert entered.wait(60)


def test_a_service_may_hold_its_lock_twice() -> None:
    locks = ServiceLocks()
    with locks.holding("s3"), locks.holding("s3"):
        pass


def test_holding_all_waits_for_a_request_that_itself_waits_for_another_service() -> None:
    """A request of one service may call another: taking all locks must not stop it half-way."""
    locks = ServiceLocks()
    order: list[str] = []
    holding_glue, wants_all = threading.Event(), threading.Event()
    with locks.holding("s3"), locks.holding("glue"):
        pass

    def request() -> None:
        with locks.holding("glue"):
            holding_glue.set()
            wants_all.wait(60)
            with locks.holding("s3"):
                order.append("request")

    thread = threading.Thread(target=request)
    thread.start()
    holding_glue.wait(60)
    wants_all.set()
    with locks.holding_all():
        order.append("all")
    thread.join()
    assert order == ["request", "all"]


def test_services_that_wait_for_other_requests_have_none() -> None:
    locks = ServiceLocks()
    entered = threading.Event()

    def receive() -> None:
        with locks.holding("sqs"):
            entered.set()

    with locks.holding("sqs"):
        threading.Thread(target=receive).start()
        assert entered.wait(60)
